import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Queue as BullQueue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { QUEUE_NAME } from '../../src/queue/bullmq-hints.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { commit, effect, write } from '../support/commits.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { noRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { type Rang, startReplica } from '../support/replicas.ts';

const PROGRAM = new URL('../support/freezing-replica.ts', import.meta.url).pathname;
const SLOW_MS_MAX = 60_000;
const OWED = 3;
const LEASE_MS = 4_000;
const HINT_EVERY_MS = 100;
/** One sweep, and a busy test machine. */
const LATE_MS_MAX = 2_500;
/** BullMQ looks for stalled jobs every five seconds, and finds one the second time it sees it. */
const STALLED_MS_MAX = 20_000;

// Where no PostgreSQL or no Redis can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null || noRedis() !== null)('a replica killed in the middle of a job of BullMQ', () => {
  let postgres: PostgresServer;
  let redis: RedisServer;
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  }, SLOW_MS_MAX);
  afterAll(() => Promise.all([postgres.stop(), redis.stop()]));

  it('leaves its claims to the survivor, once, and its job and its lane to nobody', { timeout: SLOW_MS_MAX }, async () => {
    const urls = { database: await postgres.createDatabase(), redis: redis.url, prefix: `stalled-${process.pid}` };
    const { store } = await openPostgresStore(urls.database, { broken: () => undefined, replica: 'test' });
    const effects = Array.from({ length: OWED }, (_unused, number) => effect(number, { dueAt: Date.now() }));
    await store.append([commit([write('stalled/1', 0)], { effects })]);
    const connection = new Redis(redis.url);
    const jobs = new BullQueue(QUEUE_NAME, { connection, prefix: urls.prefix });

    const killed = spawn(process.execPath, [PROGRAM, urls.database, urls.redis, urls.prefix, String(LEASE_MS)]);
    const words = wordsOf(killed);
    const { claimed } = (await words.next()) as { claimed: { effect: string; fence: number }[] };
    const claimedAt = performance.now();
    expect(claimed).toHaveLength(OWED);
    const frozen = words.next();
    // Until one finds the lane idle and is looked into at once.
    const hinting = setInterval(() => void jobs.add('chat', {}, { removeOnComplete: true, removeOnFail: true }), HINT_EVERY_MS);
    expect(await frozen).toEqual({ frozen: true });
    clearInterval(hinting);
    const rang: Rang[] = [];
    const survivor = await startReplica('survivor', urls, rang, { leaseMs: LEASE_MS });
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(await jobs.getActiveCount()).toBeGreaterThan(0);

    const owed = await Promise.all([survivor.owe('chat', 0), survivor.owe('chat', 300)]);
    const rangIn = (lane: readonly string[]): readonly string[] => rang.map(({ effect: id }) => id).filter((id) => lane.includes(id));
    await vi.waitFor(() => expect([...rangIn(owed)].sort()).toEqual([...owed].sort()), { timeout: LATE_MS_MAX });
    expect(rang).toHaveLength(owed.length);

    const left = claimed.map(({ effect: id }) => id);
    await vi.waitFor(() => expect([...rangIn(left)].sort()).toEqual([...left].sort()), { timeout: LEASE_MS + LATE_MS_MAX });
    expect(performance.now() - claimedAt).toBeLessThan(LEASE_MS + LATE_MS_MAX);
    const late = claimed.map((claim) => ({ ...claim, state: 'done', reason: null, detail: null }) as const);
    expect(await store.outbox.settle(late)).toEqual([false, false, false]);

    const counts = (): Promise<unknown> => jobs.getJobCounts('active', 'wait', 'prioritized', 'failed');
    await vi.waitFor(async () => expect(await counts()).toEqual({ active: 0, wait: 0, prioritized: 0, failed: 0 }), {
      timeout: STALLED_MS_MAX,
      interval: 100,
    });
    expect(rang).toHaveLength(owed.length + OWED);
    expect(survivor.warned).toEqual([]);
    await Promise.all([survivor.stop(1_000), jobs.close(), store.close()]);
    connection.disconnect();
  });
});

interface Words {
  next(): Promise<unknown>;
}

/** What a process says, a line of JSON at a time; what it complains of ends the test. */
function wordsOf(child: ChildProcess): Words {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the process has no output');
  stderr.pipe(process.stderr);
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the process ended');
      return JSON.parse(value);
    },
  };
}
