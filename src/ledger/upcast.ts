/** What raising old data needs to know of an event: its schema now, and one step for every older one. */
export interface Upcastable {
  readonly schema: number;
  /** `upcast[1]` turns data of schema 1 into schema 2. */
  readonly upcast?: Readonly<Record<number, (data: unknown) => unknown>>;
}

/**
 * Brings stored data to the schema its event has today, one step at a time. Throws when that cannot be done: an
 * unknown event or a newer schema (the ledger was written by a later release), or a step nobody wrote (a bug).
 */
export function upcast(catalogue: Readonly<Record<string, Upcastable>>, type: string, schema: number, data: unknown): unknown {
  const row = Object.hasOwn(catalogue, type) ? catalogue[type] : undefined;
  if (row === undefined) throw new Error(`no event of type ${type} in this release`);
  if (schema > row.schema) throw new Error(`schema ${schema} of ${type} is newer than this release`);
  let raised = data;
  for (let version = schema; version < row.schema; version += 1) {
    const step = row.upcast?.[version];
    if (step === undefined) throw new Error(`no upcast of ${type} from schema ${version}`);
    raised = step(raised);
  }
  return raised;
}
