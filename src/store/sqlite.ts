import type { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Store } from '../engine/store-port.ts';
import { createHistory } from './history.ts';
import { migrations } from './migrations/index.ts';
import { askNodeSqlite, nodeSqliteDialect, openDatabase } from './node-sqlite.ts';
import { createAnswered, createAppend } from './sqlite-append.ts';
import { createSqliteOutbox } from './sqlite-outbox.ts';
import type { Tables } from './tables.ts';

export interface OpenedStore {
  readonly store: Store;
  /** For adapters that keep tables of their own beside the ledger. */
  readonly database: Kysely<Tables>;
  /** The same, where a change need not outlive a power cut: for what the outbox would do again, because its settling went too. */
  readonly unhurried: Kysely<Tables>;
}

/**
 * The embedded store: one SQLite file, or `:memory:` for tests. One process at a time, guarded by `lockDataDirectory`;
 * `readOnly` opens it beside a running bot. Whoever held a lease before is gone then, and what was under way may be
 * claimed at once. Throws when the file is no database or a migration fails.
 */
export async function openSqliteStore(path: string, options: { readonly readOnly?: boolean } = {}): Promise<OpenedStore> {
  const connection = openDatabase(path, options);
  const database = new Kysely<Tables>({ dialect: nodeSqliteDialect(connection, { isDurable: true }) });
  // A claim or a settled row that a power cut takes back is claimed and kept once more, under the same key; whoever held it went with the power.
  const unhurried = path === ':memory:' ? database : new Kysely<Tables>({ dialect: nodeSqliteDialect(connection, { isDurable: false }) });
  if (options.readOnly !== true) await prepare(connection, database);
  const append = createAppend(connection);
  const answered = createAnswered(connection);
  const history = createHistory(database, askNodeSqlite(connection, { isDurable: true }));
  const outbox = createSqliteOutbox(unhurried, askNodeSqlite(connection, { isDurable: path === ':memory:' }));
  const store: Store = {
    ...history,
    async append(commits) {
      const verdicts = append(commits);
      outbox.changed();
      return verdicts;
    },
    answered: async (key) => answered(key),
    outbox,
    async close() {
      await Promise.all([database.destroy(), unhurried.destroy()]);
      connection.close();
    },
  };
  return { store, database, unhurried };
}

/** All of it or nothing: Kysely itself would leave half a schema behind when the process dies in the middle. */
async function prepare(connection: DatabaseSync, database: Kysely<Tables>): Promise<void> {
  connection.exec('begin immediate');
  try {
    await migrate(database);
    // What is claimed is ready again one day: said so that the index of what is still owed is read, and not everything ever promised.
    connection.prepare(`update effects set ready_at = due_at where state = 'claimed' and ready_at is not null`).run();
    connection.exec('commit');
  } catch (fault) {
    if (connection.isTransaction) connection.exec('rollback');
    await database.destroy();
    connection.close();
    throw fault;
  }
}

async function migrate(database: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error('the ledger could not be brought to the newest schema', { cause: error });
}
