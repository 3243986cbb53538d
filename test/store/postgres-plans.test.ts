import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { BY_INDEX, openPool } from '../../src/store/postgres-pool.ts';
import { openWriter } from '../../src/store/postgres-write.ts';
import { commit, effect, write } from '../support/commits.ts';
import { execute, noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';

const SLOW_MS_MAX = 60_000;
const OWED = 4_000;
const CLAIMED = 10;
/** A claim reads what it takes, and a settlement finds it again. */
const READ_MAX = 10 * CLAIMED;

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('PostgreSQL in a storm', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, SLOW_MS_MAX);
  afterAll(() => server.stop());

  it.each([
    ['that never were', ''],
    [
      'of a quiet hour',
      `insert into effects (id, position, number, lane, due_at, body, state)
      select -n || '-9', -n, 9, 'asks', 0, '{}', 'done' from generate_series(1, 20000) as n; analyze effects`,
    ],
  ])('claims and settles a few without reading all that is owed, with statistics %s', { timeout: SLOW_MS_MAX }, async (_which, before) => {
    const url = await server.createDatabase();
    const options = { broken: () => undefined, replica: 'test' };
    await (await openPostgresStore(url, options)).store.close();
    await execute(url, before);
    const { store } = await openPostgresStore(url, options);
    await store.append([commit([write('test/1', 0)], { effects: Array.from({ length: OWED }, (_unused, number) => effect(number)) })]);
    const readBefore = await rowsRead(url);
    const claimed = await store.outbox.claim({ lane: 'asks', now: 2_000, leaseMs: 30_000, limit: CLAIMED });
    const settled = { state: 'done', reason: null, detail: null } as const;
    expect(await store.outbox.settle(claimed.map(({ id, fence }) => ({ effect: id, fence, ...settled })))).toHaveLength(CLAIMED);
    // A connection tells what it has read when it ends.
    await store.close();
    expect((await rowsRead(url)) - readBefore).toBeLessThan(READ_MAX);
  });

  it('compiles none of its statements, which releases before 18 would do with every one', async () => {
    const url = await server.createDatabase();
    for (const pool of [
      openPool(url, { max: 1 }, () => undefined),
      openPool(url, { max: 1, ...BY_INDEX }, () => undefined),
      openWriter(url, () => undefined),
    ]) {
      expect((await pool.query('show jit')).rows).toEqual([{ jit: 'off' }]);
      await pool.end();
    }
  });
});

async function rowsRead(url: string): Promise<number> {
  const [row] = await execute(
    url,
    `select seq_tup_read + coalesce(idx_tup_fetch, 0) as read from pg_stat_user_tables where relname = 'effects'`,
  );
  return Number(row?.['read']);
}
