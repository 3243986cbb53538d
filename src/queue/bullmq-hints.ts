import { Queue as BullQueue, type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { LANES, type Lane } from '../engine/store-port.ts';
import type { Clock } from '../kit/clock.ts';
import { createEffectJobs, type EffectJobs, type NoData, optionsOf } from './bullmq-jobs.ts';
import { forgetfulness, openRedis } from './redis.ts';
import { createRedisHealth, type RedisHealth } from './redis-health.ts';

/** What the sweeper finds is put into Redis again only when its time comes near. */
const HORIZON_MS = 60_000;
/** Effects due within the same moment share one hint; it comes at the moment's end, when all of them are due. */
const SLOT_MS = 10;
/** One replica takes so many jobs at once. Each is over as soon as a look is asked for; more would only spend Redis's time on what a look takes anyway. */
const JOBS_AT_ONCE = 8;
/** After a failed attempt BullMQ's worker tries Redis again after this. */
const WORKER_RETRY_MS = 1_000;
/** A hint whose replica died is given to another one after this. */
const STALLED_MS = 5_000;
/** BullMQ keeps a stream of events for each queue; nobody reads this one. */
const EVENTS_KEPT = 100;
export const QUEUE_NAME = 'looks';

export interface HintParts {
  readonly url: string;
  /** Separates installations that share one Redis. */
  readonly prefix: string;
  readonly clock: Clock;
  /** Told what the operator should know: Redis is away, is back, or forgets. */
  readonly warn: (sentence: string) => void;
}
export interface Hints {
  /** Calls `look` for every job that this replica gets, with the time since when a look would have found what it is about. */
  start(look: (lane: Lane, since: number) => void): void;
  /** Leaves word in Redis where to look. Answers false when that is pointless just now: Redis is away, or the time is far off. */
  leave(lane: Lane, dueAt: number): boolean;
  /** Leaves a job for each effect under the effect's own id, however far off it is due. Answers false while Redis is away. */
  leaveJobs(effects: readonly string[], lane: Lane, dueAt: number): boolean;
  /** These effects are taken, and their jobs are pointless. */
  drop(effects: readonly string[]): void;
  stop(): Promise<void>;
}

/** Jobs that say "look into this lane", for whichever replica is free. */
export function createBullmqHints({ url, prefix, clock, warn }: HintParts): Hints {
  let stopped = false;
  let queue: BullQueue<NoData> | null = null;
  let jobs: EffectJobs | null = null;
  let worker: Worker<NoData> | null = null;
  const { asking, openWorking, end } = openRedis(url, (fault) => health.seen(fault));
  const health: RedisHealth = createRedisHealth(asking, clock, warn);
  const leaveNow = coalesced((lane) => add(lane, clock.now()), health.seen);

  async function add(lane: Lane, dueAt: number): Promise<void> {
    const delay = Math.max(0, Math.ceil(dueAt / SLOT_MS) * SLOT_MS - clock.now());
    // No colon and never digits alone, which BullMQ refuses. What is due now may not share an id: a hint that is just being
    // looked at would swallow the next one.
    const id = delay > 0 ? { jobId: `${lane}-${dueAt - (dueAt % SLOT_MS)}` } : {};
    await queue?.add(lane, {}, { ...optionsOf(lane), delay, ...id });
  }
  return {
    start(look) {
      const begin = (): void => {
        if (stopped) return;
        queue = openQueue(prefix, asking, health);
        jobs = createEffectJobs(queue, clock, health.seen);
        worker = openWorker(prefix, openWorking(), look, health);
        forgetfulness(asking).then((sentences) => sentences.forEach(warn), health.seen);
      };
      // BullMQ asks Redis for its version first and never recovers when that fails: so it begins once Redis is there.
      if (asking.status === 'ready') begin();
      else asking.once('ready', begin);
    },
    leave(lane, dueAt) {
      const now = clock.now();
      if (queue === null || !health.isWell() || dueAt > now + HORIZON_MS) return false;
      if (dueAt > now) add(lane, dueAt).catch(health.seen);
      else leaveNow(lane);
      return true;
    },
    leaveJobs(effects, lane, dueAt) {
      if (queue === null || !health.isWell()) return false;
      jobs?.leave(effects, lane, dueAt);
      return true;
    },
    drop(effects) {
      if (health.isWell()) jobs?.drop(effects);
    },
    async stop() {
      stopped = true;
      jobs?.stop();
      health.stop();
      // By force: waiting for a Redis that is away takes all the time there is, and what was not looked at is in the database.
      await Promise.allSettled([worker?.close(true), queue?.close()]);
      end();
    },
  };
}

/** A job of another release may be anything; what it was about is found in the database. */
const isLane = (name: string): name is Lane => (LANES as readonly string[]).includes(name);

function openQueue(prefix: string, connection: Redis, health: RedisHealth): BullQueue<NoData> {
  const queue = new BullQueue<NoData>(QUEUE_NAME, {
    connection,
    prefix,
    skipWaitingForReady: true,
    streams: { events: { maxLen: EVENTS_KEPT } },
  });
  queue.on('error', health.seen);
  return queue;
}

function openWorker(prefix: string, connection: Redis, look: (lane: Lane, since: number) => void, health: RedisHealth): Worker<NoData> {
  const take = async ({ name, timestamp, opts }: Job<NoData>): Promise<void> => {
    if (isLane(name)) look(name, opts.delay ? Number.POSITIVE_INFINITY : timestamp);
  };
  const worker = new Worker<NoData>(QUEUE_NAME, take, {
    connection,
    prefix,
    concurrency: JOBS_AT_ONCE,
    runRetryDelay: WORKER_RETRY_MS,
    lockDuration: STALLED_MS,
    stalledInterval: STALLED_MS,
  });
  worker.on('error', health.seen);
  return worker;
}

/** At most one call under way for each lane; asked for meanwhile, it is made once more. */
function coalesced(call: (lane: Lane) => Promise<void>, failed: (fault: unknown) => void): (lane: Lane) => void {
  const underWay = new Map<Lane, { again: boolean }>();
  async function run(lane: Lane): Promise<void> {
    const mine = { again: false };
    underWay.set(lane, mine);
    try {
      do {
        mine.again = false;
        await call(lane);
      } while (mine.again);
    } catch (fault) {
      failed(fault);
    } finally {
      underWay.delete(lane);
    }
  }
  return (lane) => {
    const mine = underWay.get(lane);
    if (mine === undefined) run(lane).catch(failed);
    else mine.again = true;
  };
}
