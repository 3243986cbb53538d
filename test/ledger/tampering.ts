import { chain, digestOf, hashOf, seal } from '../../src/ledger/chain.ts';
import { type Entry, GENESIS } from '../../src/ledger/entry.ts';
import type { FaultKind } from '../../src/ledger/fault.ts';
import { rechained, salt } from './sample-ledger.ts';

/** A tampered ledger, and where and as what it must be found. */
export interface Tampered {
  readonly entries: readonly Entry[];
  readonly kind: FaultKind;
  readonly position: number;
  /** Whether it can only be found against what was known before. */
  readonly needsWitness?: true;
}
type Roll = (sides: number) => number;
type Tamper = (clean: readonly Entry[], roll: Roll) => Tampered;

const CHANGES: Readonly<Record<keyof Entry, (entry: Entry, roll: Roll) => unknown>> = {
  position: (entry, roll) => entry.position + 1 + roll(50),
  stream: (entry) => `${entry.stream}0`,
  version: (entry, roll) => entry.version + 1 + roll(5),
  type: (entry) => `${entry.type}x`,
  schema: (entry) => entry.schema + 1,
  incident: (entry) => (entry.incident === null ? 1 : null),
  at: (entry, roll) => entry.at - 1 - roll(1_000),
  actor: () => 'person:eve',
  cause: (entry, roll) => salt(roll(1_000_000) + entry.at),
  salt: (entry) => (entry.salt === null ? salt(1) : entry.salt.replace(/.$/, (last) => (last === '0' ? '1' : '0'))),
  data: (entry) => (entry.data === null ? '{}' : `${entry.data.slice(0, -1)} }`),
  digest: (entry) => flipped(entry.digest),
  previous: (entry) => flipped(entry.previous),
  hash: (entry) => flipped(entry.hash),
};

export const FIELDS = Object.keys(CHANGES) as readonly (keyof Entry)[];

export function editField(field: keyof Entry): Tamper {
  return (clean, roll) => {
    const { entries, position } = replacedOne(clean, roll, (entry) => ({ ...entry, [field]: CHANGES[field](entry, roll) }));
    return { entries, position, kind: 'edited' };
  };
}

/** Ways of tampering that show in the entries alone. */
export const TAMPERS: Readonly<Record<string, Tamper>> = {
  'changes a payload with its digest': (clean, roll) => {
    const { entries, position } = replacedOne(clean, roll, (entry) => {
      const data = '{"text":"all was well"}';
      return { ...entry, salt: salt(3), data, digest: digestOf(salt(3), data) };
    });
    return { entries, position, kind: 'edited' };
  },
  'changes an entry and its hash': (clean, roll) => {
    const index = roll(clean.length - 1);
    const entries = clean.map((entry, at) => (at === index ? rehashed({ ...entry, actor: 'person:eve' }) : entry));
    return { entries, position: index + 1, kind: 'edited' };
  },
  'erases a payload in silence': (clean, roll) => {
    const standing = clean.filter((entry) => entry.data !== null && entry.type !== 'entry.redacted');
    const chosen = standing[roll(standing.length)] as Entry;
    return {
      entries: clean.map((entry) => (entry === chosen ? { ...entry, salt: null, data: null } : entry)),
      position: chosen.position,
      kind: 'erased',
    };
  },
  'removes entries': (clean, roll) => {
    const { index, count } = inside(clean, roll);
    return { entries: clean.toSpliced(index, count), position: index + 1, kind: 'removed' };
  },
  'removes entries and renumbers the others': (clean, roll) => {
    const { index, count } = inside(clean, roll);
    const entries = [
      ...clean.slice(0, index),
      ...clean.slice(index + count).map((entry) => ({ ...entry, position: entry.position - count })),
    ];
    return { entries, position: index + 1, kind: 'removed' };
  },
  'swaps two entries': (clean, roll) => {
    const [one, other] = two(clean, roll);
    const entries = clean.with(one, clean[other] as Entry).with(other, clean[one] as Entry);
    return { entries, position: one + 1, kind: 'reordered' };
  },
  'moves an entry back': (clean, roll) => {
    const [to, from] = two(clean, roll);
    return { entries: clean.toSpliced(from, 1).toSpliced(to, 0, clean[from] as Entry), position: to + 1, kind: 'reordered' };
  },
  'inserts a copy': (clean, roll) => {
    const index = roll(clean.length + 1);
    const source = roll(clean.length);
    const entries = clean.toSpliced(index, 0, clean[source] as Entry);
    // Of two equal neighbours the second counts as the copy.
    return { entries, position: source === index ? index + 2 : index + 1, kind: 'inserted' };
  },
  'inserts garbage': (clean, roll) => {
    const index = roll(clean.length);
    const garbage: Entry = { ...(clean[index] as Entry), previous: salt(roll(99)).repeat(2), hash: salt(roll(99)).repeat(2), data: '{}' };
    return { entries: clean.toSpliced(index, 0, garbage), position: index + 1, kind: 'inserted' };
  },
  'inserts a properly chained entry': (clean, roll) => {
    const index = roll(clean.length - 1);
    return { entries: clean.toSpliced(index, 0, forgery(clean, index)), position: index + 1, kind: 'inserted' };
  },
  'inserts a properly chained entry and renumbers the others': (clean, roll) => {
    const index = roll(clean.length - 1);
    const moved = clean.slice(index).map((entry) => ({ ...entry, position: entry.position + 1 }));
    return { entries: [...clean.slice(0, index), forgery(clean, index), ...moved], position: index + 1, kind: 'inserted' };
  },
  'cuts off the tail': (clean, roll) => {
    const left = roll(clean.length);
    return { entries: clean.slice(0, left), position: left + 1, kind: 'truncated', needsWitness: true };
  },
  'writes everything anew from somewhere': (clean, roll) => {
    const index = roll(clean.length);
    const entries = clean.with(index, { ...(clean[index] as Entry), actor: 'person:eve' });
    return { entries: rechained(entries, index + 1), position: index + 1, kind: 'replaced', needsWitness: true };
  },
};

function replacedOne(
  clean: readonly Entry[],
  roll: Roll,
  change: (entry: Entry) => Entry,
): { readonly entries: readonly Entry[]; readonly position: number } {
  const index = roll(clean.length);
  return { entries: clean.with(index, change(clean[index] as Entry)), position: index + 1 };
}

/** A stretch of up to three entries that is not the tail. */
function inside(clean: readonly Entry[], roll: Roll): { readonly index: number; readonly count: number } {
  const index = roll(clean.length - 1);
  return { index, count: Math.min(1 + roll(3), clean.length - 1 - index) };
}

function two(clean: readonly Entry[], roll: Roll): readonly [number, number] {
  const one = roll(clean.length - 1);
  return [one, one + 1 + roll(clean.length - 1 - one)];
}

function forgery(clean: readonly Entry[], index: number): Entry {
  return chain(clean[index - 1] ?? GENESIS, seal({ ...(clean[index] as Entry), actor: 'person:eve', data: { text: 'approved' } }, salt(9)));
}

function rehashed(entry: Entry): Entry {
  return { ...entry, hash: hashOf(entry) };
}

function flipped(hash: string): string {
  return hash.replace(/^./, (first) => (first === '0' ? '1' : '0'));
}
