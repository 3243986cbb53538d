import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type CompiledQuery, type QueryResult, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';
import type { Ask } from './compiled.ts';

/** Values SQLite takes; everything Kysely hands over is one of these. */
type Value = null | number | bigint | string | Uint8Array;

/** Pages of 4 KiB in the write-ahead log before they are carried over: four times the default, because the same pages are written again and again. */
const CHECKPOINT_PAGES = 4_000;

/** Opens a database file (or `:memory:`) durably: WAL, and every commit reaches the disk before it is answered. */
export function openDatabase(path: string, options: { readonly readOnly?: boolean } = {}): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: options.readOnly ?? false });
  if (options.readOnly !== true) {
    database.exec(`pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = ${CHECKPOINT_PAGES};`);
  }
  // A reader beside the running bot may have to wait for a checkpoint, never longer than this.
  database.exec('pragma busy_timeout = 5000; pragma foreign_keys = on; pragma trusted_schema = off;');
  return database;
}

/**
 * Kysely's SQLite dialect over Node's own SQLite. With `isDurable: false` a change is there at once and outlives the process,
 * but reaches the disk only with the next durable commit: for what is made again when the machine itself loses power.
 */
export function nodeSqliteDialect(database: DatabaseSync, { isDurable }: { readonly isDurable: boolean }): SqliteDialect {
  return new SqliteDialect({ database: asKyselyDatabase(database, isDurable ? asTold : unhurried(database)) });
}

/** Asks without Kysely's way to a connection, of which there is one: for what is asked all the time, outside of its transactions. */
export function askNodeSqlite(database: DatabaseSync, { isDurable }: { readonly isDurable: boolean }): Ask {
  const connection = asKyselyDatabase(database, isDurable ? asTold : unhurried(database));
  return async <Row>({ sql, parameters }: CompiledQuery<Row>): Promise<QueryResult<Row>> => {
    const statement = connection.prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as Row[] };
    return { rows: [], numAffectedRows: BigInt(statement.run(parameters).changes) };
  };
}

type Running = <Result>(isChange: boolean, run: () => Result) => Result;
const asTold: Running = (_isChange, run) => run();

/** Without waiting for the disk; between two ticks of the event loop, so that it holds for nothing else. */
function unhurried(database: DatabaseSync): Running {
  return (isChange, run) => {
    // SQLite refuses to change this within a transaction, which then decides for itself.
    if (!isChange || database.isTransaction) return run();
    database.exec('pragma synchronous = normal');
    try {
      return run();
    } finally {
      database.exec('pragma synchronous = full');
    }
  };
}

/** Texts kept prepared; lists of different lengths make more of them than there are queries. */
const PREPARED_MAX = 200;

function asKyselyDatabase(database: DatabaseSync, running: Running): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    // The owner of the connection closes it.
    close: () => prepared.clear(),
    prepare(text) {
      const known = prepared.get(text);
      if (known !== undefined) return known;
      if (prepared.size >= PREPARED_MAX) prepared.clear();
      const statement = asKyselyStatement(database.prepare(text), text, running);
      prepared.set(text, statement);
      return statement;
    },
  };
}

function asKyselyStatement(statement: StatementSync, text: string, running: Running): SqliteStatement {
  const isChange = !/^\s*(?:select|with)\b/i.test(text);
  return {
    // Without this flag Kysely would run a SELECT and throw its rows away.
    reader: statement.columns().length > 0,
    all: (parameters) => running(isChange, () => statement.all(...(parameters as Value[]))),
    run: (parameters) => running(isChange, () => statement.run(...(parameters as Value[]))),
    iterate: (parameters) => statement.iterate(...(parameters as Value[])) as IterableIterator<unknown>,
  };
}
