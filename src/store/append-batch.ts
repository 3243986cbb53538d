import type { Commit, CommitVerdict, EffectWrite, Settlement, StreamWrite } from '../engine/store-port.ts';
import { chain } from '../ledger/chain.ts';
import type { Entry, Head } from '../ledger/entry.ts';

/** What the database says about everything a batch touches, read while the head is locked. */
export interface Known {
  head: Head;
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
  readonly opened: number;
  readonly version: number;
  readonly state: string;
  readonly fold: number;
  readonly open: number;
  readonly incident: number | null;
}
export interface EffectToWrite {
  readonly id: string;
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
/** Rows of all commits together, so that they can be written in one statement. */
export interface Batch {
  readonly verdicts: readonly CommitVerdict[];
  readonly head: Head;
  readonly entries: readonly Entry[];
  readonly streams: readonly StreamRow[];
  readonly effects: readonly EffectToWrite[];
  /** Coalescing keys whose pending rows in the database are pointless now. */
  readonly supersede: readonly string[];
  readonly settlements: readonly Settlement[];
  readonly inbox: readonly NonNullable<Commit['inbox']>[];
  readonly erase: readonly number[];
}

interface Gathered {
  readonly entries: Entry[];
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
  return { ...rows, verdicts, head: known.head, streams: [...rows.streams.values()], supersede: [...rows.newest.keys()] };
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

/** Adds the rows of a commit that is good; answers the positions of its entries. */
function gather(known: Known, { writes, effects, inbox, settle, erase }: Commit, rows: Gathered): readonly number[] {
  if (settle !== null) {
    known.claimed.delete(settle.effect);
    rows.settlements.push(settle);
  }
  const entries = writes.flatMap((write) => place(known, write, rows));
  for (const effect of effects) owe(effect, entries[effect.entry] as Entry, rows);
  rows.erase.push(...erase);
  if (inbox !== null) {
    known.inbox.add(inbox.key);
    rows.inbox.push(inbox);
  }
  return entries.map(({ position }) => position);
}

/** Chains the entries of one write and moves its stream on. */
function place(known: Known, write: StreamWrite, rows: Gathered): readonly Entry[] {
  const { stream, expectedVersion, state, fold, incident } = write;
  const opened = rows.streams.get(stream)?.opened ?? known.head.position + 1;
  const entries = write.entries.map((unchained) => {
    const entry = chain(known.head, unchained);
    known.head = entry;
    return entry;
  });
  rows.entries.push(...entries);
  const version = expectedVersion + entries.length;
  known.versions.set(stream, version);
  const kind = stream.slice(0, stream.indexOf('/'));
  if (version > 0) rows.streams.set(stream, { stream, kind, opened, version, state, fold, open: write.open ? 1 : 0, incident });
  return entries;
}

function owe(effect: EffectWrite, { position, incident }: Entry, rows: Gathered): void {
  const { number, lane, dueAt, body, coalesce, sequence, settled } = effect;
  const id = `${position}-${number}`;
  const { state, reason, detail } = settled ?? UNSETTLED;
  const owed: EffectToWrite = {
    ...{ id, position, number, lane, due_at: dueAt, ready_at: settled === undefined ? dueAt : null },
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
