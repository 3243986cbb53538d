import { type RawBuilder, sql } from 'kysely';

/**
 * How many rows, written into the query. As a parameter SQLite would plan the query anew at every run: its planner looks at the
 * value of `LIMIT ?`, so each new value makes the prepared statement stale. That costs ten times what the query itself does.
 */
export function rowsMax(count: number): RawBuilder<number> {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`${count} is no number of rows`);
  return sql.lit(count);
}
