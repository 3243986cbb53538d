import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/kit/log.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { createMetrics, type DeliverySeen, type Metrics, metricsRoutes } from '../../src/web/metrics.ts';
import { createWatch } from '../../src/web/watch.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { NIGHT } from '../support/harness.ts';
import { bareBot } from './bot.ts';
import { serve } from './serve.ts';

/** Sample lines by their name and labels. */
function samples(text: string): Readonly<Record<string, number>> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}
const read = async (metrics: Metrics) => samples(await metrics.read());

const SENT: DeliverySeen = { effect: '7-0', kind: 'page.notify', lane: 'pages', outcome: 'done', reason: null, detail: null, lateMs: 120 };

describe('the metrics of a bot at work', () => {
  it('count acts, deliveries and the ledger, and are served for Prometheus', async () => {
    const clock = fakeClock(NIGHT);
    const { store } = await openSqliteStore(':memory:');
    const metrics = createMetrics({ store, clock, version: '1.2.3' });
    const log = createLog({ level: 'silent', form: 'json', clock, write: () => undefined });
    const bot = await bareBot({ store, clock, parts: { watch: createWatch({ metrics, log, clock }) } });
    await bot.types('bo', 'declare sev1 Checkout is down');
    await bot.types('dee', 'resolve');
    const { url } = await serve([metricsRoutes(metrics)]);
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const seen = samples(await response.text());
    expect(seen['allclear_submit_seconds_count{act="incident.declare",code="ok"}']).toBe(1);
    expect(seen['allclear_submit_seconds_count{act="incident.resolve",code="not_permitted"}']).toBe(1);
    expect(seen['allclear_deliveries_total{kind="page.notify",outcome="done",reason="none"}']).toBe(1);
    expect(seen['allclear_delivery_lateness_seconds_count{lane="pages"}']).toBe(1);
    expect(seen['allclear_ledger_position']).toBe((await store.head()).position);
    expect(seen[`allclear_build_info{version="1.2.3",node="${process.version}"}`]).toBe(1);
    expect(seen['process_resident_memory_bytes']).toBeGreaterThan(0);
    await bot.life.bot.stop(1_000);
  });

  it('tell how long the oldest promise of each lane has been due', async () => {
    const clock = fakeClock(NIGHT);
    const { store } = await openSqliteStore(':memory:');
    const [nothing, never] = [() => undefined, async () => undefined];
    const stuck = { name: 'stuck', start: never, wake: nothing, took: nothing, look: nothing, busy: () => false, stop: never };
    const metrics = createMetrics({ store, clock, version: '1' });
    const bot = await bareBot({ store, clock, parts: { queue: () => stuck } });
    const oldest = async () => (await read(metrics))['allclear_oldest_due_age_seconds{lane="chat"}'];
    expect(await oldest()).toBe(0);
    await bot.types('bo', 'declare sev1 Checkout is down');
    expect(await oldest()).toBe(0);
    clock.jump(90_000);
    expect(await oldest()).toBe(90);
    await bot.life.bot.stop(1_000);
  });

  it('are still read when the store is gone, and say so', async () => {
    const gone = async (): Promise<never> => {
      throw new Error('disk I/O error');
    };
    const { store } = await openSqliteStore(':memory:');
    const metrics = createMetrics({ store: { ...store, head: gone }, clock: fakeClock(0), version: '1' });
    const seen = await read(metrics);
    expect(seen['allclear_store_up']).toBe(0);
    expect(Object.keys(seen).filter((name) => name.startsWith('allclear_oldest') || name === 'allclear_ledger_position')).toEqual([
      'allclear_ledger_position',
    ]);
  });

  it('grow by no series somebody outside could name', async () => {
    const { store } = await openSqliteStore(':memory:');
    const metrics = createMetrics({ store, clock: fakeClock(0), version: '1' });
    for (let index = 0; index < 1_000; index += 1) metrics.submitted({ act: `made.up-${index}`, code: `made_up_${index}`, tookMs: 1 });
    const seen = await read(metrics);
    expect(seen['allclear_submit_seconds_count{act="other",code="other"}']).toBe(1_000);
    expect(Object.keys(seen).filter((name) => name.startsWith('allclear_submit_seconds_count'))).toHaveLength(1);
  });
});

describe('the watch', () => {
  async function watching() {
    const clock = fakeClock(NIGHT);
    const lines: Readonly<Record<string, unknown>>[] = [];
    const { store } = await openSqliteStore(':memory:');
    const metrics = createMetrics({ store, clock, version: '1' });
    const log = createLog({ level: 'info', form: 'json', clock, write: (line) => void lines.push(JSON.parse(line)) });
    return { clock, lines, metrics, watch: createWatch({ metrics, log, clock }) };
  }

  it('logs a bug once a minute with the same id, and counts each', async () => {
    const { clock, lines, metrics, watch } = await watching();
    const buggy = (value: string): Error => new RangeError(`no such thing: ${value}`);
    const strike = (value: string): void => watch.bug(buggy(value), '12-0');
    for (const value of ['a', 'b', 'c']) strike(value);
    expect(lines).toMatchObject([{ level: 'error', where: '12-0', times: 1, err: { type: 'RangeError', message: 'no such thing: a' } }]);
    expect(lines[0]?.['bug']).toMatch(/^[0-9a-f]{8}$/);
    await clock.advance(60_000, async () => undefined);
    for (const value of ['d']) strike(value);
    expect((await read(metrics))['allclear_bugs_total']).toBe(4);
  });

  it('tells different bugs apart, also those that are no errors', async () => {
    const { lines, watch } = await watching();
    watch.bug(new Error('one'), 'x');
    watch.bug(new Error('two'), 'x');
    watch.bug('three', 'x');
    expect(new Set(lines.map(({ bug }) => bug)).size).toBe(3);
  });

  it('is loud about a promise that is dead, and quiet about one that was kept', async () => {
    const { lines, watch } = await watching();
    watch.delivered(SENT);
    expect(lines).toEqual([]);
    watch.delivered({ ...SENT, outcome: 'retry', reason: 'timeout', detail: 'no answer' });
    watch.delivered({ ...SENT, outcome: 'dead', reason: 'auth', detail: 'wrong password: hunter2hunter2' });
    expect(lines).toMatchObject([
      { level: 'warn', effect: '7-0', reason: 'timeout' },
      { level: 'error', effect: '7-0', reason: 'auth' },
    ]);
    expect(JSON.stringify(lines)).not.toContain('hunter2hunter2');
  });
});
