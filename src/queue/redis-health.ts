import type { Redis } from 'ioredis';
import type { Clock } from '../kit/clock.ts';

/** A Redis that did not answer is asked again after this. */
const ASK_AGAIN_MS = 1_000;

/** Is Redis there and answering. Frozen counts as away: the connection stands, and nothing comes back. */
export interface RedisHealth {
  isWell(): boolean;
  /** Something failed; it is told to the operator once for each outage. */
  seen(fault: unknown): void;
  stop(): void;
}

export function createRedisHealth(redis: Redis, clock: Clock, warn: (sentence: string) => void): RedisHealth {
  let isWell = false;
  let isTold = false;
  let isAsking = false;
  let stopped = false;
  let cancel = (): void => undefined;

  function well(): void {
    isWell = true;
    if (isTold) warn('Redis is back: it wakes the replicas again.');
    isTold = false;
  }
  function ill(fault: unknown): void {
    isWell = false;
    if (stopped) return;
    if (!isTold) warn(`Redis does not answer (${reason(fault)}). Nothing is lost: due work is looked for in the database directly.`);
    isTold = true;
    ask();
  }
  /** A connection that comes back says so by itself; one that stood through the outage has to be asked. */
  function ask(): void {
    if (isAsking || redis.status !== 'ready') return;
    isAsking = true;
    redis.ping().then(answered, unanswered);
  }
  function answered(): void {
    isAsking = false;
    if (!stopped) well();
  }
  function unanswered(): void {
    isAsking = false;
    cancel();
    if (!stopped) cancel = clock.alarm(clock.now() + ASK_AGAIN_MS, ask);
  }
  redis.on('ready', well);
  redis.on('close', () => ill(new Error('connection closed')));
  return {
    isWell: () => isWell && redis.status === 'ready',
    seen: ill,
    stop() {
      stopped = true;
      cancel();
    },
  };
}

function reason(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unknown';
  return 'code' in fault ? String(fault.code) : fault.message;
}
