import type { Lane, Queue } from '../engine/store-port.ts';
import type { Clock } from '../kit/clock.ts';
import { createBullmqHints } from './bullmq-hints.ts';
import { createLocalQueue } from './local.ts';

/** The database is looked at this often, whatever Redis says: the longest anything waits because Redis forgot it. */
const SWEEP_MS = 1_000;
/** How much longer than Redis this process waits before it looks by itself: the replica that got the hint should be first. */
const PATIENCE_MS = 250;
export interface BullmqParts {
  readonly url: string;
  /** Separates installations that share one Redis. Letters, digits and dashes. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly nextDue: (lane: Lane) => Promise<number | null>;
  readonly failed: (fault: unknown, lane: Lane) => void;
  /** Told what the operator should know: Redis is away, is back, or forgets. */
  readonly warn: (sentence: string) => void;
}
/**
 * Wakes any one replica through BullMQ on Redis. A job only says "look into this lane": the promise is the row in the
 * database. So what Redis forgets, drops or delivers twice costs a look, never a page: every replica also looks by itself,
 * a little later than the hint would have come and once a second at the latest. While Redis is away it looks at once.
 */
export function createBullmqQueue(parts: BullmqParts): Queue {
  const { clock, failed } = parts;
  const hints = createBullmqHints(parts);
  const looks = createLocalQueue(clock, nextLook, failed);

  async function nextLook(lane: Lane): Promise<number> {
    const due = await parts.nextDue(lane);
    const now = clock.now();
    if (due !== null && due > now) hints.leave(lane, due);
    return Math.min(due === null ? Number.POSITIVE_INFINITY : Math.max(due, now) + PATIENCE_MS, now + SWEEP_MS);
  }
  return {
    name: 'bullmq',
    async start(deliver) {
      await looks.start(deliver);
      hints.start((lane) => looks.wake(lane, clock.now()));
    },
    wake(lane, dueAt) {
      const now = clock.now();
      const isLeft = hints.leave(lane, dueAt);
      // Pages wait for nothing, not even for Redis.
      const isAtOnce = !isLeft || lane === 'pages';
      looks.wake(lane, isAtOnce ? dueAt : Math.max(dueAt, now) + PATIENCE_MS);
    },
    busy: () => looks.busy(),
    async stop(graceMs) {
      let cancel = (): void => undefined;
      const patience = new Promise<void>((resolve) => {
        cancel = clock.alarm(clock.now() + graceMs, resolve);
      });
      await Promise.all([looks.stop(graceMs), Promise.race([hints.stop(), patience])]);
      cancel();
    },
  };
}
