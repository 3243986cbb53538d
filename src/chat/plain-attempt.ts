import type { Attempt } from '../engine/ports.ts';
import { systemClock } from '../kit/clock.ts';

/** An attempt as it crosses to another thread, all but its signal. */
export interface PlainAttempt extends Pick<Attempt, 'key' | 'number'> {
  /** When somebody else may do it, on both clocks of this machine: one stands still while it is suspended, the other may be set. */
  readonly until: { readonly monotonic: number; readonly now: number } | null;
}

export function plainAttempt({ key, number, leftMs }: Attempt): PlainAttempt {
  const left = leftMs?.() ?? null;
  const until = left === null ? null : { monotonic: systemClock.monotonic() + left, now: systemClock.now() + left };
  return { key, number, until };
}

/** The same attempt on the other side. */
export function attemptOf({ key, number, until }: PlainAttempt, signal: AbortSignal): Attempt {
  if (until === null) return { key, number, signal };
  const leftMs = (): number => Math.min(until.monotonic - systemClock.monotonic(), until.now - systemClock.now());
  return { key, number, signal, leftMs };
}
