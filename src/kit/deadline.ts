import type { Clock } from './clock.ts';

/** Settles as `work` does, or rejects after `waitMs` (at most a minute, as alarms are). What `work` does later is nobody's business. */
export async function within<T>(work: Promise<T>, waitMs: number, clock: Clock): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.alarm(clock.now() + waitMs, () => reject(new Error(`no answer within ${waitMs} ms`)));
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
