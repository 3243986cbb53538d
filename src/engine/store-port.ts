import type { Effect } from '../domain/kernel.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import type { Entry, Head, UnchainedEntry } from '../ledger/entry.ts';
import type { Frontier } from '../ledger/merkle.ts';
import type { Reason } from './ports.ts';

export interface StreamWrite {
  readonly stream: string;
  /** Version the decision was made on; 0 for a new stream. */
  readonly expectedVersion: number;
  readonly entries: readonly UnchainedEntry[];
  /** Snapshot after these entries, JSON. */
  readonly state: string;
  readonly fold: number;
  readonly open: boolean;
  readonly incident: number | null;
}
export interface EffectWrite {
  /** Index of the causing entry among all entries of the commit, and the effect's number among that entry's effects. */
  readonly entry: number;
  readonly number: number;
  readonly lane: Lane;
  readonly dueAt: number;
  readonly body: Effect;
  /** A newer effect with the same key makes a pending older one pointless (cards). */
  readonly coalesce: string | null;
  /** Effects with the same name are given out one at a time, in ledger order; null waits for nothing. */
  readonly sequence: string | null;
  /** What came of it already, when it was owed and kept elsewhere; absent for one that is still owed. */
  readonly settled?: Pick<EffectRow, 'reason' | 'detail'> & { readonly state: 'done' | 'dead' | 'superseded' };
}
export interface Settlement {
  readonly effect: string;
  /** Fencing token from the claim; a stale one makes the whole commit `fenced`. */
  readonly fence: number;
  readonly state: 'done' | 'dead';
  readonly reason: Reason | null;
  readonly detail: string | null;
}
/** One submit's whole change: all of it or none. */
export interface Commit {
  readonly writes: readonly StreamWrite[];
  /** Streams the decision looked at and does not write, with the version it saw (0 for none): none may have moved on. */
  readonly reads?: readonly { readonly stream: string; readonly version: number }[];
  readonly effects: readonly EffectWrite[];
  /** First answer to an inbound key, kept so that a repeat gets the same. */
  readonly inbox: { readonly key: string; readonly answer: string; readonly at: number } | null;
  readonly settle: Settlement | null;
  /** Positions whose payload is erased. */
  readonly erase: readonly number[];
}
export type CommitVerdict =
  | { readonly verdict: 'committed'; readonly positions: readonly number[] }
  /** A stream written or read moved on, or the inbox key was taken meanwhile: read again and decide again. */
  | { readonly verdict: 'conflict' }
  | { readonly verdict: 'fenced' };

export interface StreamHead {
  readonly stream: string;
  readonly version: number;
  readonly state: string;
  readonly fold: number;
  readonly open: boolean;
  readonly incident: number | null;
}
export type EntryRange =
  | { readonly after: number; readonly limit: number }
  | { readonly stream: string; readonly afterVersion: number; readonly limit: number }
  | { readonly incident: number; readonly after: number; readonly limit: number };
export type StreamQuery =
  | { readonly streams: readonly string[] }
  /** Newest first; `below` leaves out what belongs to an incident with that number or a higher one. */
  | {
      readonly kind: string;
      readonly open?: boolean;
      readonly incident?: number;
      readonly below?: number;
      readonly limit: number;
    };

export interface Store {
  /**
   * One durable transaction for all; each commit has its own verdict and fails or succeeds alone. Throws when the store itself
   * failed: then none is known to be committed.
   */
  append(commits: readonly Commit[]): Promise<readonly CommitVerdict[]>;
  /** In ledger order. */
  entries(range: EntryRange): Promise<readonly Entry[]>;
  streams(query: StreamQuery): Promise<readonly StreamHead[]>;
  /** The first answer given to an inbound key, or null. */
  answered(key: string): Promise<string | null>;
  readonly outbox: Outbox;
  /** Head of the chain; also the cheapest proof that the store works. */
  head(): Promise<Head>;
  close(): Promise<void>;
}

export const LANES = ['pages', 'asks', 'chat', 'work'] as const;
/** Pages wait for nothing; asks (follow-ups, timers) wait for no network; chat and slow work queue apart. */
export type Lane = (typeof LANES)[number];
export type EffectState = 'pending' | 'claimed' | 'done' | 'dead' | 'superseded';
export interface EffectRow {
  /** `<position>-<number>`. */
  readonly id: string;
  readonly lane: Lane;
  readonly dueAt: number;
  readonly body: Effect;
  readonly state: EffectState;
  readonly attempts: number;
  readonly fence: number;
  readonly leaseUntil: number | null;
  readonly reason: Reason | null;
  readonly detail: string | null;
}
export interface Outbox {
  /**
   * Takes up to `limit` due effects of a lane, oldest due first, also those whose lease ran out; raises fence and attempts.
   * Of a sequence only the first that is not settled; one that failed `SEQUENCE_PATIENCE` times holds nobody up any more.
   */
  claim(request: { lane: Lane; now: number; leaseMs: number; limit: number }): Promise<readonly EffectRow[]>;
  /** Makes a claim last until then. Answers false when fenced. */
  renew(request: { effect: string; fence: number; until: number }): Promise<boolean>;
  /** Settles without an event. Answers false when fenced. */
  settle(settlements: readonly Settlement[]): Promise<readonly boolean[]>;
  /** Gives a claimed effect back, due at `dueAt`; `untried` takes the attempt back too. Answers false when fenced. */
  release(request: {
    effect: string;
    fence: number;
    dueAt: number;
    reason: Reason | null;
    detail: string | null;
    untried?: boolean;
  }): Promise<boolean>;
  /** When the next effect of a lane could be claimed (a lease running out counts), or null. */
  nextDue(lane: Lane): Promise<number | null>;
  /** In ledger order. `dueBefore` leaves out what was due at that time or later when it was promised. */
  list(query: { states: readonly EffectState[]; incident?: number; dueBefore?: number; limit: number }): Promise<readonly EffectRow[]>;
  /** Every effect owed because of the entries after one position up to another, whatever became of it, in ledger order. */
  owedBy(range: { after: number; upTo: number }): Promise<readonly EffectRow[]>;
}
/** An effect that failed this often (about two minutes of a chat lane) lets those behind it in its sequence pass. */
export const SEQUENCE_PATIENCE = 8;

/** Incidents declared while the database was away have numbers of their own, from this one on: links and rooms name them for ever. */
export const SPOOL_NUMBERS = 900_000_000;

/** A small ledger on one replica's own disk, for the time the database is away. */
export interface Spool {
  /** Unique among all spools; keys of what it delivered begin with it. */
  readonly name: string;
  /** Its incidents are numbered from the one after this. */
  readonly numbersAfter: number;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
  readonly store: Store;
  /** What streams looked like in the ledger when it was last seen: a stream that has no entry here begins there. */
  seed(heads: readonly StreamHead[]): Promise<void>;
  /** Every answer given to an inbound key. */
  answers(): Promise<readonly NonNullable<Commit['inbox']>[]>;
}

/** Incidents of one spool; more than anybody declares in one outage. */
export const SPOOL_INCIDENTS_MAX = 1_000;

/** Where signed checkpoints go: outside the database, and best outside the building. */
export interface CheckpointPlace {
  /** The last one signed, with what is needed to go on from it; null before the first. */
  last(): Promise<{ readonly checkpoint: Checkpoint; readonly frontier: Frontier } | null>;
  keep(note: string, checkpoint: Checkpoint, frontier: Frontier): Promise<void>;
}

/** Something that only one replica may do at a time. */
export interface Lease {
  /** Whose is it now. Takes it when nobody has it; a holder that died, froze or lost the database has lost it too. */
  ask(): Promise<'ours' | 'theirs' | 'unknown'>;
  /** Is it ours for certain. */
  held(): Promise<boolean>;
  release(): Promise<void>;
}

/** Who wakes the deliverer. */
export interface Queue {
  readonly name: string;
  /** Calls `deliver` for a lane whenever something may be due there; never twice at once for one lane. */
  start(deliver: (lane: Lane) => Promise<void>): Promise<void>;
  /** Something of this lane was committed, due at `dueAt`: these effects, or nobody knows which. */
  wake(lane: Lane, dueAt: number, effects?: readonly string[]): void;
  /** These effects were claimed here: nobody need be woken for them any more. */
  took(effects: readonly string[]): void;
  /** This process has room in a lane again: it looks by itself, whoever else may. */
  look(lane: Lane): void;
  /** Is any lane being looked at just now. */
  busy(): boolean;
  /** No new deliveries; answers when the claims being made are finished or `graceMs` is over. */
  stop(graceMs: number): Promise<void>;
}
