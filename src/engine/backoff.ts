import type { Lane } from './store-port.ts';

export interface LaneRules {
  /** Effects of the lane under way at once in one process. */
  readonly atOnce: number;
  /** Wait after the first failure; doubles each time. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** After this many failures it is dead and somebody is told. */
  readonly attemptsMax: number;
  /** Nobody else touches what was claimed for so long, unless it is renewed: what a killed process had begun waits for this. */
  readonly leaseMs: number;
}

/**
 * Pages repeat fast and give up early, because the next level is the better answer. Chat may be away for hours and must
 * catch up by itself: 400 tries a minute apart are most of a working day. Asks fail only when the store does, and
 * as many are under way as submits share a transaction.
 *
 * Leases of pages and timers are short: four deaths in a row keep nobody waiting for more than 35 s. A store that takes half of one
 * to answer a claim leaves nothing to begin with, so they are no shorter. What rooms and runbooks repeat is worse than its being late.
 */
export const LANE_RULES: Readonly<Record<Lane, LaneRules>> = {
  pages: { atOnce: 32, firstMs: 2_000, longestMs: 15_000, attemptsMax: 6, leaseMs: 8_000 },
  asks: { atOnce: 256, firstMs: 250, longestMs: 5_000, attemptsMax: 10_000, leaseMs: 8_000 },
  chat: { atOnce: 16, firstMs: 1_000, longestMs: 60_000, attemptsMax: 400, leaseMs: 30_000 },
  work: { atOnce: 8, firstMs: 1_000, longestMs: 60_000, attemptsMax: 20, leaseMs: 30_000 },
};

/** Exponential with full upper half jitter: between half of the step and the whole of it. `fraction` is in [0, 1). */
export function backoffMs(attempts: number, rules: LaneRules, fraction: number): number {
  const step = Math.min(rules.longestMs, rules.firstMs * 2 ** Math.min(attempts - 1, 20));
  return Math.round(step * (0.5 + fraction / 2));
}
