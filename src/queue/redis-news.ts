import type { Clock } from '../kit/clock.ts';
import { within } from '../kit/deadline.ts';
import { appendText, messageText, NEWS_BYTES_MAX, type NewsHub, type Wire } from '../kit/news.ts';
import { openRedis } from './redis.ts';
import { createRedisHealth } from './redis-health.ts';
import { keepSubscribed } from './redis-subscription.ts';

/** Redis answers within a millisecond or is ill. Nobody waits for it, but what it did not take has to be told another way soon. */
const ANSWER_MS_MAX = 500;

export interface RedisNewsParts {
  readonly url: string;
  /** Separates installations that share one Redis. */
  readonly prefix: string;
  readonly clock: Clock;
  /** Our own name among the replicas. */
  readonly replica: string;
  /** Hears what the others tell. */
  readonly hub: Pick<NewsHub, 'heardAppend' | 'heardMessage' | 'missed'>;
  /** Told what the operator should know: Redis does not let us subscribe. */
  readonly warn: (sentence: string) => void;
}
export interface RedisNews extends Wire {
  close(): void;
}

/**
 * Tells the other replicas through channels of Redis, and listens to them there. Redis promises nothing about what is published:
 * who was not listening does not hear it.
 */
export function openRedisNews({ url, prefix, clock, replica, hub, warn }: RedisNewsParts): RedisNews {
  const [appends, messages] = [`${prefix}:news:ledger`, `${prefix}:news:console`];
  const { asking, openListening, end } = openRedis(url, (fault) => health.seen(fault));
  // The queue is on the same Redis, and tells the operator.
  const health = createRedisHealth(asking, clock, () => undefined);
  const listening = openListening();
  let closed = false;
  listening.on('message', (channel, text) => (channel === appends ? hub.heardAppend(text) : hub.heardMessage(text)));
  const subscription = keepSubscribed({
    redis: listening,
    channels: [appends, messages],
    clock,
    again: () => hub.missed(),
    refused: (why) => warn(`Redis lets nobody subscribe to ${prefix}:news:* (${why}). Replicas hear of each other through PostgreSQL.`),
  });

  async function publish(channel: string, text: string): Promise<boolean> {
    let listeners: number | null = null;
    try {
      const published = asking.publish(channel, text).then((count) => {
        listeners = count;
      });
      await within(published, ANSWER_MS_MAX, clock);
    } catch (fault) {
      // A process that itself had no time finds the answer now.
      await clock.turn();
      if (listeners === null) health.seen(fault);
    }
    // Not even our own subscription was there to hear it. Once closed, there is nobody to say it another way.
    return closed || (listeners ?? 0) > 0;
  }
  return {
    isWell: () => health.isWell() && subscription.stands(),
    tellAppend: (told) => publish(appends, appendText(replica, told, NEWS_BYTES_MAX)),
    tellMessage: (room) => publish(messages, messageText(replica, room)),
    close() {
      closed = true;
      subscription.stop();
      health.stop();
      end();
    },
  };
}
