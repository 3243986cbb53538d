import type { Commit, CommitVerdict, EffectWrite, Settlement, StreamWrite } from '../engine/store-port.ts';
import type { UnchainedEntry } from '../ledger/entry.ts';

/** What the database says about everything a batch touches, read while nobody else can append. */
export interface Known {
  /** Stream → version; absent is 0. */
  readonly versions: Map<string, number>;
  /** Inbox keys that are taken. */
  readonly inbox: Set<string>;
  /** Claimed effect → fence. */
  readonly claimed: Map<string, number>;
}
export interface StreamRow {
  readonly stream: string;
  readonly kind: string;
  /** Counted from the head, as every place in a batch: the first entry of the batch is 1. */
  readonly opened: number;
  readonly version: number;
  readonly state: string;
  readonly fold: number;
  readonly open: number;
  readonly incident: number | null;
}
export interface EffectToWrite {
  readonly position: number;
  readonly number: number;
  readonly lane: string;
  readonly due_at: number;
  ready_at: number | null;
  readonly body: string;
  state: 'pending' | 'superseded' | 'done' | 'dead';
  readonly reason: string | null;
  readonly detail: string | null;
  readonly coalesce: string | null;
  readonly sequence: string | null;
  readonly incident: number | null;
}
/** Rows of all commits together, so that they can be written in one statement. Their places count from a head that need not be known yet. */
export interface Batch {
  readonly verdicts: readonly CommitVerdict[];
  readonly entries: readonly UnchainedEntry[];
  readonly streams: readonly StreamRow[];
  readonly effects: readonly EffectToWrite[];
  /** Coalescing keys whose pending rows in the database are pointless now. */
  readonly supersede: readonly string[];
  readonly settlements: readonly Settlement[];
  readonly inbox: readonly NonNullable<Commit['inbox']>[];
  readonly erase: readonly number[];
}

interface Gathered {
  readonly entries: UnchainedEntry[];
  readonly streams: Map<string, StreamRow>;
  readonly effects: EffectToWrite[];
  /** Coalescing key → the newest effect with it. */
  readonly newest: Map<string, EffectToWrite>;
  readonly settlements: Settlement[];
  readonly inbox: NonNullable<Commit['inbox']>[];
  readonly erase: number[];
}

/** Judges each commit on what those before it leave behind: all of one or none of it. Changes `known` on the way. */
export function judgeBatch(known: Known, commits: readonly Commit[]): Batch {
  const rows: Gathered = { entries: [], streams: new Map(), effects: [], newest: new Map(), settlements: [], inbox: [], erase: [] };
  const lost = new Set<string>();
  const verdicts = commits.map((commit) => {
    const verdict = verdictOn(known, commit, lost);
    if (verdict === 'committed') return { verdict, positions: gather(known, commit, rows) };
    for (const { stream } of commit.writes) lost.add(stream);
    return { verdict };
  });
  return { ...rows, verdicts, streams: [...rows.streams.values()], supersede: [...rows.newest.keys()] };
}

/** What would make every commit good: each stream is where the first that looks at it saw it, no key is taken, no claim lost. */
export function presumption(commits: readonly Commit[]): Known {
  const known: Known = { versions: new Map(), inbox: new Set(), claimed: new Map() };
  const presume = (stream: string, version: number) => known.versions.has(stream) || known.versions.set(stream, version);
  for (const { writes, reads = [], settle } of commits) {
    for (const { stream, expectedVersion } of writes) presume(stream, expectedVersion);
    for (const { stream, version } of reads) presume(stream, version);
    if (settle !== null) known.claimed.set(settle.effect, settle.fence);
  }
  return known;
}

/** The same verdicts with positions in the ledger, once it is known where its head was. */
export function verdictsAfter(head: number, { verdicts }: Batch): readonly CommitVerdict[] {
  return verdicts.map((one) => (one.verdict === 'committed' ? { ...one, positions: one.positions.map((place) => head + place) } : one));
}

/**
 * `lost` are the streams that refused commits of this batch would have moved on. Who was decided after one of them may have been
 * decided on it: the version alone does not tell, because somebody else's entries may have brought the stream to the same one.
 */
function verdictOn(known: Known, { writes, reads = [], inbox, settle }: Commit, lost: ReadonlySet<string>): CommitVerdict['verdict'] {
  const isAt = (stream: string, version: number): boolean => !lost.has(stream) && (known.versions.get(stream) ?? 0) === version;
  if (!writes.every(({ stream, expectedVersion }) => isAt(stream, expectedVersion))) return 'conflict';
  if (!reads.every(({ stream, version }) => isAt(stream, version))) return 'conflict';
  if (inbox !== null && known.inbox.has(inbox.key)) return 'conflict';
  return settle !== null && known.claimed.get(settle.effect) !== settle.fence ? 'fenced' : 'committed';
}

/** Adds the rows of a commit that is good; answers the places of its entries. */
function gather(known: Known, { writes, effects, inbox, settle, erase }: Commit, rows: Gathered): readonly number[] {
  if (settle !== null) {
    known.claimed.delete(settle.effect);
    rows.settlements.push(settle);
  }
  const before = rows.entries.length;
  for (const write of writes) place(known, write, rows);
  for (const effect of effects) owe(effect, before + effect.entry, rows);
  rows.erase.push(...erase);
  if (inbox !== null) {
    known.inbox.add(inbox.key);
    rows.inbox.push(inbox);
  }
  return rows.entries.slice(before).map((_entry, index) => before + index + 1);
}

/** Adds the entries of one write and moves its stream on. */
function place(known: Known, { stream, expectedVersion, entries, state, fold, open, incident }: StreamWrite, rows: Gathered): void {
  const opened = rows.streams.get(stream)?.opened ?? rows.entries.length + 1;
  rows.entries.push(...entries);
  const version = expectedVersion + entries.length;
  known.versions.set(stream, version);
  const kind = stream.slice(0, stream.indexOf('/'));
  if (version > 0) rows.streams.set(stream, { stream, kind, opened, version, state, fold, open: open ? 1 : 0, incident });
}

/** `entry` is the index of the causing entry in the batch. */
function owe(effect: EffectWrite, entry: number, rows: Gathered): void {
  const { number, lane, dueAt, body, coalesce, sequence, settled } = effect;
  const { incident } = rows.entries[entry] as UnchainedEntry;
  const { state, reason, detail } = settled ?? UNSETTLED;
  const owed: EffectToWrite = {
    ...{ position: entry + 1, number, lane, due_at: dueAt, ready_at: settled === undefined ? dueAt : null },
    ...{ body: JSON.stringify(body), state, reason, detail, coalesce, sequence, incident },
  };
  rows.effects.push(owed);
  if (coalesce === null) return;
  const older = rows.newest.get(coalesce);
  if (older?.state === 'pending') {
    older.state = 'superseded';
    older.ready_at = null;
  }
  rows.newest.set(coalesce, owed);
}

const UNSETTLED = { state: 'pending', reason: null, detail: null } as const;
