import type { Clock } from '../kit/clock.ts';
import { LANE_RULES } from './backoff.ts';
import type { EffectRow, Store } from './store-port.ts';

/** What this process may do alone, for a while. */
export interface Lease {
  readonly row: EffectRow;
  /** Since when it runs: from before it was asked for, on both clocks. One stands still in a suspended machine, the other may be set back. */
  since: { readonly monotonic: number; readonly now: number };
}

/** Time kept for settling what was sent. */
export const MARGIN_MS = 2_000;
/** A lease that could not be renewed is asked for again after this. */
const AGAIN_MS = 1_000;

/** A worker that slept through its lease must not send: somebody else may have. */
export function leaseLeftMs(clock: Clock, { row, since }: Lease): number {
  return LANE_RULES[row.lane].leaseMs - Math.max(clock.monotonic() - since.monotonic, clock.now() - since.now);
}

/** An attempt begins in the first half of its lease, and renews it in the second. */
export function mayBegin(clock: Clock, lease: Lease): boolean {
  return leaseLeftMs(clock, lease) >= LANE_RULES[lease.row.lane].leaseMs / 2;
}

/** Holds on to a lease as long as its attempt lasts. Calls `lost` when it ends all the same. Answers how to let go. */
export function keepLease({ store, clock }: { readonly store: Store; readonly clock: Clock }, lease: Lease, lost: () => void): () => void {
  const { row } = lease;
  const { leaseMs } = LANE_RULES[row.lane];
  let cancel = (): void => undefined;
  let isAsking = false;
  function renew(): void {
    // One at a time: an earlier one that overtakes a later one would make it shorter than is believed here.
    if (isAsking) return;
    isAsking = true;
    const since = { monotonic: clock.monotonic(), now: clock.now() };
    const answered = (renewed: boolean | null): void => {
      isAsking = false;
      if (renewed === true) lease.since = since;
      if (renewed === false) lost();
    };
    // A store that fails just now is asked again: the lease has not ended yet.
    store.outbox.renew({ effect: row.id, fence: row.fence, until: since.now + leaseMs }).then(answered, () => answered(null));
  }
  function look(): void {
    if (leaseLeftMs(clock, lease) < MARGIN_MS) {
      lost();
      return;
    }
    if (!mayBegin(clock, lease)) renew();
    lookAgain(AGAIN_MS);
  }
  function lookAgain(afterMs: number): void {
    cancel = clock.alarm(clock.now() + afterMs, look);
  }
  lookAgain(leaseMs / 2);
  return () => cancel();
}
