import { digestOf } from './chain.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type Entry, GENESIS, type Head } from './entry.ts';
import { isEntry } from './entry-shape.ts';
import { edited, erased, inserted, type Report, removed, replaced } from './fault.ts';
import { merkleTree } from './merkle.ts';
import { announcedErasure, isErased } from './redaction.ts';

const HASH = /^[0-9a-f]{64}$/;

/** What is known from outside the ledger, and how much of the ledger is still beyond doubt. */
export interface Witnesses {
  readonly checkpoints: readonly Checkpoint[];
  readonly head: Head | null;
}
export interface ContentCheck {
  /** Judges an entry that has its place in the chain. */
  accept(entry: Entry, position: number, isIntact: boolean): void;
  /** A fault in the chain explains everything that does not add up after it: versions and roots are no longer compared. */
  doubt(): void;
  finish(): { readonly root: string; readonly last: Head; readonly erasures: number };
}

/** Checks what each entry says: its payload against the digest, its version within the stream, the tree against checkpoints. */
export function contentCheck(report: Report, witnesses: Witnesses): ContentCheck {
  const versions = streamVersions(report);
  const payloads = payloadCheck(report);
  const vouchers = voucherCheck(report, witnesses);
  let isDoubtful = false;
  let last: Head = GENESIS;
  return {
    accept(entry, position, isIntact) {
      // A damaged entry may hold anything where its hash should be.
      const hash = typeof entry.hash === 'string' ? entry.hash : '';
      last = { position, hash };
      vouchers.append(hash, position, isDoubtful);
      if (!isIntact && !isEntry(entry)) return;
      payloads.judge(entry, position);
      versions.judge(entry, position, isDoubtful);
    },
    doubt() {
      isDoubtful = true;
    },
    finish: () => ({ root: vouchers.root(), last, erasures: payloads.finish() }),
  };
}

function payloadCheck(report: Report): { judge(entry: Entry, position: number): void; finish(): number } {
  const unannounced = new Set<number>();
  let erasures = 0;
  return {
    judge(entry, position) {
      if (isErased(entry)) {
        erasures += 1;
        unannounced.add(position);
        return;
      }
      const fits = entry.salt !== null && entry.data !== null && digestOf(entry.salt, entry.data) === entry.digest;
      if (!fits) report(edited(position, 'its payload does not fit its digest'));
      // A damaged announcement still counts: it is reported itself, and what it announced is not another fault.
      const announced = announcedErasure(entry);
      if (announced !== null) unannounced.delete(announced);
    },
    finish() {
      for (const position of unannounced) report(erased(position));
      return erasures;
    },
  };
}

/** Versions of a stream go 1, 2, 3 …: whoever removes an entry and recomputes every hash must not forget them. */
function streamVersions(report: Report): { judge(entry: Entry, position: number, isDoubtful: boolean): void } {
  const versions = new Map<string, number>();
  return {
    judge({ stream, version }, position, isDoubtful) {
      const expected = (versions.get(stream) ?? 0) + 1;
      versions.set(stream, version);
      if (version === expected || isDoubtful) return;
      const how = `entry ${position} is version ${version} of ${stream}, where version ${expected} is due`;
      report(version > expected ? removed(position, position, how) : inserted(position, position, how));
    },
  };
}

/** Holds the growing tree against each checkpoint as its size is reached, and the chain against the known head. */
function voucherCheck(
  report: Report,
  witnesses: Witnesses,
): { append(hash: string, position: number, isDoubtful: boolean): void; root(): string } {
  const tree = merkleTree();
  const checkpoints = witnesses.checkpoints.toSorted((one, other) => one.size - other.size);
  let next = 0;
  let vouchedFor = 0;
  let isReplaced = false;
  const hold = (position: number, isRight: boolean): void => {
    if (isRight) vouchedFor = Math.max(vouchedFor, position);
    // One that differs says it all: whatever comes after was built upon it.
    else if (!isReplaced) {
      isReplaced = true;
      report(replaced(vouchedFor + 1, position));
    }
  };
  return {
    append(hash, position, isDoubtful) {
      if (HASH.test(hash)) tree.append(hash);
      const { head } = witnesses;
      if (head !== null && head.position === position && !isDoubtful) hold(position, head.hash === hash);
      while (next < checkpoints.length && (checkpoints[next] as Checkpoint).size <= position) {
        const checkpoint = checkpoints[next] as Checkpoint;
        if (checkpoint.size === position && !isDoubtful) hold(position, checkpoint.root === tree.root());
        next += 1;
      }
    },
    root: () => tree.root(),
  };
}
