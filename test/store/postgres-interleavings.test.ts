import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Commit, CommitVerdict, Store } from '../../src/engine/store-port.ts';
import { verify } from '../../src/ledger/verify.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { commit, effect, write } from '../support/commits.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';

const SLOW_MS_MAX = 120_000;
const STREAMS = 4;
const ROWS_MAX = 5_000;

/** A commit before it is known what its writer has seen by then. */
interface Wish {
  readonly writes: readonly { readonly stream: number; readonly count: number }[];
  readonly reads: readonly number[];
  readonly key: number | null;
  readonly card: number | null;
  /** How far from the newest version the writer thinks its streams are. */
  readonly wrong: number;
}
/** An append as its writer saw it: begun after everything that was answered at that time. */
interface Told {
  readonly commits: readonly Commit[];
  readonly verdicts: readonly CommitVerdict[];
  readonly begun: number;
  readonly answered: number;
}

const stream = fc.nat({ max: STREAMS - 1 });
const wish: fc.Arbitrary<Wish> = fc.record({
  writes: fc.uniqueArray(fc.record({ stream, count: fc.integer({ min: 1, max: 3 }) }), {
    minLength: 1,
    maxLength: 2,
    selector: ({ stream: name }) => name,
  }),
  reads: fc.uniqueArray(stream, { maxLength: 2 }),
  key: fc.option(fc.nat({ max: 5 })),
  card: fc.option(fc.nat({ max: 2 })),
  wrong: fc.constantFrom(0, 0, 0, 0, 1, -1),
});
/** What each of two replicas appends, one batch after another. */
const plan = fc.tuple(...[0, 1].map(() => fc.array(fc.array(wish, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 10 })));

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('two replicas that append as they like', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, SLOW_MS_MAX);
  afterAll(() => server.stop());

  it('leave behind what one would, in the order of the ledger', { timeout: SLOW_MS_MAX }, async () => {
    const seen = { committed: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(plan, async (batches) => {
        const url = await server.createDatabase();
        const open = async (replica: string) => (await openPostgresStore(url, { broken: () => undefined, replica })).store;
        const stores = await Promise.all(['one', 'two'].map(open));
        try {
          const told = await play(stores, batches);
          for (const { verdict } of told.flatMap(({ verdicts }) => verdicts)) seen[verdict === 'committed' ? 'committed' : 'refused'] += 1;
          await expectSequential(stores[0] as Store, told);
        } finally {
          await Promise.all(stores.map((store) => store.close()));
        }
      }),
      { numRuns: 25 },
    );
    expect(Math.min(seen.committed, seen.refused)).toBeGreaterThan(50);
  });
});

async function play(stores: readonly Store[], batches: readonly (readonly (readonly Wish[])[])[]): Promise<readonly Told[]> {
  const told: Told[] = [];
  const versions = new Map<string, number>();
  let time = 0;
  const speak = async (store: Store, mine: readonly (readonly Wish[])[]): Promise<void> => {
    for (const wishes of mine) {
      const begun = ++time;
      const commits = commitsOf(wishes, versions);
      const verdicts = await store.append(commits);
      told.push({ commits, verdicts, begun, answered: ++time });
      for (const [index, { writes }] of commits.entries())
        if (verdicts[index]?.verdict === 'committed')
          for (const one of writes)
            versions.set(one.stream, Math.max(versions.get(one.stream) ?? 0, one.expectedVersion + one.entries.length));
    }
  };
  await Promise.all(stores.map((store, index) => speak(store, batches[index] ?? [])));
  return told;
}

/** Decided on what the replica knows, each on what those before it in the batch would leave behind. */
function commitsOf(wishes: readonly Wish[], known: ReadonlyMap<string, number>): readonly Commit[] {
  const versions = new Map(known);
  return wishes.map(({ writes, reads, key, card, wrong }) => {
    const at = (name: string): number => Math.max(0, (versions.get(name) ?? 0) + wrong);
    const written = writes.map(({ stream: number, count }) => write(`s/${number}`, at(`s/${number}`), count));
    const read = reads.map((number) => `s/${number}`).filter((name) => !written.some((one) => one.stream === name));
    const made = commit(written, {
      reads: read.map((name) => ({ stream: name, version: at(name) })),
      inbox: key === null ? null : { key: `k${key}`, answer: JSON.stringify(written.map((one) => one.expectedVersion)), at: 1 },
      effects: card === null ? [] : [effect(0, { coalesce: `card ${card}` })],
    });
    for (const one of written) versions.set(one.stream, one.expectedVersion + one.entries.length);
    return made;
  });
}

interface Truth {
  position: number;
  readonly versions: Map<string, number>;
  readonly inbox: Map<string, string>;
  /** Coalescing key → the one that is pending, and all effects with what became of them. */
  readonly cards: Map<string, string>;
  readonly effects: Map<string, string>;
}

/** One append of a world in which nobody else is: the promise of the store in the plainest words. */
function appendTo(truth: Truth, commits: readonly Commit[]): readonly CommitVerdict[] {
  const lost = new Set<string>();
  return commits.map(({ writes, reads = [], inbox, effects }) => {
    const looked = [
      ...writes.map((one) => [one.stream, one.expectedVersion] as const),
      ...reads.map((one) => [one.stream, one.version] as const),
    ];
    const isGood = looked.every(([name, version]) => !lost.has(name) && (truth.versions.get(name) ?? 0) === version);
    if (!isGood || (inbox !== null && truth.inbox.has(inbox.key))) {
      for (const one of writes) lost.add(one.stream);
      return { verdict: 'conflict' };
    }
    const positions = writes.flatMap(({ entries }) => entries).map(() => ++truth.position);
    for (const one of writes) truth.versions.set(one.stream, one.expectedVersion + one.entries.length);
    if (inbox !== null) truth.inbox.set(inbox.key, inbox.answer);
    for (const { number, coalesce } of effects) owe(truth, `${positions[0]}-${number}`, coalesce ?? '');
    return { verdict: 'committed', positions };
  });
}

/** Of those with one key only the newest is still owed. */
function owe({ cards, effects }: Truth, id: string, key: string): void {
  const older = cards.get(key);
  if (older !== undefined) effects.set(older, 'superseded');
  effects.set(id, 'pending');
  cards.set(key, id);
}

/** Everything that was told and kept is what comes of the appends one after another, in the order of their positions. */
async function expectSequential(store: Store, told: readonly Told[]): Promise<void> {
  const first = ({ verdicts }: Told): number => Math.min(...verdicts.flatMap((one) => (one.verdict === 'committed' ? one.positions : [])));
  const kept = told.filter((one) => Number.isFinite(first(one))).sort((one, other) => first(one) - first(other));
  const nothing = told.filter((one) => !Number.isFinite(first(one)));
  const truth: Truth = { position: 0, versions: new Map(), inbox: new Map(), cards: new Map(), effects: new Map() };
  /** What was true before each of them, and in the end. */
  const moments = [structuredClone(truth)];
  for (const [index, { commits, verdicts, answered }] of kept.entries()) {
    expect(verdicts).toEqual(appendTo(truth, commits));
    // Who was answered before another asked is in the ledger before it, too.
    expect(kept.slice(0, index).filter(({ begun }) => begun > answered)).toEqual([]);
    moments.push(structuredClone(truth));
  }
  for (const { commits, verdicts, begun, answered } of nothing) {
    const from = kept.filter((one) => one.answered < begun).length;
    const to = kept.filter((one) => one.begun < answered).length;
    // Who was refused altogether has no position: some moment between the question and the answer must have refused it.
    const possible = moments.slice(from, to + 1).map((moment) => appendTo(structuredClone(moment), commits));
    expect(possible).toContainEqual(verdicts);
  }
  await expectKept(store, truth);
}

async function expectKept(store: Store, truth: Truth): Promise<void> {
  const entries = await store.entries({ after: 0, limit: ROWS_MAX });
  expect(verify(entries)).toMatchObject({ isSound: true, entries: truth.position, head: await store.head() });
  const heads = await store.streams({ kind: 's', limit: STREAMS });
  expect(new Map(heads.map((head) => [head.stream, head.version]))).toEqual(truth.versions);
  for (const head of heads) expect(JSON.parse(head.state)).toEqual({ version: head.version });
  for (const [key, answer] of truth.inbox) expect(await store.answered(key)).toBe(answer);
  const owed = await store.outbox.owedBy({ after: 0, upTo: truth.position });
  expect(new Map(owed.map(({ id, state }) => [id, state]))).toEqual(truth.effects);
}
