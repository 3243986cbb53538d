/** After trouble it may take this long until everything runs again: a lease, a look by the sweeper, and some tries. */
const CONVALESCENCE_MS = 60_000;

/** When there was trouble, and how long there was none. Milliseconds of the simulation. */
export interface Calm {
  /** There is trouble, and it lasts for so long. */
  disturb(lastsMs?: number): void;
  /** Has trouble begun since then. */
  disturbedSince(elapsedMs: number): boolean;
  /** Time so far in which nothing was wrong, and nothing had been for a while: promises about lateness hold in it. */
  calmMs(): number;
}

export function createCalm(elapsed: () => number): Calm {
  let calmBefore = 0;
  let troubleUntil = 0;
  let disturbedAt = 0;
  const calmMs = (): number => calmBefore + Math.max(0, elapsed() - troubleUntil - CONVALESCENCE_MS);
  return {
    disturb(lastsMs = 0) {
      calmBefore = calmMs();
      troubleUntil = Math.max(troubleUntil, elapsed() + lastsMs);
      disturbedAt = elapsed();
    },
    disturbedSince: (elapsedMs) => disturbedAt >= elapsedMs,
    calmMs,
  };
}
