import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LANES, type Lane } from '../../src/engine/store-port.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { createBullmqQueue } from '../../src/queue/bullmq.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { noRedis, type OwnRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { type Rang, type Replica, startReplica } from '../support/replicas.ts';
import { SOON } from '../support/soon.ts';
import { queueContract } from './queue-contract.ts';

const SLOW_MS_MAX = 60_000;
/** What Redis's absence may cost: one sweep, and a busy test machine. */
const LATE_MS_MAX = 2_500;

// Where no PostgreSQL or no Redis can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null || noRedis() !== null)('two replicas woken through BullMQ', () => {
  let postgres: PostgresServer;
  let redis: RedisServer;
  let rang: Rang[];
  let replicas: readonly Replica[];
  let tests = 0;
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  }, SLOW_MS_MAX);
  afterAll(() => Promise.all([postgres.stop(), redis.stop()]));
  beforeEach(async () => {
    rang = [];
    tests += 1;
    const urls = { database: await postgres.createDatabase(), redis: redis.url, prefix: `test-${process.pid}-${tests}` };
    replicas = await Promise.all(['one', 'two'].map((name) => startReplica(name, urls, rang)));
  }, SLOW_MS_MAX);
  afterEach(() => Promise.all(replicas.map((replica) => replica.stop(1_000))));

  const owe = async (lane: Lane, count: number, inMs: number): Promise<readonly string[]> =>
    Promise.all(Array.from({ length: count }, (_unused, index) => (replicas[index % 2] as Replica).owe(lane, inMs)));
  const expectRung = async (owed: readonly string[]): Promise<void> => {
    await vi.waitFor(() => expect(rang.length).toBeGreaterThanOrEqual(owed.length), { timeout: 20_000, interval: 20 });
    expect(rang.map(({ effect }) => effect).sort()).toEqual([...owed].sort());
    expect(Math.min(...rang.map(({ lateMs }) => lateMs))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...rang.map(({ lateMs }) => lateMs))).toBeLessThan(LATE_MS_MAX);
  };
  const ownRedis = (): OwnRedis | null => redis.own;

  it('rings everything once and nothing early, in every lane, now and later', { timeout: SLOW_MS_MAX }, async () => {
    const owed: string[] = [];
    for (const lane of LANES) owed.push(...(await owe(lane, 20, 0)), ...(await owe(lane, 20, 700)));
    await expectRung(owed);
  });

  it('keeps a timer in Redis under the id of its effect, pages before others, and nothing of what is owed', {
    timeout: SLOW_MS_MAX,
  }, async () => {
    const jobs = async (): Promise<readonly Readonly<Record<string, string>>[]> => {
      const ids = [await owe('pages', 1, 3_600_000), await owe('asks', 1, 3_600_000)].flat();
      const looked = () => Promise.all(ids.map(async (id) => (await redis.hashes(`test-${process.pid}-${tests}:looks:${id}`))[0] ?? {}));
      await vi.waitFor(async () => expect((await looked()).map(({ name }) => name)).toEqual(['pages', 'asks']), { timeout: 1_000 });
      return looked();
    };
    // A Redis that did not answer for a moment on a busy machine is not told of what is promised meanwhile.
    const [first, second] = await vi.waitFor(jobs, SOON);
    expect([first?.['data'], second?.['data']]).toEqual(['{}', '{}']);
    expect(Number(first?.['delay'])).toBeGreaterThan(3_590_000);
    expect(Number(first?.['priority'])).toBeLessThan(Number(second?.['priority']));
  });

  it.each(LANES)('gives every effect a job under its own id, also what is due now (%s)', { timeout: SLOW_MS_MAX }, async (lane) => {
    const reading = new Redis(redis.url);
    // BullMQ writes down what it was given; jobs that are over are gone.
    const added = async (): Promise<readonly string[]> => {
      const events = await reading.xrange(`test-${process.pid}-${tests}:looks:events`, '-', '+');
      return events.flatMap(([, words]) =>
        words[words.indexOf('event') + 1] === 'added' ? [words[words.indexOf('jobId') + 1] ?? ''] : [],
      );
    };
    // Whatever is taken before it could be left needs none, and a Redis that did not answer for a moment is told of nothing.
    await vi.waitFor(async () => {
      const [id] = await owe(lane, 1, 0);
      await vi.waitFor(async () => expect(await added()).toContain(id), { timeout: 500 });
    }, SOON);
    reading.disconnect();
  });

  it('leaves word again in Redis where to look when Redis forgot', { timeout: SLOW_MS_MAX }, async () => {
    const [id] = await owe('asks', 1, 30_000);
    const left = async (key: string): Promise<readonly unknown[]> =>
      (await redis.hashes(`test-${process.pid}-${tests}:looks:${key}`)).map(({ name, data }) => ({ name, data }));
    await vi.waitFor(async () => expect(await left(id as string)).toEqual([{ name: 'asks', data: '{}' }]), SOON);
    await redis.flush();
    await vi.waitFor(async () => expect(await left('asks-*')).toEqual([{ name: 'asks', data: '{}' }]), { timeout: 5_000 });
    expect(rang).toEqual([]);
  });

  it('loses nothing when Redis forgets everything in the middle', { timeout: SLOW_MS_MAX }, async () => {
    const owed = [...(await owe('pages', 40, 1_200)), ...(await owe('asks', 40, 1_200))];
    await redis.flush();
    owed.push(...(await owe('chat', 20, 0)));
    await redis.flush();
    await expectRung(owed);
  });

  it('goes on without Redis, says so once, and takes it back', { timeout: SLOW_MS_MAX }, async (context) => {
    const own = ownRedis();
    if (own === null) return context.skip('the server of REDIS_URL is not ours to kill');
    await expectRung(await owe('asks', 10, 0));
    await own.crash();
    rang.length = 0;
    await expectRung([...(await owe('pages', 20, 0)), ...(await owe('asks', 20, 300))]);
    await own.start();
    const [one] = replicas;
    await vi.waitFor(() => expect(one?.warned.at(-1)).toContain('Redis is back'), { timeout: 10_000 });
    expect(one?.warned.filter((sentence) => sentence.includes('does not answer'))).toHaveLength(1);
    rang.length = 0;
    await expectRung([...(await owe('asks', 20, 0)), ...(await owe('work', 20, 300))]);
  });

  it('keeps nobody waiting while Redis is frozen, neither pages nor a stop', { timeout: SLOW_MS_MAX }, async (context) => {
    const own = ownRedis();
    if (own === null) return context.skip('the server of REDIS_URL is not ours to freeze');
    await expectRung(await owe('asks', 10, 0));
    rang.length = 0;
    own.freeze();
    try {
      const owed: string[] = [];
      // Long enough for the first commands to give up, and for some more after that.
      for (const since = performance.now(); performance.now() - since < 6_500; )
        owed.push(...(await owe('pages', 2, 0)), ...(await owe('chat', 2, 50)));
      await expectRung(owed);
      expect(Math.max(...replicas.map((replica) => replica.wakeMsMax()))).toBeLessThan(1_000);
      const since = performance.now();
      await Promise.all(replicas.map((replica) => replica.stop(1_000)));
      expect(performance.now() - since).toBeLessThan(5_000);
    } finally {
      own.thaw();
    }
    replicas = [];
  });

  it('begins without Redis and uses it once it is there', { timeout: SLOW_MS_MAX }, async (context) => {
    const own = ownRedis();
    if (own === null) return context.skip('the server of REDIS_URL is not ours to stop');
    await own.crash();
    const urls = { database: await postgres.createDatabase(), redis: redis.url, prefix: 'late' };
    const late = await startReplica('late', urls, rang);
    await expectRung([await late.owe('pages', 0)]);
    await own.start();
    await vi.waitFor(() => expect(late.warned.at(-1)).toContain('Redis is back'), { timeout: 10_000 });
    rang.length = 0;
    await expectRung([await late.owe('asks', 0), await late.owe('asks', 200)]);
    await late.stop(1_000);
  });

  it('warns of a Redis that may forget', { timeout: SLOW_MS_MAX }, async () => {
    const careless = await startRedis(['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru']);
    const urls = { database: await postgres.createDatabase(), redis: careless.url, prefix: 'careless' };
    const replica = await startReplica('careless', urls, rang);
    await vi.waitFor(() => expect(replica.warned).toHaveLength(2), SOON);
    expect(replica.warned.join(' ')).toMatch(/noeviction.*appendonly yes/s);
    expect((replicas[0] as Replica).warned).toEqual([]);
    await replica.stop(1_000);
    await careless.stop();
  });
});

/** A real Redis answers in real time: a hint takes a few milliseconds, the first one also the time to connect. */
const HINT_MS = 400;
const MARGIN_MS = 20;
/** Fewer than BullMQ keeps events of, at two for each job. */
const MANY = 40;

// Where no Redis can be had; said aloud, and never in CI.
describe.skipIf(noRedis() !== null)('with a real Redis', () => {
  let redis: RedisServer;
  let queues = 0;
  beforeAll(async () => {
    redis = await startRedis();
  }, SLOW_MS_MAX);
  afterAll(() => redis.stop());

  it('looks once, or a few times, for many jobs that came together', { timeout: SLOW_MS_MAX }, async () => {
    const prefix = `together-${process.pid}`;
    const parts = { url: redis.url, prefix, clock: systemClock, nextDue: async () => null, failed: () => undefined, warn: () => undefined };
    const queue = createBullmqQueue(parts);
    let looks = 0;
    await queue.start(async (lane) => {
      if (lane === 'asks') looks += 1;
    });
    const reading = new Redis(redis.url);
    const ids = Array.from({ length: MANY }, (_none, index) => `${index}-0`);
    // Until Redis is there, nobody leaves a job.
    await vi.waitFor(async () => {
      looks = 0;
      queue.wake('asks', systemClock.now(), ids);
      await vi.waitFor(async () => expect(await reading.xlen(`${prefix}:looks:events`)).toBeGreaterThan(MANY), { timeout: 200 });
    }, SOON);
    await vi.waitFor(async () => expect(await reading.keys(`${prefix}:looks:*-0`)).toEqual([]), SOON);
    expect(looks).toBeGreaterThanOrEqual(1);
    expect(looks).toBeLessThan(MANY / 4);
    reading.disconnect();
    await queue.stop(1_000);
  });

  queueContract('bullmq', () => ({
    open: (nextDue, failed) => {
      queues += 1;
      const prefix = `contract-${process.pid}-${queues}`;
      return createBullmqQueue({ url: redis.url, prefix, clock: systemClock, nextDue, failed, warn: () => undefined });
    },
    now: () => systemClock.now(),
    passes: (ms) => new Promise((resolve) => setTimeout(resolve, ms === 0 ? HINT_MS : ms + MARGIN_MS)),
    mayLookTwice: true,
  }));
});
