import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Effect } from '../../src/domain/kernel.ts';
import type { Commit, EffectWrite } from '../../src/engine/store-port.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { commit, effect, write } from '../support/commits.ts';
import { execute, noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';

const SLOW_MS_MAX = 60_000;
const COMMITS = 24;
const TABLES = ['entries', 'payloads', 'streams', 'effects', 'inbox', 'ledger_head'] as const;

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('a batch of any size in PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, SLOW_MS_MAX);
  afterAll(() => server.stop());

  it('leaves the same rows, whether its cells are parameters or its tables are JSON', async () => {
    const alone = await rowsAfter(1);
    expect(alone.map((rows) => rows.length)).toEqual([37, 37, 14, 49, 12, 1]);
    for (const size of [2, 3, 4, 5, COMMITS]) expect(await rowsAfter(size)).toEqual(alone);
  });

  /** Every row there is after the same commits, so many at a time; a claimed effect is settled with the last of them. */
  async function rowsAfter(size: number) {
    const url = await server.createDatabase();
    const { store } = await openPostgresStore(url, { broken: () => undefined, replica: 'test' });
    await store.append([commit([write('first/1', 0)], { effects: [effect(0, { lane: 'work' })] })]);
    const [claimed] = await store.outbox.claim({ lane: 'work', now: 2_000, leaseMs: 10, limit: 1 });
    if (claimed === undefined) throw new Error('nothing was claimed');
    const settle = { effect: claimed.id, fence: claimed.fence, state: 'dead', reason: 'client', detail: '{"it"\'s \\ over,NULL}' } as const;
    const commits = Array.from({ length: COMMITS }, (_none, index) => commitOf(index, index === COMMITS - 1 ? settle : null));
    for (let from = 0; from < COMMITS; from += size) {
      const verdicts = await store.append(commits.slice(from, from + size));
      expect(verdicts.map(({ verdict }) => verdict)).toEqual(verdicts.map(() => 'committed'));
    }
    await store.close();
    return Promise.all(TABLES.map((table) => execute(url, `select * from ${table} order by 1`)));
  }
});

/** Two to four rows of every table, old and new streams, cards that replace each other, and what is hard to quote; or only a look. */
function commitOf(index: number, settle: Commit['settle']): Commit {
  const seen = Math.ceil(index / 2);
  if (index % 2 === 1) return commit([], { reads: [{ stream: 'shared/1', version: seen }], settle });
  const body: Effect = { kind: 'ask', act: { type: 'test.ask', text: `Grüße 🦀 "${index}" \\ ' {1,NULL} \u2028` } };
  return commit([write(`own/${index}`, 0, (index % 3) + 1, { incident: index, open: index % 4 === 0 }), write('shared/1', seen)], {
    effects: EFFECTS.map((more, number) => effect(number, { body, dueAt: index, ...more })),
    inbox: { key: `key ${index}`, answer: `{"'":"\\\\"}`, at: index },
  });
}
const EFFECTS: readonly Partial<EffectWrite>[] = [
  { coalesce: 'card', sequence: 'room' },
  { coalesce: 'other card', lane: 'chat' },
  { entry: 1 },
  { settled: { state: 'dead', reason: 'client', detail: "it's" } },
];
