import { connect, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Commit, CommitVerdict, EffectRow, Store } from '../../src/engine/store-port.ts';
import { GENESIS } from '../../src/ledger/entry.ts';
import { verify } from '../../src/ledger/verify.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { createPostgresAppend } from '../../src/store/postgres-append.ts';
import { openWriter } from '../../src/store/postgres-write.ts';
import { commit, effect, write } from '../support/commits.ts';
import { execute, noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { SOON } from '../support/soon.ts';

const SLOW_MS_MAX = 60_000;
const broken = (): void => undefined;
const ALONE = ['write'];
const AFTER_WAITING = ['begin isolation level read committed', 'allclear-lock', 'write', 'commit'];
const READING_FIRST = ['begin isolation level read committed', 'allclear-lock', 'allclear-read', 'write', 'commit'];

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('an append to PostgreSQL', () => {
  let server: PostgresServer;
  let url: string;
  let one: Store;
  let two: Store;
  beforeAll(async () => {
    server = await startPostgres();
  }, SLOW_MS_MAX);
  afterAll(() => server.stop());
  beforeEach(async () => {
    url = await server.createDatabase();
    one = (await openPostgresStore(url, { broken, replica: 'one' })).store;
    two = (await openPostgresStore(url, { broken, replica: 'two' })).store;
  });
  afterEach(() => Promise.all([one.close(), two.close()]));

  it('is one statement, also when another replica wrote last; who had to wait, locks first', async () => {
    const { append, said, close } = await listened(url);
    expect(await append([commit([write('a/1', 0)], { inbox: inboxed('k') })])).toEqual([committed(1)]);
    await two.append([commit([write('b/1', 0)])]);
    expect(await append([commit([write('a/1', 1)]), commit([write('c/1', 0, 2)])])).toEqual([committed(3), committed(4, 5)]);
    expect(said.splice(0)).toEqual([...ALONE, ...ALONE]);
    const holder = await holdHead(url);
    const waiting = append([commit([write('a/1', 2)])]);
    await someoneWaits(url);
    await holder.move();
    expect(await waiting).toEqual([committed(6)]);
    expect(said.splice(0)).toEqual([...ALONE, ...AFTER_WAITING]);
    await append([commit([write('a/1', 3)])]);
    expect(said).toEqual(ALONE);
    await expectSound(one, 7);
    await close();
  });

  it('reads first when somebody else was quicker, and refuses only what rests on that', async () => {
    const { append, said, close } = await listened(url);
    await two.append([commit([write('a/1', 0)], { inbox: inboxed('k') }), commit([write('b/1', 0)])]);
    const late = [commit([write('a/1', 0)]), commit([write('b/1', 1)]), commit([write('c/1', 0)], { inbox: inboxed('k', 'another') })];
    expect(await append(late)).toEqual([CONFLICT, committed(3), CONFLICT]);
    expect(said.splice(0)).toEqual([...ALONE, ...AFTER_WAITING, ...READING_FIRST]);
    expect(await one.answered('k')).toBe('{}');
    for (const version of [1, 2]) expect(await append([commit([write('a/1', version)])])).toEqual([committed(version + 3)]);
    expect(said).toEqual([...ALONE, ...ALONE]);
    await expectSound(one, 5);
    await close();
  });

  it('does not believe what it saw before it had to wait, though no entry was added meanwhile', async () => {
    await one.append([commit([write('a/1', 0)])]);
    const holder = await holdHead(url);
    const waiting = one.append([commit([write('a/1', 1)], { inbox: inboxed('k', 'second') }), commit([write('b/1', 0)])]);
    await someoneWaits(url);
    await holder.move(`insert into inbox (key, answer, at) values ('k', 'first', 1)`);
    expect(await waiting).toEqual([CONFLICT, committed(2)]);
    expect(await one.answered('k')).toBe('first');
    await expectSound(one, 2);
  });

  it('does not believe versions it saw before it had to wait', async () => {
    await one.append([commit([write('a/1', 0), write('b/1', 0)])]);
    const holder = await holdHead(url);
    const reading = commit([write('c/1', 0)], { reads: [{ stream: 'b/1', version: 1 }] });
    const waiting = one.append([commit([write('a/1', 1)]), reading, commit([write('d/1', 0)])]);
    await someoneWaits(url);
    await holder.move(`update streams set version = 7 where stream in ('a/1', 'b/1')`);
    expect(await waiting).toEqual([CONFLICT, CONFLICT, committed(3)]);
  });

  it('waits for nobody who was rolled back', async () => {
    const holder = await holdHead(url);
    const waiting = Promise.all([one.append([commit([write('a/1', 0)])]), two.append([commit([write('b/1', 0)])])]);
    await someoneWaits(url);
    await holder.giveUp();
    const verdicts = (await waiting).flat();
    expect(verdicts.flatMap((verdict) => (verdict.verdict === 'committed' ? verdict.positions : [])).sort()).toEqual([1, 2]);
    await expectSound(one, 2);
  });

  it.each([0, 1])('alternates between replicas without a gap, whoever begins (%i)', async (first) => {
    for (let turn = 0; turn < 12; turn += 1) {
      const store = turn % 2 === first ? one : two;
      const inbox = inboxed(`k${turn}`);
      expect(await store.append([commit([write('a/1', turn), write(`b/${turn}`, 0)], { inbox })])).toEqual([
        committed(turn * 2 + 1, turn * 2 + 2),
      ]);
    }
    await expectSound(two, 24);
  });

  it('settles what is still claimed, and refuses who has lost it, alone among its mates', async () => {
    await one.append([commit([write('a/1', 0)], { effects: [effect(0), effect(1)] })]);
    const [mine, lost] = (await one.outbox.claim({ lane: 'asks', now: 1_000, leaseMs: 10, limit: 2 })) as [EffectRow, EffectRow];
    const settle = ({ id, fence }: EffectRow) => ({ effect: id, fence, state: 'done' as const, reason: null, detail: null });
    expect(await one.append([commit([write('b/1', 0)], { settle: settle(mine) })])).toEqual([committed(2)]);
    await two.outbox.claim({ lane: 'asks', now: 5_000, leaseMs: 10, limit: 2 });
    const mates = [commit([write('c/1', 0)], { settle: settle(lost) }), commit([write('d/1', 0)])];
    expect(await one.append(mates)).toEqual([{ verdict: 'fenced' }, committed(3)]);
    expect((await one.outbox.owedBy({ after: 0, upTo: 1 })).map(({ state }) => state)).toEqual(['done', 'claimed']);
    await expectSound(one, 3);
  });

  it('waits for the head with empty hands: who holds it may take any effect', async () => {
    await one.append([commit([write('a/1', 0)], { effects: [effect(0)] })]);
    const [mine] = (await one.outbox.claim({ lane: 'asks', now: 1_000, leaseMs: 10, limit: 1 })) as [EffectRow];
    const settle = { effect: mine.id, fence: mine.fence, state: 'done', reason: null, detail: null } as const;
    const holder = await holdHead(url);
    const waiting = one.append([commit([write('b/1', 0)], { settle })]);
    await someoneWaits(url);
    await holder.move(`update effects set fence = 9 where id = '${mine.id}'`);
    expect(await waiting).toEqual([{ verdict: 'fenced' }]);
  });

  it('does not believe versions it saw before it had to wait, also when it settles', async () => {
    await one.append([commit([write('a/1', 0)], { effects: [effect(0)] })]);
    const [mine] = (await one.outbox.claim({ lane: 'asks', now: 1_000, leaseMs: 10, limit: 1 })) as [EffectRow];
    const settle = { effect: mine.id, fence: mine.fence, state: 'done', reason: null, detail: null } as const;
    const holder = await holdHead(url);
    const waiting = one.append([commit([write('a/1', 1)], { settle })]);
    await someoneWaits(url);
    await holder.move(`update streams set version = 7 where stream = 'a/1'`);
    expect(await waiting).toEqual([CONFLICT]);
    expect(await one.outbox.list({ states: ['claimed'], limit: 2 })).toHaveLength(1);
  });

  it('leaves nothing behind when a row cannot be written, having waited or not', async () => {
    const twice = commit([write('b/1', 0)], { effects: [effect(0), effect(0)], inbox: inboxed('k') });
    await expect(one.append([commit([write('a/1', 0)]), twice])).rejects.toThrow();
    const holder = await holdHead(url);
    const waiting = one.append([commit([write('a/1', 0)]), twice]).catch(String);
    await someoneWaits(url);
    await holder.move();
    expect(await waiting).toMatch('duplicate key');
    expect([await one.head(), await one.answered('k')]).toEqual([GENESIS, null]);
    expect(await one.append([commit([write('a/1', 0)])])).toEqual([committed(1)]);
  });

  it('is not kept when its connection was lost before it held the head', async () => {
    const holder = await holdHead(url);
    const waiting = one.append([commit([write('a/1', 0)])]).catch(String);
    await someoneWaits(url);
    await execute(url, `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'`);
    expect(await waiting).toMatch('terminat');
    await holder.giveUp();
    expect(await one.head()).toEqual(GENESIS);
    expect(await one.append([commit([write('a/1', 0)])])).toEqual([committed(1)]);
  });

  it('does not fail for a connection that was lost while nothing was appended', async () => {
    const lost: Error[] = [];
    const { store } = await openPostgresStore(url, { broken: (fault) => lost.push(fault), replica: 'three' });
    await store.append([commit([write('a/1', 0)])]);
    await execute(
      url,
      `select pg_terminate_backend(pid) from pg_stat_activity where query like 'with recursive%' and datname = current_database()`,
    );
    await vi.waitFor(() => expect(lost).not.toEqual([]), SOON);
    expect(await store.append([commit([write('a/1', 1)])])).toEqual([committed(2)]);
    await store.close();
  });

  it('rejects when its answer was lost; said again, it finds what was kept', async () => {
    const wire = await deafWire(url);
    const { store } = await openPostgresStore(wire.url, { broken, replica: 'three' });
    await store.append([commit([write('a/1', 0)])]);
    const said = commit([write('a/1', 1)], { inbox: inboxed('k') });
    wire.swallowNext();
    await expect(store.append([said])).rejects.toThrow();
    await vi.waitFor(async () => expect((await two.head()).position).toBe(2), SOON);
    expect(await store.append([said])).toEqual([CONFLICT]);
    expect(await store.answered('k')).toBe('{}');
    await expectSound(store, 2);
    await store.close();
    wire.close();
  });

  it('hashes in the database what the ledger hashes, whatever is written', async () => {
    const odd = ['a/"quoted"', 'a/back\\slash', 'a/Grüße 🦀\u2028', `a/'; drop table entries; --`, 'a/\u0001\t\n', 'a/{1,NULL}', 'a/'];
    await one.append(odd.map((stream) => commit([write(stream, 0, 2, { incident: 7 })])));
    await one.append([commit(odd.map((stream) => write(stream, 2)))]);
    await expectSound(one, odd.length * 3);
  });

  it('takes more at once than any batch holds', async () => {
    const many = Array.from({ length: 600 }, (_unused, index) => commit([write(`a/${index}`, 0, 3)]));
    const verdicts = await one.append(many);
    expect(verdicts.at(-1)).toEqual(committed(1_798, 1_799, 1_800));
    await expectSound(one, 1_800);
  });
});

const CONFLICT: CommitVerdict = { verdict: 'conflict' };
const committed = (...positions: readonly number[]): CommitVerdict => ({ verdict: 'committed', positions });
const inboxed = (key: string, answer = '{}') => ({ key, answer, at: 1 });

async function expectSound(store: Store, entries: number): Promise<void> {
  expect(verify(await store.entries({ after: 0, limit: 5_000 }))).toMatchObject({ isSound: true, entries, head: await store.head() });
}

/** An append of a replica of its own, with the names of the statements it sends; there is one to write with for each size of a batch. */
async function listened(url: string) {
  const said: string[] = [];
  const pool = openWriter(url, broken);
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (asked: string | { name: string }, values?: unknown[]) => unknown;
    const listening = (asked: string | { name: string }, values?: unknown[]) => {
      said.push(typeof asked === 'string' ? asked : asked.name.replace(/^allclear-write.*/, 'write'));
      return query(asked, values);
    };
    Object.assign(client, { query: listening });
  });
  const { append, end } = createPostgresAppend(pool, 'listened');
  return {
    append: append as (commits: readonly Commit[]) => Promise<unknown>,
    said,
    async close() {
      end();
      await pool.end();
    },
  };
}

/** Somebody of another release who is in the middle of an append. */
async function holdHead(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('begin; select from ledger_head for update');
  return {
    /** Ends it with the same head, as one that adds no entry. */
    async move(change = 'select 1') {
      await client.query(`${change}; update ledger_head set position = position; commit`);
      await client.end();
    },
    async giveUp() {
      await client.query('rollback');
      await client.end();
    },
  };
}

/** Asked on a connection of its own: a transaction looks at the activity once. */
async function someoneWaits(url: string): Promise<void> {
  const waiting = `select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  await vi.waitFor(async () => expect(await execute(url, waiting)).not.toEqual([]), { timeout: 4_000 });
}

/** A way to the server on which one answer, and everything after it, can get lost. */
async function deafWire(url: string) {
  let isSwallowing = false;
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const wire: Server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [near, far].map((end) => end.destroy()));
    }
    near.pipe(far);
    far.on('data', (chunk) => (isSwallowing ? near.destroy() : near.write(chunk)));
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const its = new URL(url);
  its.port = String((wire.address() as { port: number }).port);
  return {
    url: its.href,
    swallowNext() {
      isSwallowing = true;
      // Whoever comes after that is heard again.
      wire.once('connection', () => {
        isSwallowing = false;
      });
    },
    close() {
      wire.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
