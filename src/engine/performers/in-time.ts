import { type Attempt, type Outcome, TOO_LATE } from '../ports.ts';

/**
 * Sends, unless what was read for it took longer than the lease, as it does in a process that was suspended meanwhile: then somebody
 * else has taken it over, and may have sent it already. To be asked in the same turn as the sending.
 */
export async function inTime({ leftMs }: Attempt, send: () => Promise<Outcome>): Promise<Outcome> {
  return leftMs !== undefined && leftMs() < 0 ? TOO_LATE : send();
}
