import { Queue as BullQueue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEffectJobs, type EffectJobs, type NoData } from '../../src/queue/bullmq-jobs.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import { noRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { SOON } from '../support/soon.ts';

const SLOW_MS_MAX = 60_000;
const NOW = 1_800_000_000_000;
/** More than is left at once. */
const MANY = 40;
const STORM_MS = 20;

// Where no Redis can be had; said aloud, and never in CI.
describe.skipIf(noRedis() !== null)('the jobs of effects', () => {
  let redis: RedisServer;
  let connection: Redis;
  let queue: BullQueue<NoData>;
  let clock: FakeClock;
  let alarms: number;
  let jobs: EffectJobs;
  let failures: unknown[];
  let tests = 0;
  beforeAll(async () => {
    redis = await startRedis();
  }, SLOW_MS_MAX);
  afterAll(() => redis.stop());
  beforeEach(() => {
    tests += 1;
    failures = [];
    connection = new Redis(redis.url, { maxRetriesPerRequest: null });
    queue = new BullQueue('looks', { connection, prefix: `jobs-${process.pid}-${tests}` });
    clock = fakeClock(NOW);
    alarms = 0;
    const alarm: FakeClock['alarm'] = (at, wake) => {
      alarms += 1;
      return clock.alarm(at, wake);
    };
    jobs = createEffectJobs(queue, { ...clock, alarm }, (fault) => failures.push(fault));
  });
  afterEach(async () => {
    jobs.stop();
    await queue.close();
    connection.disconnect();
  });

  const ids = (count: number, from = 0) => Array.from({ length: count }, (_none, index) => `${from + index}-0`);
  const left = async () => (await queue.getJobs(['prioritized', 'wait', 'delayed'])).map(({ id }) => id).sort();
  const areLeft = (expected: readonly string[]) => vi.waitFor(async () => expect(await left()).toEqual([...expected].sort()), SOON);

  it('have the ids of the effects, the lane as their name, and nothing else', async () => {
    jobs.leave(['7-0'], 'pages', NOW);
    jobs.leave(['7-1', '7-2'], 'chat', NOW);
    jobs.leave(['7-3'], 'asks', NOW + 60_000);
    await areLeft(['7-0', '7-1', '7-2', '7-3']);
    const found = await Promise.all(['7-0', '7-2', '7-3'].map((id) => queue.getJob(id)));
    expect(found.map((job) => [job?.name, job?.data, job?.opts.delay ?? 0])).toEqual([
      ['pages', {}, 0],
      ['chat', {}, 0],
      ['asks', {}, 60_000],
    ]);
    const [page, chat] = found.map((job) => job?.opts.priority ?? 0);
    expect(page).toBeLessThan(chat as number);
    expect(failures).toEqual([]);
  });

  it('are taken back when their effects are taken', async () => {
    jobs.leave(['1-0', '2-0', '3-0'], 'asks', NOW);
    await areLeft(['1-0', '2-0', '3-0']);
    jobs.drop(['1-0', '3-0', 'never left']);
    await areLeft(['2-0']);
    expect(failures).toEqual([]);
  });

  it('are left again for what comes back', async () => {
    jobs.leave(['1-0'], 'asks', NOW);
    await areLeft(['1-0']);
    jobs.drop(['1-0']);
    jobs.leave(['1-0'], 'asks', NOW + 5_000);
    await vi.waitFor(async () => expect((await queue.getJob('1-0'))?.opts.delay).toBe(5_000), SOON);
  });

  it('wait a moment in a storm, and are never left for what is taken meanwhile; timers make no storm', async () => {
    jobs.leave(ids(MANY), 'asks', NOW);
    await areLeft(ids(MANY));
    jobs.leave(['100-0', '101-0'], 'asks', NOW);
    jobs.drop(['100-0']);
    await vi.waitFor(() => expect(alarms).toBe(1), SOON);
    expect(await left()).toEqual([...ids(MANY)].sort());
    await clock.advance(STORM_MS, async () => undefined);
    await areLeft([...ids(MANY), '101-0']);
    jobs.leave(ids(300, 1_000), 'asks', NOW + 60_000);
    await areLeft([...ids(MANY), '101-0', ...ids(300, 1_000)]);
    expect(alarms).toBe(1);
  });

  it('that cannot be left are told of, and the next ones are left', async () => {
    await queue.waitUntilReady();
    connection.disconnect();
    jobs.leave(['1-0'], 'asks', NOW);
    await vi.waitFor(() => expect(failures).toHaveLength(1), SOON);
    await connection.connect();
    jobs.leave(['2-0'], 'asks', NOW);
    await areLeft(['2-0']);
  });
});
