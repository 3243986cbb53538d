import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/engine/store-port.ts';
import { verify } from '../../src/ledger/verify.ts';
import { moveLedger } from '../../src/store/move.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { type OpenedStore, openSqliteStore } from '../../src/store/sqlite.ts';
import { commit, effect, write } from '../support/commits.ts';
import { execute, noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';

const SLOW_MS_MAX = 60_000;

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('moving a ledger', () => {
  let server: PostgresServer;
  let url: string;
  let embedded: OpenedStore;
  let postgres: OpenedStore;
  beforeAll(async () => {
    server = await startPostgres();
  }, SLOW_MS_MAX);
  afterAll(() => server.stop());
  beforeEach(async () => {
    url = await server.createDatabase();
    embedded = await openSqliteStore(':memory:');
    postgres = await openPostgresStore(url, { broken: () => undefined, replica: 'mover' });
    await play(embedded);
    return async () => void (await Promise.all([embedded.store.close(), postgres.store.close()]));
  });

  it('goes to PostgreSQL and back, and everything is there', { timeout: SLOW_MS_MAX }, async () => {
    const there = await moveLedger(embedded.database, postgres.database);
    expect(there).toMatchObject({ ok: true, rows: { entries: 1_302, effects: 4, inbox: 1, console_messages: 1 } });
    expect(await everything(postgres.store)).toEqual(await everything(embedded.store));
    // It goes on where it stopped: positions, versions, inbound keys, promises.
    const [verdict, repeated] = await postgres.store.append([
      commit([write('b/1', 1)], { effects: [effect(0)] }),
      commit([write('c/1', 0)], { inbox: { key: 'slack-1', answer: 'another', at: 2 } }),
    ]);
    expect([verdict, repeated]).toEqual([{ verdict: 'committed', positions: [1_303] }, { verdict: 'conflict' }]);
    expect(await postgres.store.outbox.claim({ lane: 'asks', now: 1_000, leaseMs: 1, limit: 10 })).toHaveLength(3);

    const home = await openSqliteStore(':memory:');
    expect(await moveLedger(postgres.database, home.database)).toMatchObject({ ok: true, head: await postgres.store.head() });
    expect(await everything(home.store)).toEqual(await everything(postgres.store));
    expect(await home.store.append([commit([write('b/1', 2)])])).toEqual([{ verdict: 'committed', positions: [1_304] }]);
    expect(verify(await home.store.entries({ after: 0, limit: 2_000 })).isSound).toBe(true);
    await home.store.close();
  });

  it('refuses a target that has a ledger', async () => {
    await postgres.store.append([commit([write('x/1', 0)])]);
    expect(await moveLedger(embedded.database, postgres.database)).toEqual({ ok: false, problem: { kind: 'not_empty' } });
    expect((await postgres.store.head()).position).toBe(1);
  });

  it('refuses a ledger that was tampered with, on whichever side it is', async () => {
    await moveLedger(embedded.database, postgres.database);
    await execute(url, `alter table entries disable trigger entries_fixed; update entries set actor = 'person:eve' where position = 7`);
    const home = await openSqliteStore(':memory:');
    const moved = await moveLedger(postgres.database, home.database);
    expect(moved).toMatchObject({ ok: false, problem: { kind: 'unsound', side: 'source', faults: [{ position: 7, kind: 'edited' }] } });
    expect((await home.store.head()).position).toBe(0);
    await home.store.close();
  });

  it('leaves nothing behind when the target does not keep what it was given', async () => {
    await execute(
      url,
      `create function meddle() returns trigger language plpgsql as $$ begin new.actor := 'person:eve'; return new; end $$;
       create trigger meddles before insert on entries for each row when (new.position = 9) execute function meddle()`,
    );
    const moved = await moveLedger(embedded.database, postgres.database);
    expect(moved).toMatchObject({ ok: false, problem: { kind: 'unsound', side: 'target', faults: [{ position: 9 }] } });
    expect((await postgres.store.head()).position).toBe(0);
    expect(await postgres.store.streams({ kind: 'a', limit: 1 })).toEqual([]);
  });
});

/** A ledger with something of everything: pages of entries, an erased one, promises in every state, an inbound key, a message. */
async function play({ store, database }: OpenedStore): Promise<void> {
  await store.append([
    commit([write('a/1', 0, 1_300)], { effects: [effect(0), effect(1, { dueAt: 9_000 }), effect(2, { lane: 'chat' })] }),
  ]);
  await store.append([commit([write('b/1', 0)], { effects: [effect(0)], inbox: { key: 'slack-1', answer: 'yes', at: 1 } })]);
  const [page] = await store.outbox.claim({ lane: 'chat', now: 1_000, leaseMs: 30_000, limit: 1 });
  await store.outbox.release({
    effect: page?.id ?? '',
    fence: page?.fence ?? 0,
    dueAt: 2_000,
    reason: 'server',
    detail: 'said \0 and hung up',
  });
  await store.append([commit([write('a/1', 1_300)])]);
  const message = { key: 'said-1', room: 'inc-1', author: 'ana', at: 1, document: '{}', kind: 'say' };
  await database.insertInto('console_messages').values(message).execute();
}

async function everything(store: Store): Promise<unknown> {
  const effects = await store.outbox.list({ states: ['pending', 'claimed', 'done', 'dead', 'superseded'], limit: 100 });
  return {
    entries: await store.entries({ after: 0, limit: 2_000 }),
    head: await store.head(),
    streams: await store.streams({ streams: ['a/1', 'b/1', 'c/1'] }),
    effects: effects.map((row) => ({ ...row, detail: row.detail?.replaceAll('\0', '\uFFFD') ?? null })),
    answered: await store.answered('slack-1'),
  };
}
