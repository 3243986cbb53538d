import type { Redis } from 'ioredis';
import type { Clock } from '../kit/clock.ts';

/** Asked this often whether the subscription stands: a connection that was cut without a word looks like one where nobody speaks. */
const LOOK_MS = 5_000;

export interface SubscriptionParts {
  /** A connection that does nothing else, and gives up what is not answered. */
  readonly redis: Redis;
  readonly channels: readonly string[];
  readonly clock: Clock;
  /** It listens after it did not: whatever was said meanwhile is lost. */
  readonly again: () => void;
  /** Redis answers and says no; the sentence of Redis. Told once. */
  readonly refused: (why: string) => void;
}
export interface Subscription {
  /** It stood when last asked, and the connection has not ended since. */
  stands(): boolean;
  stop(): void;
}

/** Keeps a connection subscribed, whatever becomes of it: subscribing is also the question whether it still is. */
export function keepSubscribed({ redis, channels, clock, again, refused }: SubscriptionParts): Subscription {
  let stands = false;
  let stopped = false;
  let isAsking = false;
  let isTold = false;
  let cancel = (): void => undefined;

  function failed(fault: unknown): void {
    stands = false;
    if (stopped || redis.status !== 'ready') return;
    // One that says no would say it again. One that says nothing, perhaps because it was cut without a word, is replaced.
    if (fault instanceof Error && fault.name === 'ReplyError') {
      if (!isTold) refused(fault.message);
      isTold = true;
    } else redis.disconnect(true);
  }
  async function look(): Promise<void> {
    if (isAsking || stopped) return;
    isAsking = true;
    cancel();
    try {
      await redis.subscribe(...channels);
      if (!stands) again();
      stands = true;
    } catch (fault) {
      failed(fault);
    }
    isAsking = false;
    if (!stopped) cancel = clock.alarm(clock.now() + LOOK_MS, begin);
  }
  function begin(): void {
    look().catch(failed);
  }
  redis.on('ready', begin);
  redis.on('close', () => {
    stands = false;
  });
  return {
    stands: () => stands,
    stop() {
      stopped = true;
      stands = false;
      cancel();
    },
  };
}
