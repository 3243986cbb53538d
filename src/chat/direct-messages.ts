import type { Attempt, Outcome, Platform } from '../engine/ports.ts';
import type { Clock } from '../kit/clock.ts';
import { SECOND_MS } from '../kit/duration.ts';
import type { Document } from '../readings/document.ts';

/** An attempt has ten seconds in all: who has said nothing for so long is not waited for before the next platform is tried. */
const PATIENCE_MS = 3 * SECOND_MS;

export interface DirectMessageOptions {
  /** Where people read, the first choice first. */
  readonly platforms: readonly Pick<Platform, 'deliver'>[];
  /** Knows everybody: for those whom no other platform knows. */
  readonly fallback: Pick<Platform, 'deliver'>;
  readonly clock: Clock;
  readonly bug: (fault: unknown) => void;
}

/**
 * A message to a person, on the first platform that takes it. One that is down or slow keeps nobody from being reached on the next; who
 * is known on none of them reads it on the `fallback`. A failure is told only when nobody took it.
 */
export function createDirectMessages({ platforms, fallback, clock, bug }: DirectMessageOptions) {
  /** A mistake of ours in one platform is told, and the next one is tried. */
  const mistaken = (fault: unknown): Outcome => {
    bug(fault);
    return { outcome: 'retry', reason: 'unknown', detail: 'an error inside Allclear' };
  };
  return {
    unreachable: (): string | null => null,
    async deliver(person: string, document: Document, attempt: Attempt): Promise<Outcome> {
      const promise = { kind: 'direct', person, document, urgent: true } as const;
      const asked: Promise<Outcome>[] = [];
      for (const platform of platforms) {
        asked.push(platform.deliver(promise, attempt).catch(mistaken));
        if (await isTaken(asked, clock)) return { outcome: 'done' };
      }
      const outcomes = await Promise.all(asked);
      const done = outcomes.find(({ outcome }) => outcome === 'done');
      // Who is nobody there is no failure of the page.
      const failed = outcomes.find((one) => one.outcome !== 'dead' || one.reason !== 'client');
      return done ?? failed ?? fallback.deliver(promise, attempt);
    },
  };
}

/** Whether one of those asked has taken it; answers when the last of them has said something, or after a while. */
async function isTaken(asked: readonly Promise<Outcome>[], clock: Clock): Promise<boolean> {
  let cancel = (): void => undefined;
  const patience = new Promise<null>((resolve) => {
    cancel = clock.alarm(clock.now() + PATIENCE_MS, () => resolve(null));
  });
  const taken = asked.map(async (one) => ((await one).outcome === 'done' ? true : new Promise<never>(() => undefined)));
  const last = asked.at(-1)?.then(({ outcome }) => outcome === 'done');
  const answer = await Promise.race([...taken, last, patience]);
  cancel();
  return answer === true;
}
