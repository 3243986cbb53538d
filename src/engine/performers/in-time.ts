import type { Attempt, Outcome } from '../ports.ts';

/** Nothing was sent. */
export const TOO_LATE = {
  outcome: 'later',
  reason: 'timeout',
  detail: 'suspended for longer than the lease',
  afterMs: 0,
} as const satisfies Outcome;

/**
 * Sends, unless what was read for it took longer than the lease, as it does in a process that was suspended meanwhile: then somebody
 * else has taken it over, and may have sent it already. To be asked in the same turn as the sending.
 */
export async function inTime(attempt: Attempt, send: () => Promise<Outcome>): Promise<Outcome> {
  return attempt.isOver?.() === true ? TOO_LATE : send();
}
