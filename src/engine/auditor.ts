import { isDeepStrictEqual } from 'node:util';
import type { Recorded } from '../domain/kernel.ts';
import { domainOfStream } from '../domain/registry.ts';
import type { Entry } from '../ledger/entry.ts';
import { outboxRows } from './effects.ts';
import { eventsOf, ledgerEntries, streamEntries } from './history.ts';
import type { EffectRow, EffectWrite, Store, StreamHead } from './store-port.ts';

/** Due for longer than this and still not kept is more than a far end that asked to be left alone for a while. */
export const OVERDUE_MS = 300_000;
/** Of each kind this many are listed; more are only counted. */
const LISTED_MAX = 100;
/** Streams kept folded while the ledger passes by; one that was dropped is folded again from its own entries. */
const FOLDS_MAX = 10_000;

/**
 * `missing`: an event entails an effect the outbox has not. `extra`: no event entails it. `altered`: it is not what the
 * event entails. `overdue`: due long ago and not kept. `snapshot`: a stream's stored state is not the fold of its events.
 */
export type FindingKind = 'missing' | 'extra' | 'altered' | 'overdue' | 'snapshot';
export interface Finding {
  readonly kind: FindingKind;
  /** Id of an effect, or name of a stream. */
  readonly about: string;
  readonly explanation: string;
}
export interface Audit {
  readonly isClean: boolean;
  /** Entries looked at, and the effects they entail. */
  readonly entries: number;
  readonly effects: number;
  readonly counts: Readonly<Record<FindingKind, number>>;
  /** In the order found; of each kind at most a hundred. */
  readonly findings: readonly Finding[];
}
export interface AuditOptions {
  /** Begin behind this position: react has changed since, or only the newest matter. */
  readonly after?: number;
  readonly overdueMs?: number;
}

/**
 * Derives from the ledger which effects should exist and what each stream has come to, and compares with the outbox and
 * the snapshots. Reads page by page, may run beside the bot, and changes nothing. What was redacted cannot be derived
 * again word for word and is left out.
 */
export async function audit(store: Store, now: number, options: AuditOptions = {}): Promise<Audit> {
  const report = createReport();
  const folds = createFolds(store);
  const unfinished = new Map<string, number>();
  let last = options.after ?? 0;
  let entries = 0;
  let effects = 0;
  for await (const page of ledgerEntries(store, { after: last })) {
    const owed = await owedBy(store, folds, page);
    const upTo = (page.at(-1) as Entry).position;
    compareEffects(owed, await store.outbox.owedBy({ after: last, upTo }), report.add);
    await compareSnapshots(store, folds, page, unfinished, report.add);
    last = upTo;
    entries += page.length;
    effects += owed.expected.size;
  }
  await lookBehind(store, last, unfinished, report.add);
  const dueBefore = now - (options.overdueMs ?? OVERDUE_MS);
  const overdue = await store.outbox.list({ states: ['pending', 'claimed'], dueBefore, limit: LISTED_MAX });
  for (const row of overdue) report.add(overdueOf(row, now));
  return { ...report.sum(), entries, effects };
}

type Add = (finding: Finding) => void;

function createReport(): { add: Add; sum(): Pick<Audit, 'isClean' | 'counts' | 'findings'> } {
  const counts = { missing: 0, extra: 0, altered: 0, overdue: 0, snapshot: 0 };
  const findings: Finding[] = [];
  return {
    add(finding) {
      counts[finding.kind] += 1;
      if (counts[finding.kind] <= LISTED_MAX) findings.push(finding);
    },
    sum: () => ({ isClean: findings.length === 0, counts, findings }),
  };
}

/** A stream as far as the audit has come. Exact means: nothing in it was redacted, so it is the state that was reacted to. */
interface Fold {
  readonly version: number;
  readonly state: unknown;
  readonly isExact: boolean;
}
interface Folds {
  /** The stream just before an entry. */
  before(entry: Entry): Promise<Fold>;
  keep(stream: string, fold: Fold): void;
  kept(stream: string): Fold | null;
}

function createFolds(store: Store): Folds {
  const folds = new Map<string, Fold>();
  return {
    async before({ stream, version }) {
      const kept = folds.get(stream);
      return kept?.version === version - 1 ? kept : foldUpTo(store, stream, version - 1);
    },
    keep(stream, fold) {
      folds.delete(stream);
      folds.set(stream, fold);
      const [oldest] = folds.keys();
      if (folds.size > FOLDS_MAX && oldest !== undefined) folds.delete(oldest);
    },
    kept: (stream) => folds.get(stream) ?? null,
  };
}

async function foldUpTo(store: Store, stream: string, version: number): Promise<Fold> {
  const start: Fold = { version: 0, state: domainOfStream(stream).initial(stream), isExact: true };
  if (version === 0) return start;
  const entries: Entry[] = [];
  for await (const entry of streamEntries(store, stream)) {
    if (entry.version > version) break;
    entries.push(entry);
  }
  const events = await eventsByPosition(store, entries);
  return entries.reduce((fold, entry) => step(fold, entry, events.get(entry.position)), start);
}

async function eventsByPosition(store: Store, entries: readonly Entry[]): Promise<ReadonlyMap<number, Recorded>> {
  return new Map((await eventsOf(store, entries)).map((event) => [event.position, event]));
}

function step(fold: Fold, entry: Entry, event: Recorded | undefined): Fold {
  const state = event === undefined ? fold.state : domainOfStream(entry.stream).evolve(fold.state, event);
  return { version: entry.version, state, isExact: fold.isExact && event !== undefined && entry.data !== null };
}

/** What should be in the outbox because of some entries. */
interface Owed {
  /** By id; a body of null is known to exist, not what it says. */
  readonly expected: ReadonlyMap<string, { readonly write: EffectWrite; readonly isExact: boolean }>;
  /** Positions nobody can tell the effects of. */
  readonly unclear: ReadonlySet<number>;
}

async function owedBy(store: Store, folds: Folds, page: readonly Entry[]): Promise<Owed> {
  const events = await eventsByPosition(store, page);
  const expected = new Map<string, { write: EffectWrite; isExact: boolean }>();
  const unclear = new Set<number>();
  for (const entry of page) {
    const event = events.get(entry.position);
    const fold = step(await folds.before(entry), entry, event);
    folds.keep(entry.stream, fold);
    if (event === undefined || entry.data === null) unclear.add(entry.position);
    else for (const write of entailed(event, fold.state)) expected.set(idOf(entry, write), { write, isExact: fold.isExact });
  }
  return { expected, unclear };
}

/** The effects an event entails, as the door would have written them. */
function entailed(event: Recorded, state: unknown): readonly EffectWrite[] {
  const effects = domainOfStream(event.stream).react(event, state);
  return outboxRows(
    effects.map((effect, number) => ({ entry: 0, number, effect })),
    event.at,
  );
}

function idOf(entry: Entry, write: EffectWrite): string {
  return `${entry.position}-${write.number}`;
}

function compareEffects({ expected, unclear }: Owed, rows: readonly EffectRow[], add: Add): void {
  const found = new Map(rows.map((row) => [row.id, row]));
  for (const [id, { write, isExact }] of expected) {
    const row = found.get(id);
    const difference = row === undefined ? null : differenceOf(row, write, isExact);
    if (row === undefined) {
      const explanation = `${write.body.kind} is owed because of entry ${positionOf(id)} and is not in the outbox`;
      add({ kind: 'missing', about: id, explanation });
    } else if (difference !== null) {
      add({ kind: 'altered', about: id, explanation: `its ${difference} is not what entry ${positionOf(id)} entails` });
    }
  }
  for (const { id, body } of rows) {
    if (expected.has(id) || unclear.has(positionOf(id))) continue;
    add({ kind: 'extra', about: id, explanation: `no event entails this ${body.kind}` });
  }
}

function differenceOf(row: EffectRow, write: EffectWrite, isExact: boolean): string | null {
  if (row.lane !== write.lane) return 'lane';
  if (row.dueAt !== write.dueAt) return 'due time';
  return isExact && !isDeepStrictEqual(row.body, JSON.parse(JSON.stringify(write.body))) ? 'promise' : null;
}

function positionOf(effect: string): number {
  return Number(effect.slice(0, effect.indexOf('-')));
}

/** Streams are compared once the ledger has come as far as their snapshot; those it has not are kept in mind. */
async function compareSnapshots(
  store: Store,
  folds: Folds,
  page: readonly Entry[],
  unfinished: Map<string, number>,
  add: Add,
): Promise<void> {
  const names = [...new Set(page.map(({ stream }) => stream))];
  const heads = new Map((await store.streams({ streams: names })).map((head) => [head.stream, head]));
  for (const stream of names) {
    const head = heads.get(stream);
    const fold = folds.kept(stream) as Fold;
    unfinished.delete(stream);
    if (head !== undefined && head.version > fold.version) unfinished.set(stream, head.version);
    else if (head === undefined || !isFoldOf(head, fold)) add(snapshotOf(stream, head, fold));
  }
}

function isFoldOf(head: StreamHead, fold: Fold): boolean {
  if (head.version !== fold.version) return false;
  // Made by another release: it is folded again before anybody looks at it.
  if (head.fold !== domainOfStream(head.stream).fold) return true;
  const folded = JSON.stringify(fold.state);
  return head.state === folded || isDeepStrictEqual(JSON.parse(head.state), JSON.parse(folded));
}

function snapshotOf(stream: string, head: StreamHead | undefined, fold: Fold): Finding {
  if (head === undefined) return { kind: 'snapshot', about: stream, explanation: 'it has events and no snapshot' };
  const explanation =
    head.version === fold.version
      ? `the snapshot is not the fold of its ${fold.version} events`
      : `the snapshot is of version ${head.version}, the ledger of version ${fold.version}`;
  return { kind: 'snapshot', about: stream, explanation };
}

/** What claims to come from behind the end of the ledger; what was appended meanwhile really does. */
async function lookBehind(store: Store, last: number, unfinished: ReadonlyMap<string, number>, add: Add): Promise<void> {
  const rows = await store.outbox.owedBy({ after: last, upTo: Number.MAX_SAFE_INTEGER });
  const head = await store.head();
  for (const { id, body } of rows) {
    if (positionOf(id) <= head.position) continue;
    add({ kind: 'extra', about: id, explanation: `this ${body.kind} is owed because of an entry the ledger does not have` });
  }
  for (const [stream, version] of unfinished) {
    const [entry] = await store.entries({ stream, afterVersion: version - 1, limit: 1 });
    if (entry === undefined)
      add({ kind: 'snapshot', about: stream, explanation: `the snapshot is of version ${version}, behind its events` });
  }
}

function overdueOf(row: EffectRow, now: number): Finding {
  const lateMs = now - row.dueAt;
  const why = row.reason === null ? '' : `; last ${row.reason}: ${row.detail ?? ''}`;
  const explanation = `${row.body.kind} is ${Math.round(lateMs / 1_000)} s late after ${row.attempts} attempts${why}`;
  return { kind: 'overdue', about: row.id, explanation };
}
