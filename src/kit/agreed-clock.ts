import type { Clock } from './clock.ts';

/** Where the wall clock runs ahead of the monotonic one by more than this, it was set, or the machine was suspended. */
const AHEAD_MS_MAX = 1_000;

/**
 * A wall clock that several machines share: each goes by its monotonic clock between two looks at the shared one. Setting this
 * machine's own wall clock changes nothing about `now`. Its own clock still says when it may have been suspended, which some monotonic
 * clocks do not: then `monotonic` jumps ahead, and whoever holds something for a while lets go of it rather too early.
 */
export function createAgreedClock(own: Clock): Required<Clock> {
  const driftMs = (): number => own.now() - own.monotonic();
  let wall = own.now();
  let since = own.monotonic();
  let drift = driftMs();
  let suspendedMs = 0;
  const now = (): number => Math.floor(wall + own.monotonic() - since);
  const monotonic = (): number => {
    const aheadMs = driftMs() - drift;
    if (Math.abs(aheadMs) > AHEAD_MS_MAX) {
      suspendedMs += Math.max(0, aheadMs);
      drift += aheadMs;
    }
    return own.monotonic() + suspendedMs;
  };
  return {
    now,
    monotonic,
    turn: () => own.turn(),
    alarm: (atMs, wake) => own.alarm(own.now() + atMs - now(), wake),
    agree(wallMs, askedAt) {
      // Somewhere within the time the question took: corrected only as far as is certain, so that it stands still between good answers.
      const latest = wallMs + monotonic() - askedAt;
      wall = Math.min(Math.max(now(), wallMs), latest);
      since = own.monotonic();
      drift = driftMs();
    },
  };
}
