import { Queue as BullQueue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { LANES, type Lane } from '../engine/store-port.ts';
import type { Clock } from '../kit/clock.ts';
import { gathered } from '../kit/gather.ts';
import { forgetfulness, openRedis } from './redis.ts';
import { createRedisHealth, type RedisHealth } from './redis-health.ts';

/** What the sweeper finds is put into Redis again only when its time comes near. */
const HORIZON_MS = 60_000;
/** Effects due within the same moment share one hint; it comes at the moment's end, when all of them are due. */
const SLOT_MS = 10;
/** Hints are looked at by at most this many at once in one replica. A look takes a few milliseconds. */
const LOOKS_AT_ONCE = 8;
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
  /** Calls `look` for every job that this replica gets. */
  start(look: (lane: Lane) => void): void;
  /** Leaves word in Redis where to look. Answers false when that is pointless just now: Redis is away, or the time is far off. */
  leave(lane: Lane, dueAt: number): boolean;
  /** Leaves a job for an effect that is due later, however far off, under the effect's own id. Answers false while Redis is away. */
  leaveTimer(effect: string, lane: Lane, dueAt: number): boolean;
  stop(): Promise<void>;
}
/** What a job carries: where to look. Never what is owed. */
interface Hint {
  readonly lane: Lane;
}
interface Timer {
  readonly effect: string;
  readonly lane: Lane;
  readonly dueAt: number;
}

/** Jobs that say "look into this lane", for whichever replica is free. A job of a timer is named after its effect. */
export function createBullmqHints({ url, prefix, clock, warn }: HintParts): Hints {
  let stopped = false;
  let queue: BullQueue<Hint> | null = null;
  let worker: Worker<Hint> | null = null;
  const { asking, openWorking, end } = openRedis(url, (fault) => health.seen(fault));
  const health: RedisHealth = createRedisHealth(asking, clock, warn);
  const leaveNow = coalesced((lane) => add(lane, clock.now()), health.seen);
  const addTimer = gathered(async (timers: readonly Timer[]) => {
    await queue?.addBulk(timers.map((timer) => timerJob(timer, clock.now())));
    return timers;
  });

  async function add(lane: Lane, dueAt: number): Promise<void> {
    const delay = Math.max(0, Math.ceil(dueAt / SLOT_MS) * SLOT_MS - clock.now());
    // No colon and never digits alone, which BullMQ refuses. What is due now may not share an id: a hint that is just being
    // looked at would swallow the next one.
    const id = delay > 0 ? { jobId: `${lane}-${dueAt - (dueAt % SLOT_MS)}` } : {};
    await queue?.add('look', { lane }, { ...FORGOTTEN_AFTERWARDS, delay, priority: priorityOf(lane), ...id });
  }
  return {
    start(look) {
      const begin = (): void => {
        if (stopped) return;
        queue = openQueue(prefix, asking, health);
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
    leaveTimer(effect, lane, dueAt) {
      if (queue === null || !health.isWell()) return false;
      addTimer({ effect, lane, dueAt }).catch(health.seen);
      return true;
    },
    async stop() {
      stopped = true;
      health.stop();
      // By force: waiting for a Redis that is away takes all the time there is, and what was not looked at is in the database.
      await Promise.allSettled([worker?.close(true), queue?.close()]);
      end();
    },
  };
}

const FORGOTTEN_AFTERWARDS = { removeOnComplete: true, removeOnFail: true } as const;

/** Pages first. BullMQ's 0 is "no priority", which comes before all others. */
function priorityOf(lane: Lane): number {
  return LANES.indexOf(lane);
}

function timerJob({ effect, lane, dueAt }: Timer, now: number) {
  const delay = Math.max(0, dueAt - now);
  return { name: lane, data: { lane }, opts: { ...FORGOTTEN_AFTERWARDS, jobId: effect, delay, priority: priorityOf(lane) } };
}

function openQueue(prefix: string, connection: Redis, health: RedisHealth): BullQueue<Hint> {
  const queue = new BullQueue<Hint>(QUEUE_NAME, {
    connection,
    prefix,
    skipWaitingForReady: true,
    streams: { events: { maxLen: EVENTS_KEPT } },
  });
  queue.on('error', health.seen);
  return queue;
}

function openWorker(prefix: string, connection: Redis, look: (lane: Lane) => void, health: RedisHealth): Worker<Hint> {
  const worker = new Worker<Hint>(QUEUE_NAME, async ({ data }) => look(data.lane), {
    connection,
    prefix,
    concurrency: LOOKS_AT_ONCE,
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
