import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import { readSettings } from '../../src/config/environment.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { systemRandomness } from '../../src/kit/randomness.ts';
import { type RunningBot, startBot } from '../../src/main.ts';
import { type HttpFarEnd, httpFarEnd } from '../support/http-far-end.ts';
import { type Alertmanager, findAlertmanager, startAlertmanager } from './alertmanager-process.ts';

const TOKEN = 'a-token-of-32-characters-for-all';
/** Starting two programs and waiting for real group intervals. */
const TEST_MS_MAX = 40_000;

function configuration(webhook: string): string {
  return `
organization: Example Shop
timeZone: Europe/Berlin
people:
  bo: { name: Bo Berg, rank: commander, webhook: ${webhook}, notify: { high: [{ pager: webhook }] } }
policies:
  payments: { name: Payments, levels: [{ targets: [{ person: bo }], timeout: 30m }] }
services:
  checkout: { name: Checkout, tier: 0, policy: payments }
roles: {}
routes:
  - { id: all, source: alertmanager, severityLabels: { critical: sev1 }, groupBy: [alertname, service], onResolve: resolve }
`;
}

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

interface World {
  readonly allclear: RunningBot;
  readonly alertmanager: Alertmanager;
  readonly phone: HttpFarEnd;
  /** Waits until Allclear, having written or received something, makes it true. */
  until<T>(look: () => Promise<T | null> | T | null): Promise<T>;
  /** Whether the ledger knows that everybody who was paged was reached. */
  delivered(): Promise<boolean>;
  /** Deliveries Allclear has received, by what became of their alerts. */
  received(result: string): number;
}

async function world(binary: string): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'allclear-alertmanager-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const phone = await httpFarEnd();
  undo.push(() => phone.close());
  writeFileSync(join(folder, 'allclear.yaml'), configuration(`${phone.url}/bo`));
  const lines: Readonly<Record<string, unknown>>[] = [];
  const watchers = new Set<() => void>();
  const write = (line: string): void => {
    lines.push(JSON.parse(line));
    for (const see of watchers) see();
  };
  const allclear = await startAllclear(folder, write);
  undo.push(() => allclear.stop());
  phone.answer((response) => {
    response.end();
    for (const see of watchers) see();
  });
  allclear.composed.bot.onCommit(() => {
    for (const see of watchers) see();
  });
  const alertmanager = await startAlertmanager(binary, folder, { webhook: `${allclear.url}/hooks/alertmanager`, token: TOKEN });
  undo.push(() => alertmanager.stop());
  return {
    allclear,
    alertmanager,
    phone,
    until: (look) => firstOf(look, watchers),
    async delivered() {
      const page = await allclear.composed.bot.readings.page('1-1');
      return Object.values(page?.notifications ?? {}).every(({ state }) => state === 'delivered');
    },
    received: (result) => lines.filter((line) => line['msg'] === 'alerts were received' && line[result] !== undefined).length,
  };
}

async function startAllclear(folder: string, write: (line: string) => void): Promise<RunningBot> {
  const variables = {
    PORT: '0',
    ALLCLEAR_CONFIG: join(folder, 'allclear.yaml'),
    ALLCLEAR_DATA: join(folder, 'data'),
    ALERTMANAGER_TOKEN: TOKEN,
    WEBHOOK_SECRET: 'a-secret-of-32-characters-for-us',
    HTTP_ALLOW: '127.0.0.1',
    LOG_LEVEL: 'info',
  };
  const readFile = (): string => '';
  const settings = readSettings(variables, readFile);
  if (!settings.ok) throw new Error(JSON.stringify(settings.problems));
  const started = await startBot(settings.settings, {
    clock: systemClock,
    randomness: systemRandomness,
    variables,
    readFile,
    write,
    isTerminal: false,
  });
  if (!started.ok) throw new Error(started.problems.join('\n'));
  return started.running;
}

async function firstOf<T>(look: () => Promise<T | null> | T | null, watchers: Set<() => void>): Promise<T> {
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<void>();
    watchers.add(resolve);
    const found = await look();
    if (found === null) await promise;
    watchers.delete(resolve);
    if (found !== null) return found;
  }
}

/** Says through Alertmanager's own API what Prometheus would say. */
async function say({ alertmanager }: World, instances: readonly string[], endsAt: number): Promise<void> {
  const alerts = instances.map((instance) => ({
    labels: { alertname: 'HighErrorRate', service: 'checkout', severity: 'critical', instance },
    annotations: { summary: 'Checkout answers with 502', description: 'More than 5 % for two minutes' },
    startsAt: new Date(Date.now() - 120_000).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
  }));
  const body = JSON.stringify(alerts);
  const response = await fetch(`${alertmanager.url}/api/v2/alerts`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status).toBe(200);
}

/** A skipped test proves nothing, so where nothing may be skipped a missing program is a failure. */
function binaryOrSkip(context: TestContext): string {
  const binary = findAlertmanager();
  if (binary !== null) return binary;
  const missing = 'alerts from a real Alertmanager (install the Debian package prometheus-alertmanager)';
  if (process.env['CI'] === 'true' || process.env['REQUIRE_ALL'] === '1') throw new Error(`not tested: ${missing}`);
  process.stderr.write(`NOT TESTED: ${missing}\n`);
  return context.skip(`not tested: ${missing}`);
}

describe('a real Alertmanager', () => {
  it('opens exactly one incident, pages, changes nothing by repeating, and resolves it', { timeout: TEST_MS_MAX }, async (context) => {
    const here = await world(binaryOrSkip(context));
    const { readings, store } = here.allclear.composed.bot;
    const inAnHour = Date.now() + 3_600_000;
    await say(here, ['a', 'b'], inAnHour);

    const { body } = await here.until(() => here.phone.deliveries[0] ?? null);
    expect(JSON.parse(body)).toMatchObject({ incident: 1, title: 'Checkout answers with 502' });
    expect((await readings.incident(1))?.incident).toMatchObject({ status: 'triage', severity: 'sev1', service: 'checkout' });

    await here.until(async () => ((await here.delivered()) ? true : null));
    await here.until(() => (here.received('unchanged') >= 1 ? true : null));
    const before = (await store.head()).position;
    await here.until(() => (here.received('unchanged') >= 3 ? true : null));
    expect((await store.head()).position).toBe(before);
    expect(here.phone.deliveries).toHaveLength(1);

    await say(here, ['a'], Date.now());
    await here.until(() => (here.received('resolved') >= 1 ? true : null));
    expect((await readings.incident(1))?.incident.status).toBe('triage');
    await say(here, ['b'], Date.now());
    await here.until(async () => ((await readings.page('1-1'))?.status === 'stopped' ? true : null));
    expect((await readings.incident(1))?.incident.status).toBe('resolved');

    expect(await readings.incidents({ open: false, limit: 10 })).toHaveLength(1);
    const said = (await readings.timeline(1)).map(({ type }) => type);
    expect(said.filter((type) => type === 'alert.resolved')).toHaveLength(2);
  });
});
