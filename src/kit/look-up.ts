/** What a record holds under a name somebody gave, or undefined; never what every object inherits (`constructor`). */
export function lookUp<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
