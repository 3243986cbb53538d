import { type Kysely, sql } from 'kysely';
import type { Head } from '../ledger/entry.ts';
import type { Fault } from '../ledger/fault.ts';
import { startVerification } from '../ledger/verify.ts';
import { createHistory } from './history.ts';
import { storableText } from './postgres-text.ts';
import type { Tables } from './tables.ts';

export type Moved =
  | { readonly ok: true; readonly head: Head; readonly rows: Readonly<Record<keyof Tables, number>> }
  | { readonly ok: false; readonly problem: MoveProblem };
export type MoveProblem =
  /** The target has a ledger already. */
  | { readonly kind: 'not_empty' }
  /** Somebody wrote to the source meanwhile. */
  | { readonly kind: 'moved_on' }
  | { readonly kind: 'unsound'; readonly side: 'source' | 'target'; readonly faults: readonly Fault[] };

/** Every table with what its rows are paged by. */
const KEYS = {
  entries: ['position'],
  payloads: ['position'],
  streams: ['stream'],
  effects: ['position', 'number'],
  inbox: ['key'],
  console_messages: ['key'],
  platform_notes: ['key'],
} as const satisfies Record<keyof Tables, readonly string[]>;
const TABLES = Object.keys(KEYS) as (keyof Tables)[];
/** Rows written in one statement: sixteen columns of these stay below SQLite's 32,766 and PostgreSQL's 65,535 parameters. */
const PAGE_ROWS = 500;

type Row = Readonly<Record<string, unknown>>;

/**
 * Copies a whole ledger (entries, payloads, streams, effects, inbox, chat and what chat worlds remember) into an empty database of either kind and verifies
 * the chain on both sides. All of it is there afterwards, or nothing. Nobody may write to either meanwhile.
 */
export async function moveLedger(from: Kysely<Tables>, to: Kysely<Tables>): Promise<Moved> {
  const [source, target] = [await verifyLedger(from), await createHistory(to).head()];
  if (target.position > 0) return { ok: false, problem: { kind: 'not_empty' } };
  if (source.faults.length > 0) return { ok: false, problem: { kind: 'unsound', side: 'source', faults: source.faults } };
  try {
    const rows = await to.transaction().execute((writing) => copyAll(from, writing, source.head));
    return { ok: true, head: source.head, rows };
  } catch (fault) {
    // Thrown so that the transaction is rolled back; told as what it is.
    if (fault instanceof NotMovedError) return { ok: false, problem: fault.problem };
    throw fault;
  }
}

class NotMovedError extends Error {
  readonly problem: MoveProblem;
  constructor(problem: MoveProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}

async function copyAll(from: Kysely<Tables>, to: Kysely<Tables>, head: Head): Promise<Record<keyof Tables, number>> {
  const counts: [keyof Tables, number][] = [];
  for (const table of TABLES) counts.push([table, await copy(from, to, table)]);
  const moved = await verifyLedger(to);
  if (moved.faults.length > 0) throw new NotMovedError({ kind: 'unsound', side: 'target', faults: moved.faults });
  const after = await createHistory(from).head();
  if (moved.head.hash !== head.hash || after.hash !== head.hash) throw new NotMovedError({ kind: 'moved_on' });
  await setHead(to, head);
  return Object.fromEntries(counts) as Record<keyof Tables, number>;
}

async function copy(from: Kysely<Tables>, to: Kysely<Tables>, table: keyof Tables): Promise<number> {
  let copied = 0;
  for await (const rows of pages(from, table)) {
    const columns = Object.keys(rows[0] ?? {});
    const values = rows.map((row) => sql`(${sql.join(columns.map((column) => kept(row, column)))})`);
    const names = sql.join(columns.map((column) => sql.ref(column)));
    await sql`insert into ${sql.table(table)} (${names}) values ${sql.join(values)}`.execute(to);
    copied += rows.length;
  }
  return copied;
}

/** What far ends said about their troubles is the only text that nobody has cleaned. */
function kept(row: Row, column: string): unknown {
  const value = row[column];
  return column === 'detail' && typeof value === 'string' ? storableText(value) : value;
}

async function* pages(from: Kysely<Tables>, table: keyof Tables): AsyncGenerator<readonly Row[]> {
  const key = sql.join(KEYS[table].map((column) => sql.ref(column)));
  let last: Row | undefined;
  for (;;) {
    const after = last === undefined ? sql`` : sql`where (${key}) > (${sql.join(KEYS[table].map((column) => last?.[column]))})`;
    const { rows } = await sql<Row>`select * from ${sql.table(table)} ${after} order by ${key} limit ${PAGE_ROWS}`.execute(from);
    if (rows.length === 0) return;
    yield rows;
    last = rows.at(-1);
  }
}

/** Every entry against the chain. */
export async function verifyLedger(database: Kysely<Tables>): Promise<{ readonly head: Head; readonly faults: readonly Fault[] }> {
  const history = createHistory(database);
  const verification = startVerification();
  let after = 0;
  for (;;) {
    const page = await history.entries({ after, limit: PAGE_ROWS });
    for (const entry of page) verification.add(entry);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.position;
  }
  const { head, faults } = verification.finish();
  return { head, faults };
}

/** PostgreSQL keeps the head in a row of its own, which every append locks; SQLite reads it from the entries. */
async function setHead(to: Kysely<Tables>, { position, hash }: Head): Promise<void> {
  const tables = await to.introspection.getTables();
  if (!tables.some(({ name }) => name === 'ledger_head')) return;
  await sql`update ledger_head set position = ${position}, hash = ${hash}`.execute(to);
}
