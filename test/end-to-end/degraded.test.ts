import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { refusalSentence } from '../../src/domain/registry.ts';
import { audit } from '../../src/engine/auditor.ts';
import { hasToWait } from '../../src/engine/emergency-words.ts';
import type { Heard } from '../../src/engine/ports.ts';
import { SPOOL_NUMBERS } from '../../src/engine/store-port.ts';
import { unescapeText } from '../../src/kit/escape.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import { verify } from '../../src/ledger/verify.ts';
import type { RunningBot } from '../../src/main.ts';
import { plainText } from '../../src/readings/plain-text.ts';
import { type HttpFarEnd, httpFarEnd } from '../support/http-far-end.ts';
import { noPostgres, type OwnServer, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { sayTo, startReplicaUnderTest } from '../support/replica-under-test.ts';

const SLOW_MS_MAX = 90_000;
const SOON = { timeout: 20_000, interval: 50 };

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('a replica whose PostgreSQL is away', () => {
  let postgres: PostgresServer;
  let own: OwnServer;
  let home: string;
  let database: string;
  let phone: HttpFarEnd;
  let bots: RunningBot[];
  beforeEach(async (context) => {
    home = mkdtempSync(join(tmpdir(), 'allclear-degraded-'));
    bots = [];
    phone = await httpFarEnd();
    postgres = await startPostgres();
    if (postgres.own === null) return context.skip('the server of DATABASE_URL is not ours to stop');
    own = postgres.own;
    database = await postgres.createDatabase();
    writeCompany(home, phone.url);
  }, SLOW_MS_MAX);
  afterEach(async () => {
    await Promise.all(bots.map((bot) => bot.stop()));
    await Promise.all([postgres.stop(), phone.close()]);
    rmSync(home, { recursive: true });
  }, SLOW_MS_MAX);

  async function start(name = 'one'): Promise<RunningBot> {
    const variables = { HTTP_ALLOW: new URL(phone.url).host, WEBHOOK_SECRET: 'fake-phone-0123456789' };
    const bot = await startReplicaUnderTest({
      directory: join(home, name),
      database,
      configFile: join(home, 'allclear.yaml'),
      variables,
    });
    bots.push(bot);
    return bot;
  }
  const isAway = (bot: RunningBot): boolean => bot.composed.lifeline?.isAway() ?? false;
  const calls = (): readonly Call[] => phone.deliveries.map(({ body }) => JSON.parse(body) as Call);
  async function ledgerOf(bot: RunningBot): Promise<readonly Entry[]> {
    return bot.composed.bot.store.entries({ after: 0, limit: 1_000 });
  }

  it('declares, pages, escalates and takes the answer; then all of it is in the ledger once', { timeout: SLOW_MS_MAX }, async () => {
    const bot = await start();
    expect(await sayTo(bot, 'ana', 'sev2 Search is slow')).toMatchObject({ ok: true, incident: 1 });
    await vi.waitFor(() => expect(calls()).toHaveLength(1), SOON);
    const before = await ledgerOf(bot);
    await own.crash();
    const since = Date.now();

    const declared = await sayTo(bot, 'ana', 'sev1 Checkout is down');
    expect(declared).toMatchObject({ ok: true, incident: expect.any(Number) });
    expect(JSON.stringify(declared.document)).toContain('The database is away');
    const incident = declared.incident ?? 0;
    expect(incident).toBeGreaterThan(SPOOL_NUMBERS);
    // A repeat of the delivery is the same incident.
    expect(await sayTo(bot, 'ana', 'sev1 Checkout is down')).toMatchObject({ incident });
    await vi.waitFor(() => expect(calls().filter(of(incident))).toHaveLength(1), SOON);
    // The second level rings by the clock, which is a second here.
    await vi.waitFor(() => expect(calls().filter(of(incident)).length).toBeGreaterThan(1), SOON);
    expect(await sayTo(bot, 'bo', 'ack', incident)).toMatchObject({ ok: true });
    await vi.waitFor(
      async () => expect(JSON.stringify(await bot.composed.chat.messages(incident, 50))).toContain('The database is away'),
      SOON,
    );
    expect(await (await fetch(`${bot.url}/readyz`)).json()).toMatchObject({ status: 'degraded' });
    // A call that was on its way when the page was taken has arrived by now.
    const rung = calls().filter(of(incident)).length;
    await own.start();
    await vi.waitFor(() => expect(isAway(bot)).toBe(false), SOON);
    const until = Date.now();
    const entries = await ledgerOf(bot);
    expect(verify(entries).isSound).toBe(true);
    expect(entries.slice(0, before.length)).toEqual(before);
    const its = entries.filter((entry) => entry.incident === incident);
    expect(its.map(({ type }) => type)).toEqual(expect.arrayContaining(['incident.declared', 'page.acknowledged', 'incident.replayed']));
    expect(entries.filter(({ type }) => type === 'incident.declared')).toHaveLength(2);
    const at = its.find(({ type }) => type === 'incident.declared')?.at ?? 0;
    expect(at).toBeGreaterThanOrEqual(since);
    expect(its.find(({ type }) => type === 'incident.replayed')?.at).toBeGreaterThan(at);
    expect(at).toBeLessThan(until);
    expect(JSON.stringify(await bot.composed.chat.messages(incident, 50))).toContain('The database is away');
    await vi.waitFor(
      async () => expect(JSON.stringify(await bot.composed.chat.messages(incident, 50))).toContain('The database is back'),
      SOON,
    );
    // Whatever was delivered from the spool is not delivered again.
    expect(calls().filter(of(incident))).toHaveLength(rung);
    expect(new Set(phone.deliveries.map(({ headers }) => headers['idempotency-key'])).size).toBe(phone.deliveries.length);
    expect((await audit(bot.composed.bot.store, Date.now())).findings).toEqual([]);
    expect(await sayTo(bot, 'bo', 'resolve rolled back', incident)).toMatchObject({ ok: true });
    expect(await sayTo(bot, 'ana', 'sev3 Mail is late')).toMatchObject({ incident: 2 });
    expect(readdirSync(join(home, 'one', 'spool')).filter((name) => name.startsWith('9'))).toEqual([]);
  });

  it('answers within seconds while PostgreSQL is frozen, and one incident is left of words it may have kept', {
    timeout: SLOW_MS_MAX,
  }, async () => {
    const bot = await start();
    own.freeze();
    const since = performance.now();
    const declared = await sayTo(bot, 'ana', 'sev1 Checkout is down');
    expect(declared.ok).toBe(true);
    expect(performance.now() - since).toBeLessThan(10_000);
    own.thaw();
    await vi.waitFor(() => expect(isAway(bot)).toBe(false), SOON);
    expect((await bot.composed.bot.readings.incidents({ open: true, limit: 10 })).map(({ number }) => number)).toEqual([declared.incident]);
    expect(verify(await ledgerOf(bot)).isSound).toBe(true);
  });

  it('says no to what nobody can check now, and shows what is on call as it was last seen', { timeout: SLOW_MS_MAX }, async () => {
    const bot = await start();
    await sayTo(bot, 'ana', 'sev2 Search is slow');
    await own.crash();
    expect(await sayTo(bot, 'ana', 'sev1 Checkout is down')).toMatchObject({ ok: true });
    for (const words of ['switch read-only on for 30m because losing writes', 'approve read-only', 'note in the old one inc-1']) {
      const reply = await sayTo(bot, 'ana', words);
      expect(reply.ok).toBe(false);
      const subject = hasToWait(bot.composed.bot, heardAs(words)) ?? '';
      expect(plainText(reply.document, READER)).toContain(unescapeText(refusalSentence('database_away', { subject })));
    }
    expect(await sayTo(bot, 'ana', 'ack', 1)).toMatchObject({ ok: false });
    expect(JSON.stringify((await sayTo(bot, 'ana', 'oncall')).document)).toContain('bo');
    expect(Object.keys(await bot.composed.bot.readings.switchStates())).toEqual(['read-only']);
    await own.start();
  });

  it('opens an incident for an alert that fires meanwhile, and none when the sender repeats it later', {
    timeout: SLOW_MS_MAX,
  }, async () => {
    const bot = await start();
    await own.crash();
    await vi.waitFor(() => expect(isAway(bot)).toBe(true), SOON);
    expect(await bot.composed.bot.submit({ act: ALERT, actor: 'source:alertmanager' })).toMatchObject({ ok: true });
    await vi.waitFor(() => expect(calls().length).toBeGreaterThan(0), SOON);
    await own.start();
    await vi.waitFor(() => expect(isAway(bot)).toBe(false), SOON);
    expect(await bot.composed.bot.submit({ act: ALERT, actor: 'source:alertmanager' })).toMatchObject({ ok: true, events: [] });
    expect((await ledgerOf(bot)).map(({ type }) => type).filter((type) => type === 'incident.declared')).toHaveLength(1);
    expect((await ledgerOf(bot)).map(({ type }) => type)).toContain('incident.spooled');
  });

  it('goes on after it was stopped and started in the middle of the outage', { timeout: SLOW_MS_MAX }, async () => {
    const first = await start();
    await own.crash();
    const { incident = 0 } = await sayTo(first, 'ana', 'sev1 Checkout is down');
    await vi.waitFor(() => expect(calls().filter(of(incident)).length).toBeGreaterThan(0), SOON);
    await first.stop();
    bots = [];
    const second = await start();
    expect(isAway(second)).toBe(true);
    expect(await second.composed.bot.readings.incident(incident)).toMatchObject({ incident: { title: 'Checkout is down' } });
    expect(await sayTo(second, 'bo', 'ack', incident)).toMatchObject({ ok: true });
    await own.start();
    await vi.waitFor(() => expect(isAway(second)).toBe(false), SOON);
    const entries = await ledgerOf(second);
    expect(entries.filter(({ type }) => type === 'incident.declared')).toHaveLength(1);
    expect(verify(entries).isSound).toBe(true);
  });
});

const READER = { personName: (id: string) => id, timeZone: 'UTC', now: 0, commandPrefix: '/inc' };
const heardAs = (words: string): Heard => ({
  platform: 'console',
  key: 'k',
  person: 'ana',
  userName: 'ana',
  incident: null,
  said: { kind: 'words', words },
});

const ALERT = {
  type: 'alert.receive',
  group: 'database-down',
  route: 'all',
  service: 'checkout',
  severity: 'sev1',
  onResolve: 'resolve',
  alert: {
    source: 'alertmanager',
    fingerprint: 'f1',
    status: 'firing',
    title: 'PostgreSQL is down',
    description: '',
    labels: {},
    url: null,
    startedAt: 1_700_000_000_000,
    endedAt: null,
  },
};

interface Call {
  readonly incident: number;
}
function of(incident: number): (call: Call) => boolean {
  return (call) => call.incident === incident;
}

/** The company with phones that are web servers, and a second of patience. */
function writeCompany(home: string, phone: string): void {
  const company = readFileSync(join(import.meta.dirname, 'company', 'allclear.yaml'), 'utf8');
  const ringing = company
    .replaceAll('notify: { high: [{ pager: chat }]', `webhook: "${phone}/phone", notify: { high: [{ pager: webhook }]`)
    .replace('low: [{ pager: chat }]', 'low: [{ pager: chat }]')
    .replaceAll('timeout: 5m', 'timeout: 1s')
    .replace('  runbook: restore\n', '')
    .replace('runbooks: [restore]', 'runbooks: []');
  writeFileSync(join(home, 'allclear.yaml'), ringing);
}
