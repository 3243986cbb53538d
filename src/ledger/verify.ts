import type { Checkpoint } from './checkpoint.ts';
import { contentCheck } from './content-check.ts';
import type { Entry, Head } from './entry.ts';
import { type Fault, truncated } from './fault.ts';
import { orderCheck } from './order-check.ts';

/** More faults than this are only counted: nobody reads them, and a shredded ledger must not fill the memory. */
const FAULTS_LISTED_MAX = 100;

export interface Verdict {
  readonly isSound: boolean;
  /** Entries read, whether they belong or not. */
  readonly entries: number;
  /** The last entry of the chain. */
  readonly head: Head;
  /** RFC 6962 Merkle root over the hashes of the chain; what a checkpoint of this size would sign. */
  readonly root: string;
  /** Entries whose payload was erased. */
  readonly erasures: number;
  /** By position; empty exactly when sound. */
  readonly faults: readonly Fault[];
  /** Further faults that are not listed. */
  readonly faultsUnlisted: number;
}
export interface Verification {
  /** The next entry, in the order stored. */
  add(entry: Entry): void;
  finish(): Verdict;
}

/**
 * Verifies a ledger entry by entry, so that a million stream through: memory grows with the number of streams, not of
 * entries. It finds whatever was edited, removed, reordered or inserted, from the entries alone. That the newest are
 * gone, or that all were written anew with fitting hashes, only shows against what is known from outside: verified
 * `checkpoints`, or a known `head`.
 */
export function startVerification(known: { readonly checkpoints?: readonly Checkpoint[]; readonly head?: Head } = {}): Verification {
  const { checkpoints = [], head = null } = known;
  const list = faultList();
  const content = contentCheck(list.report, { checkpoints, head });
  const order = orderCheck({ report: list.report, doubt: content.doubt, accept: content.accept });
  let entries = 0;
  return {
    add(entry) {
      entries += 1;
      order.add(entry);
    },
    finish() {
      const last = order.finish();
      const vouchedFor = Math.max(head?.position ?? 0, ...checkpoints.map((checkpoint) => checkpoint.size));
      if (last < vouchedFor) list.report(truncated(last, vouchedFor));
      const { root, last: lastHead, erasures } = content.finish();
      const faults = list.sorted();
      return { isSound: faults.length === 0, entries, head: lastHead, root, erasures, faults, faultsUnlisted: list.unlisted() };
    },
  };
}

/** Verifies entries that are at hand all at once. */
export function verify(
  entries: Iterable<Entry>,
  known: { readonly checkpoints?: readonly Checkpoint[]; readonly head?: Head } = {},
): Verdict {
  const verification = startVerification(known);
  for (const entry of entries) verification.add(entry);
  return verification.finish();
}

function faultList(): { report(fault: Fault): void; sorted(): readonly Fault[]; unlisted(): number } {
  const faults = new Map<string, Fault>();
  let unlisted = 0;
  return {
    report(fault) {
      const key = `${fault.kind} ${fault.position} ${fault.through}`;
      // The two halves of a swap are one fault; so are header and payload of one entry. The first word counts.
      if (faults.has(key)) return;
      if (faults.size < FAULTS_LISTED_MAX) faults.set(key, fault);
      else unlisted += 1;
    },
    sorted: () => [...faults.values()].toSorted((one, other) => one.position - other.position),
    unlisted: () => unlisted,
  };
}
