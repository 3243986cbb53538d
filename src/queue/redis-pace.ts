import type { Clock } from '../kit/clock.ts';
import { within } from '../kit/deadline.ts';
import { createPace, HOLD_MS_MAX, type Pace } from '../kit/pace.ts';
import { openRedis } from './redis.ts';
import { createRedisHealth } from './redis-health.ts';

/** Redis answers within a millisecond or is ill; then this process goes on with what it knows by itself. */
const ANSWER_MS_MAX = 250;

const ASK = `local left = redis.call('pttl', KEYS[1])
if left > 0 then return left end
if tonumber(ARGV[1]) > 0 then redis.call('set', KEYS[1], '', 'px', ARGV[1]) end
return 0`;
const HOLD = `if redis.call('pttl', KEYS[1]) < tonumber(ARGV[1]) then redis.call('set', KEYS[1], '', 'px', ARGV[1]) end
return 0`;

export interface SharedPaceParts {
  readonly url: string;
  /** Separates installations that share one Redis. */
  readonly prefix: string;
  readonly clock: Clock;
}
export interface SharedPace extends Pace {
  close(): void;
}

/**
 * Known to all replicas: one key for each destination that is to be left alone, for as long as it is. What this process knows
 * by itself holds as well, and is all there is while Redis is away or frozen.
 */
export function openRedisPace({ url, prefix, clock }: SharedPaceParts): SharedPace {
  const own = createPace(clock);
  const { asking, end } = openRedis(url, (fault) => health.seen(fault));
  // The queue is on the same Redis, and tells the operator.
  const health = createRedisHealth(asking, clock, () => undefined);

  /** What Redis says, or null when it says nothing. */
  async function answer(script: string, destination: string, ms: number): Promise<number | null> {
    if (!health.isWell()) return null;
    try {
      const wholeMs = Math.ceil(Math.min(ms, HOLD_MS_MAX));
      return Number(await within(asking.eval(script, 1, `${prefix}:pace:${destination}`, wholeMs), ANSWER_MS_MAX, clock));
    } catch (fault) {
      health.seen(fault);
      return null;
    }
  }
  return {
    async ask(destination, everyMs = 0) {
      const ownMs = await own.ask(destination);
      if (ownMs > 0) return ownMs;
      const waitMs = await answer(ASK, destination, everyMs);
      if (waitMs === null) return own.ask(destination, everyMs);
      await own.hold(destination, waitMs > 0 ? waitMs : everyMs);
      return waitMs;
    },
    async hold(destination, forMs) {
      await own.hold(destination, forMs);
      if (forMs > 0) await answer(HOLD, destination, forMs);
    },
    close() {
      health.stop();
      end();
    },
  };
}
