import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { postgresMigrations } from './migrations/postgres/index.ts';
import { openPool } from './postgres-pool.ts';

/** Any number that nobody else takes; the same in every release. */
const MIGRATING = 7_264_001;
/** A migration of a large ledger may take this long; replicas that start meanwhile wait for it. */
const MIGRATION_MS_MAX = 600_000;

/**
 * Brings the database to this release's schema. Any number of replicas may start at once: one migrates, the others wait.
 * A database that a newer release has already migrated is left as it is, because a new migration keeps the release before it
 * working. Throws when a migration fails.
 */
export async function migratePostgres(url: string): Promise<void> {
  const limits = { max: 1, statement_timeout: MIGRATION_MS_MAX, query_timeout: MIGRATION_MS_MAX };
  const pool = openPool(url, limits, () => undefined);
  const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await database.connection().execute(async (connection) => {
      // Kysely takes a lock of its own, but makes its tables before that, and two makers collide.
      await sql`select pg_advisory_lock(${MIGRATING})`.execute(connection);
      await migrateLocked(connection);
      await sql`select pg_advisory_unlock(${MIGRATING})`.execute(connection);
    });
  } finally {
    await database.destroy();
  }
}

async function migrateLocked(connection: Kysely<unknown>): Promise<void> {
  const done = await doneMigrations(connection);
  if (Object.keys(postgresMigrations).every((name) => done.has(name))) return;
  const migrator = new Migrator({ db: connection, provider: { getMigrations: async () => ({ ...postgresMigrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error('the ledger could not be brought to the newest schema', { cause: error });
}

async function doneMigrations(connection: Kysely<unknown>): Promise<ReadonlySet<string>> {
  const { rows: found } = await sql<{ table: string | null }>`select to_regclass('kysely_migration')::text as table`.execute(connection);
  if (found[0]?.table == null) return new Set();
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(connection);
  return new Set(rows.map(({ name }) => name));
}
