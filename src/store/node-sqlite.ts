import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

/** Values SQLite takes; everything Kysely hands over is one of these. */
type Value = null | number | bigint | string | Uint8Array;

/** Opens a database file (or `:memory:`) durably: WAL, and every commit reaches the disk before it is answered. */
export function openDatabase(path: string, options: { readonly readOnly?: boolean } = {}): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: options.readOnly ?? false });
  if (options.readOnly !== true) {
    database.exec('pragma journal_mode = wal; pragma synchronous = full;');
  }
  // A reader beside the running bot may have to wait for a checkpoint, never longer than this.
  database.exec('pragma busy_timeout = 5000; pragma foreign_keys = on; pragma trusted_schema = off;');
  return database;
}

/** Kysely's SQLite dialect over Node's own SQLite. */
export function nodeSqliteDialect(database: DatabaseSync): SqliteDialect {
  return new SqliteDialect({ database: asKyselyDatabase(database) });
}

/** Texts kept prepared; lists of different lengths make more of them than there are queries. */
const PREPARED_MAX = 200;

function asKyselyDatabase(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    // The owner of the connection closes it.
    close: () => prepared.clear(),
    prepare(text) {
      const known = prepared.get(text);
      if (known !== undefined) return known;
      if (prepared.size >= PREPARED_MAX) prepared.clear();
      const statement = asKyselyStatement(database.prepare(text));
      prepared.set(text, statement);
      return statement;
    },
  };
}

function asKyselyStatement(statement: StatementSync): SqliteStatement {
  return {
    // Without this flag Kysely would run a SELECT and throw its rows away.
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as Value[])),
    run: (parameters) => statement.run(...(parameters as Value[])),
    iterate: (parameters) => statement.iterate(...(parameters as Value[])) as IterableIterator<unknown>,
  };
}
