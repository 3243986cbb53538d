/**
 * Asks once for all that is asked for in the same turn of the event loop: `ask` gets each key once and answers those it
 * knows. For questions that cost a round trip, or a query, each.
 */
export function inSameTurn<Answer>(
  ask: (keys: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
): (key: string) => Promise<Answer | null> {
  let asking: { readonly keys: Set<string>; readonly answers: Promise<ReadonlyMap<string, Answer>> } | null = null;

  function begin() {
    const keys = new Set<string>();
    const answers = Promise.resolve().then(() => {
      asking = null;
      return ask([...keys]);
    });
    return { keys, answers };
  }
  return async (key) => {
    asking ??= begin();
    asking.keys.add(key);
    return (await asking.answers).get(key) ?? null;
  };
}
