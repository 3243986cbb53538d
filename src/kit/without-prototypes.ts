/**
 * Plain data with records that have no prototype, at every depth, in place: nothing is found under `constructor` that was not put there.
 * Crossing to another thread gives every record one.
 */
export function withoutPrototypes<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) Object.setPrototypeOf(value, null);
  for (const one of Object.values(value)) withoutPrototypes(one);
  return value;
}
