/** No timer sleeps longer than this: a laptop that slept or a clock that jumped is noticed within a minute. */
export const SLEEP_MS_MAX = 60_000;

/**
 * The only way to learn the time or to wait. Injected, so that a night on call fits in a test.
 * `now` is wall time for people and due times; `monotonic` never jumps and is for leases and timeouts.
 */
export interface Clock {
  /** Milliseconds since 1970, may jump. */
  now(): number;
  /** Milliseconds since an arbitrary start that all threads share, never goes backwards. */
  monotonic(): number;
  /** Calls `wake` once, at `atMs` of `now()` or up to a minute early; answers how to cancel it. */
  alarm(atMs: number, wake: () => void): () => void;
  /** A turn of the event loop: everything that has come in by now was heard when it answers. */
  turn(): Promise<void>;
  /** Of a clock that goes by a shared one: that one said `wallMs` at some moment since `askedAt` of `monotonic()`. */
  agree?(wallMs: number, askedAt: number): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  // Not `performance.now()`, which begins anew in each thread.
  monotonic() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1_000 + nanoseconds / 1e6;
  },
  alarm(atMs, wake) {
    const waitMs = Math.min(Math.max(atMs - Date.now(), 0), SLEEP_MS_MAX);
    const timer = setTimeout(wake, waitMs);
    return () => clearTimeout(timer);
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

/** Answers after `waitMs`, at most a minute as alarms are. */
export function pause(clock: Clock, waitMs: number): Promise<void> {
  return new Promise((resolve) => void clock.alarm(clock.now() + waitMs, resolve));
}
