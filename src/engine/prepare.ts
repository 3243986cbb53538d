import type { Catalog, Rank } from '../domain/catalog.ts';
import type { Recorded } from '../domain/kernel.ts';
import { domainOfStream } from '../domain/registry.ts';
import type { Clock } from '../kit/clock.ts';
import { type Randomness, token } from '../kit/randomness.ts';
import { cleanse } from './cleanse.ts';
import { outboxRows } from './effects.ts';
import { ranked } from './group-ranks.ts';
import { eventOf, type Folded, refold } from './history.ts';
import { type Bench, type Judgement, judge } from './judge.ts';
import type { Answer, CurrentCatalog, Submission } from './ports.ts';
import type { States } from './states.ts';
import { type Commit, type Settlement, SPOOL_NUMBERS, type Store, type StreamWrite } from './store-port.ts';

interface PreparePorts {
  readonly store: Store;
  readonly catalog: CurrentCatalog;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** The first number given is the one after this. */
  readonly numbersAfter?: number;
}

/** A submit that is decided and waits for its transaction; without a commit there is nothing to wait for. */
export interface Prepared {
  readonly commit: Commit | null;
  readonly answer: Answer;
  readonly folded: readonly (readonly [string, Folded])[];
  /** Every stream the decision looked at. */
  readonly seen: Iterable<string>;
}

/** What earlier submits of the same batch have decided and nobody has committed yet. */
export interface Overlay {
  readonly folded: Map<string, Folded>;
  /** Inbound keys this batch answers; a repeat of one waits for the next batch, when the answer is durable. */
  readonly keys: Set<string>;
  /** The first answer to one of the batch's keys that is already durable. All are asked for at once: it may cost a round trip. */
  answered(key: string): Promise<string | null>;
  /** What a judgement may look at; `seen` is told what it did look at, by stream and version. */
  bench(catalog: Catalog, seen: Map<string, number>): Bench;
}

export function createOverlay({ store, clock, randomness, numbersAfter }: PreparePorts, states: States, keys: readonly string[]): Overlay {
  const folded = new Map<string, Folded>();
  const newest = new Map<string, number>();
  const salt = (): string => token(randomness);
  const answers = new Map([...new Set(keys)].map((key) => [key, store.answered(key)]));
  // Who awaits an answer hears that it failed; one that nobody comes to need any more must not end the process.
  for (const answer of answers.values()) answer.catch(() => undefined);
  return {
    folded,
    keys: new Set(),
    answered: async (key) => (await answers.get(key)) ?? null,
    bench: (catalog, seen) => ({
      catalog,
      now: clock.now(),
      token: salt(),
      salt,
      async load(stream) {
        const found = folded.get(stream) ?? (await states.load(stream));
        seen.set(stream, found.version);
        return found;
      },
      async number(kind) {
        const last = newest.get(kind) ?? (await newestNumber(store, kind, numbersAfter ?? 0));
        newest.set(kind, last + 1);
        return last + 1;
      },
      entryAt: (position) => entryAt(store, position),
    }),
  };
}

/** A ledger gives numbers below those of spools, a spool those behind its own beginning. */
async function newestNumber(store: Store, kind: string, after: number): Promise<number> {
  const [head] = await store.streams(after < SPOOL_NUMBERS ? { kind, below: SPOOL_NUMBERS, limit: 1 } : { kind, limit: 1 });
  return head === undefined ? after : Number(head.stream.slice(head.stream.indexOf('/') + 1));
}

async function entryAt(store: Store, position: number): Promise<Recorded | null> {
  const [entry] = await store.entries({ after: position - 1, limit: 1 });
  return entry === undefined || entry.position !== position ? null : eventOf(entry);
}

/** Decides one submit on top of the overlay and adds to it; `later` when it must wait for the next batch. Throws on a bug, or when the store cannot be read. */
export async function prepare(
  ports: PreparePorts,
  overlay: Overlay,
  submission: Submission & { readonly settle?: Settlement; readonly rank?: Rank | null },
): Promise<Prepared | 'later'> {
  const { key, actor, settle } = submission;
  if (key !== undefined && overlay.keys.has(key)) return 'later';
  const first = key === undefined ? null : await overlay.answered(key);
  if (first !== null) return repeated(ports.store, first, settle);
  const seen = new Map<string, number>();
  const bench = overlay.bench(ranked(ports.catalog(), actor, submission.rank ?? null), seen);
  const judgement = await judge(cleanse(submission.act, actor), actor, bench);
  const answer = answerOf(judgement);
  const consequence = judgement.kind === 'denied' ? await judge(judgement.denial, 'allclear', bench) : judgement;
  const decided = consequence.kind === 'decided' && consequence.write !== null ? consequence : null;
  if (decided === null && key === undefined && settle === undefined && seen.size === 0) return { ...NOTHING, answer };
  if (key !== undefined) overlay.keys.add(key);
  const inbox = key === undefined ? null : { key, answer: JSON.stringify(keep(answer, judgement)), at: bench.now };
  const change = decided === null ? NO_CHANGE : await changeOf(ports.store, decided, bench.now);
  for (const [stream, one] of change.folded) overlay.folded.set(stream, one);
  const { folded, ...writes } = change;
  const reads = readsOf(seen, change.writes);
  return { commit: { ...writes, reads, inbox, settle: settle ?? null }, answer, folded, seen: seen.keys() };
}

const NOTHING: Omit<Prepared, 'answer'> = { commit: null, folded: [], seen: [] };

/** Also a no rests on what was seen: when that has moved on meanwhile, it is decided again. */
function readsOf(seen: ReadonlyMap<string, number>, writes: readonly StreamWrite[]): NonNullable<Commit['reads']> {
  const written = new Set(writes.map(({ stream }) => stream));
  return [...seen].flatMap(([stream, version]) => (written.has(stream) ? [] : [{ stream, version }]));
}

type Change = Pick<Commit, 'writes' | 'effects' | 'erase'> & Pick<Prepared, 'folded'>;
const NO_CHANGE: Change = { writes: [], effects: [], erase: [], folded: [] };

async function changeOf(store: Store, decided: Extract<Judgement, { kind: 'decided' }>, now: number): Promise<Change> {
  const redaction = await redact(store, decided.events);
  return {
    writes: decided.write === null ? [] : [decided.write, ...redaction.writes],
    effects: outboxRows(decided.effects, now),
    erase: redaction.erase,
    folded: [[decided.stream, decided.folded], ...redaction.folded],
  };
}

function answerOf(judgement: Judgement): Answer {
  if (judgement.kind !== 'decided') return { ok: false, code: judgement.code, sentence: judgement.sentence };
  const events = judgement.events.map(({ type, data }) => ({ type, data }));
  return { ok: true, stream: judgement.stream, positions: [], events };
}

/** What the inbox keeps: where the events are, never the words in them, so that a redaction need not look there. */
type KeptAnswer =
  | { readonly ok: true; readonly stream: string; readonly afterVersion: number; readonly count: number }
  | { readonly ok: false; readonly code: string; readonly sentence: string };

function keep(answer: Answer, judgement: Judgement): KeptAnswer {
  if (!answer.ok || judgement.kind !== 'decided') return answer as Extract<KeptAnswer, { ok: false }>;
  const count = judgement.events.length;
  return { ok: true, stream: judgement.stream, afterVersion: judgement.folded.version - count, count };
}

/** A repeat of a key gets the first answer and changes nothing, except that the effect it came from is settled. */
async function repeated(store: Store, first: string, settle: Settlement | undefined): Promise<Prepared> {
  const answer = await replay(store, JSON.parse(first) as KeptAnswer);
  if (settle === undefined) return { ...NOTHING, answer };
  return { ...NOTHING, commit: { writes: [], effects: [], inbox: null, settle, erase: [] }, answer };
}

/** The answer this inbound key got before, or null when it is new. */
export async function answeredBefore(store: Store, key: string): Promise<Answer | null> {
  const first = await store.answered(key);
  return first === null ? null : replay(store, JSON.parse(first) as KeptAnswer);
}

async function replay(store: Store, kept: KeptAnswer): Promise<Answer> {
  if (!kept.ok) return kept;
  const { stream, afterVersion, count } = kept;
  const entries = count === 0 ? [] : await store.entries({ stream, afterVersion, limit: count });
  const events = entries.flatMap((entry) => eventOf(entry) ?? []).map(({ type, data }) => ({ type, data }));
  return { ok: true, stream, positions: entries.map(({ position }) => position), events };
}

interface Redaction {
  readonly erase: readonly number[];
  readonly writes: readonly StreamWrite[];
  readonly folded: readonly (readonly [string, Folded])[];
}

/** Erasing an entry's words also takes them out of the snapshot of its stream, which is folded anew. */
async function redact(store: Store, events: readonly Recorded[]): Promise<Redaction> {
  const redactions = events.flatMap(({ type, data }) =>
    type === 'entry.redacted' ? [data as { position: number; stream: string; substitute: unknown }] : [],
  );
  const writes: StreamWrite[] = [];
  const folded: (readonly [string, Folded])[] = [];
  for (const { position, stream, substitute } of redactions) {
    const again = await refold(store, stream, new Map([[position, substitute]]));
    const domain = domainOfStream(stream);
    const write = { stream, expectedVersion: again.version, entries: [], state: JSON.stringify(again.state), fold: domain.fold };
    writes.push({ ...write, ...domain.summary(again.state) });
    folded.push([stream, again]);
  }
  return { erase: redactions.map(({ position }) => position), writes, folded };
}
