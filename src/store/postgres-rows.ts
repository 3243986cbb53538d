/** Adds a parameter to a statement, with how its value is read from what the statement is asked. Answers what stands for it in the text. */
export type Parameter<Asked> = (type: string, read: (asked: Asked) => unknown) => string;

/** The columns of rows, with their types. */
export type Columns = Readonly<Record<string, string>>;

export const ENTRY = {
  ...{ stream: 'text', version: 'bigint', type: 'text', schema: 'integer', incident: 'bigint', at: 'bigint', actor: 'text' },
  ...{ cause: 'text', salt: 'text', data: 'text' },
} as const satisfies Columns;
/** An entry with its number in the batch. */
export const NUMBERED_ENTRY = { ...ENTRY, number: 'bigint', digest: 'text' } as const satisfies Columns;
export const MOVED_STREAM = {
  ...{ stream: 'text', version: 'bigint', state: 'text', fold: 'integer', open: 'integer', incident: 'bigint' },
} as const satisfies Columns;
export const STREAM = { ...MOVED_STREAM, kind: 'text', opened: 'bigint' } as const satisfies Columns;
export const EFFECT = {
  ...{ position: 'bigint', number: 'integer', lane: 'text', due_at: 'bigint', ready_at: 'bigint', body: 'text', state: 'text' },
  ...{ reason: 'text', detail: 'text', coalesce: 'text', sequence: 'text', incident: 'bigint' },
} as const satisfies Columns;
export const ANSWER = { key: 'text', answer: 'text', at: 'bigint' } as const satisfies Columns;
export const EXPECTED = { stream: 'text', expected: 'bigint' } as const satisfies Columns;

/** What stands for a value in the text of a statement, by its column. */
export type Row = Readonly<Record<string, string>>;

/** A parameter for every cell of `few` rows; of a row that is not there, all cells are null. */
export function cells<Asked>(columns: Columns, few: number, parameter: Parameter<Asked>, rows: (asked: Asked) => readonly object[]): Row[] {
  const cell = (asked: Asked, index: number, name: string): unknown => (rows(asked)[index] as Row | undefined)?.[name] ?? null;
  const row = (index: number): Row =>
    Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, parameter(type, (asked) => cell(asked, index, name))]));
  return Array.from({ length: few }, (_none, index) => row(index));
}

/** Rows as a relation named "row", without those whose first column is null. */
export function valuesOf(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {}).map((name) => `"${name}"`);
  const all = rows.map((row) => `(${Object.values(row).join(', ')})`).join(', ');
  return `(select * from (values ${all}) as row (${names.join(', ')}) where ${names[0]} is not null) as row`;
}

/** Any number of rows as a relation named "row". */
export function jsonOf<Asked>(columns: Columns, parameter: Parameter<Asked>, rows: (asked: Asked) => readonly object[]): string {
  const typed = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`);
  return `json_to_recordset(${parameter('json', (asked) => JSON.stringify(rows(asked)))}) as row (${typed.join(', ')})`;
}
