import type { Compilable, CompiledQuery, Kysely, QueryResult } from 'kysely';
import type { Tables } from './tables.ts';

type Given = Readonly<Record<string, string | number | null>>;

/** Asks the database a query that is text already. */
export type Ask = <Row>(query: CompiledQuery<Row>) => Promise<QueryResult<Row>>;

/** As Kysely does it, which fits every database. */
export function askKysely(db: Kysely<Tables>): Ask {
  return (query) => db.executeQuery(query);
}

/**
 * A query that is built and compiled once and then asked with other values: building one costs more than SQLite needs to
 * answer it. `build` is called with stand-ins for the values; it may only hand them on. What is computed with one throws.
 */
export function compiledOnce<G extends Given, Row>(
  ask: Ask,
  build: (given: G) => Compilable<Row>,
): (given: G) => Promise<QueryResult<Row>> {
  const standIns = new Map<unknown, string>();
  let compiled: ReturnType<Compilable<Row>['compile']> | null = null;
  const standIn = (name: string): unknown => {
    // Without a prototype it is neither a number nor a text, and refuses to become one.
    const made: unknown = Object.freeze(Object.create(null));
    standIns.set(made, name);
    return made;
  };
  return (given) => {
    compiled ??= build(Object.fromEntries(Object.keys(given).map((name) => [name, standIn(name)])) as G).compile();
    const parameters = compiled.parameters.map((value) => {
      const name = standIns.get(value);
      return name === undefined ? value : given[name];
    });
    return ask({ ...compiled, parameters });
  };
}

/** One of those for each number of rows, because that is written into the query. */
export function byRows<T>(make: (rows: number) => T): (rows: number) => T {
  const made = new Map<number, T>();
  return (rows) => {
    const known = made.get(rows) ?? make(rows);
    made.set(rows, known);
    return known;
  };
}
