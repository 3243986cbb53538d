import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { Pool, type PoolConfig, types } from 'pg';

/** `int8`, the type of positions and times; PostgreSQL's own number for it (`select oid from pg_type`). */
const INT8 = 20;
/** Waiting for a connection, also for a free one of the pool. */
const CONNECT_MS_MAX = 5_000;
/** The server gives a statement up after this; the longest wait for the head of the ledger. */
const STATEMENT_MS_MAX = 5_000;
/** A replica that froze inside a transaction holds the head no longer than this. */
const IDLE_IN_TRANSACTION_MS_MAX = 5_000;
/** The client gives up a little later, for when the server says nothing at all. */
export const ANSWER_MS_MAX = 8_000;

/** Of every connection: no wait is without an end. */
export const connectionLimits = {
  connectionTimeoutMillis: CONNECT_MS_MAX,
  query_timeout: ANSWER_MS_MAX,
  statement_timeout: STATEMENT_MS_MAX,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
  keepAlive: true,
  application_name: 'allclear',
} as const;

/**
 * Compiling a statement pays for reports that read millions of rows. PostgreSQL before 18 counts a way of planning that is switched off as a
 * huge cost, and would compile each of our smallest statements, every time: 0.7 s instead of half a millisecond.
 */
const NO_COMPILING = '-c jit=off';

/**
 * For statements that are asked for every delivery: each has an index that answers it in its order, and has to be answered by it
 * whatever the statistics say. They are of a time when little was owed, and the planner would sort or read all of it in a storm.
 */
export const BY_INDEX = {
  options: `${NO_COMPILING} -c enable_sort=off -c enable_bitmapscan=off -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off`,
} as const;

/** For connections of a replica that tells of new messages itself: the trigger of the console's messages looks for it. */
export const QUIET = { options: `${NO_COMPILING} -c allclear.console=quiet` } as const;

/**
 * Connections that cannot hang: every wait has an end, and a lost connection is an error of whoever uses it, never of the
 * process. `broken` is told of connections lost while nobody used them.
 */
export function openPool(url: string, config: PoolConfig, broken: (fault: Error) => void): Pool {
  const pool = new Pool({
    connectionString: url,
    ...connectionLimits,
    options: NO_COMPILING,
    types: { getTypeParser },
    ...config,
  });
  pool.on('error', broken);
  // A client that is in use reports to its own listeners: one for each, or losing the server would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

const getTypeParser: NonNullable<PoolConfig['types']>['getTypeParser'] = (oid, format) =>
  oid === INT8 ? exactNumber : types.getTypeParser(oid, format);

/** Positions and times are numbers here; one that is not exact any more would be another one. */
function exactNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`the database holds ${text}, more than a number can`);
  return number;
}

/** The same connections for Kysely, which plan a statement once and not at every run. Only for few different statements. */
export function prepared(pool: Pool): PostgresPool {
  const names = new Map<string, string>();
  const nameOf = (text: string): string => {
    const name = names.get(text) ?? `allclear-${names.size}`;
    names.set(text, name);
    return name;
  };
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      const query = (text: string, values: readonly unknown[]) => client.query({ name: nameOf(text), text, values: [...values] });
      return { query: query as unknown as PostgresPoolClient['query'], release: (destroy) => client.release(destroy) };
    },
  };
}
