/**
 * What was done to the ledger.
 * `edited`: a field or the payload of an entry. `removed`, `inserted`, `reordered`: entries among those that remain.
 * `truncated`: the newest entries are gone. `replaced`: the ledger is whole in itself, but not the one that a
 * checkpoint or a known head speaks of. `erased`: a payload is gone and no later `entry.redacted` says why.
 */
export type FaultKind = 'edited' | 'removed' | 'inserted' | 'reordered' | 'truncated' | 'replaced' | 'erased';

export interface Fault {
  readonly kind: FaultKind;
  /** The entry concerned: for `inserted` the place the intruder took, for `reordered` the first place that is wrong. */
  readonly position: number;
  /** The last position concerned; equal to `position` when it is one. */
  readonly through: number;
  /** One line for people. */
  readonly explanation: string;
}
export type Report = (fault: Fault) => void;

export function edited(position: number, part: string): Fault {
  return { kind: 'edited', position, through: position, explanation: `Entry ${position} was changed after it was written: ${part}.` };
}

export function removed(position: number, through: number, how: string): Fault {
  const which = through === position ? `Entry ${position} is missing` : `Entries ${position} to ${through} are missing`;
  return { kind: 'removed', position, through, explanation: `${which}: ${how}.` };
}

export function inserted(position: number, through: number, how: string): Fault {
  return { kind: 'inserted', position, through, explanation: `At position ${position} stands what was never written there: ${how}.` };
}

export function reordered(entry: number, found: number): Fault {
  return {
    kind: 'reordered',
    position: Math.min(entry, found),
    through: Math.max(entry, found),
    explanation: `Entry ${entry} is out of order: it stands where entry ${found} belongs.`,
  };
}

export function truncated(last: number, through: number): Fault {
  const explanation = `The ledger ends at entry ${last}, but a checkpoint or known head vouches for entries up to ${through}.`;
  return { kind: 'truncated', position: last + 1, through, explanation };
}

export function replaced(position: number, through: number): Fault {
  const which = position === through ? `Entry ${position} is` : `Entries ${position} to ${through} are`;
  const explanation = `${which} whole in themselves, but not what the checkpoint or known head at ${through} vouches for.`;
  return { kind: 'replaced', position, through, explanation };
}

export function erased(position: number): Fault {
  const explanation = `The payload of entry ${position} is gone, and no later entry.redacted names it.`;
  return { kind: 'erased', position, through: position, explanation };
}
