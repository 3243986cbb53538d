import type { Clock } from './clock.ts';
import { HOUR_MS } from './duration.ts';

/** Whoever wants to be left alone for longer is asked again anyway: it may be back long before it said. */
export const HOLD_MS_MAX = HOUR_MS;
/** Destinations remembered before those are looked for that may be asked again. */
const KEPT_MAX = 1_000;

/** How soon far ends may be asked again. A destination is what a far end counts together, under any name. */
export interface Pace {
  /** 0 when it may be asked now, and then nobody else may for `everyMs`; otherwise the milliseconds until it may. */
  ask(destination: string, everyMs?: number): Promise<number>;
  /** The far end wants to be left alone for so long. A longer wait stays as it is. */
  hold(destination: string, forMs: number): Promise<void>;
}

/** All of them, for a pace that is asked from another thread. */
export const PACE_METHODS = ['ask', 'hold'] as const satisfies readonly (keyof Pace)[];

/** Known to this process alone. */
export function createPace(clock: Clock): Pace {
  const freeAt = new Map<string, number>();
  const waitMs = (destination: string): number => Math.max(0, (freeAt.get(destination) ?? 0) - clock.monotonic());

  function hold(destination: string, forMs: number): void {
    if (forMs <= waitMs(destination)) return;
    if (freeAt.size >= KEPT_MAX) for (const known of freeAt.keys()) if (waitMs(known) === 0) freeAt.delete(known);
    freeAt.set(destination, clock.monotonic() + Math.min(forMs, HOLD_MS_MAX));
  }
  return {
    async ask(destination, everyMs = 0) {
      const ms = waitMs(destination);
      if (ms === 0) hold(destination, everyMs);
      return Math.ceil(ms);
    },
    hold: async (destination, forMs) => hold(destination, forMs),
  };
}
