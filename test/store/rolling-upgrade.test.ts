import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/ledger/verify.ts';
import { postgresMigrations } from '../../src/store/migrations/postgres/index.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { createPostgresAppend } from '../../src/store/postgres-append.ts';
import { openPool } from '../../src/store/postgres-pool.ts';
import { commit, effect, write } from '../support/commits.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';

const SLOW_MS_MAX = 90_000;
const APPENDS = 60;
const broken = (): void => undefined;

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('an upgrade while the release before it runs', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, SLOW_MS_MAX);
  afterAll(() => server.stop());

  it('migrates below a replica that appends, delivers and reads, and none of it fails', { timeout: SLOW_MS_MAX }, async () => {
    const url = await server.createDatabase();
    const names = Object.keys(postgresMigrations);
    const before = names.at(-2) ?? '';
    await migrateTo(url, before);
    expect(await levelOf(url)).toEqual(names.slice(0, -1));

    // The release before: it has its connections and its prepared statements already.
    const pool = openPool(url, { max: 1, pipeline: true }, broken);
    const { append, end } = createPostgresAppend(pool, 'old');
    let version = 0;
    const appendOne = async (): Promise<void> => {
      const verdicts = await append([commit([write('old/1', version)], { effects: [effect(0)] })]);
      expect(verdicts).toMatchObject([{ verdict: 'committed' }]);
      version += 1;
    };
    for (let count = 0; count < APPENDS / 3; count += 1) await appendOne();

    const upgraded = openPostgresStore(url, { broken, replica: 'new' });
    for (let count = 0; count < APPENDS / 3; count += 1) await appendOne();
    const { store } = await upgraded;
    expect(await levelOf(url)).toEqual(names);
    for (let count = 0; count < APPENDS / 3; count += 1) {
      await appendOne();
      expect(await store.append([commit([write('new/1', count)])])).toMatchObject([{ verdict: 'committed' }]);
    }

    const entries = await store.entries({ after: 0, limit: 1_000 });
    expect(verify(entries).isSound).toBe(true);
    expect(entries.filter(({ stream }) => stream === 'old/1')).toHaveLength(APPENDS);
    expect(await store.outbox.claim({ lane: 'asks', now: 1_000, leaseMs: 1, limit: 1_000 })).toHaveLength(APPENDS);
    end();
    await Promise.all([pool.end(), store.close()]);
  });
});

async function migrateTo(url: string, name: string): Promise<void> {
  const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }) });
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => ({ ...postgresMigrations }) } });
  const { error } = await migrator.migrateTo(name);
  await database.destroy();
  if (error !== undefined) throw error;
}

async function levelOf(url: string): Promise<readonly string[]> {
  const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }) });
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(database);
  await database.destroy();
  return rows.map(({ name }) => name);
}
