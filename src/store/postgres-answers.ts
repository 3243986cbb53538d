import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

type Answers = ReadonlyMap<string, string>;

/**
 * The first answers to inbound keys. Keys asked for in the same turn share one question: a batch of submits costs one round
 * trip, not one each.
 */
export function createAnswers(db: Kysely<Tables>): (key: string) => Promise<string | null> {
  let asking: { readonly keys: string[]; readonly answers: Promise<Answers> } | null = null;

  function ask(): { readonly keys: string[]; readonly answers: Promise<Answers> } {
    const keys: string[] = [];
    const answers = Promise.resolve().then(() => {
      asking = null;
      return read(db, keys);
    });
    return { keys, answers };
  }
  return async (key) => {
    asking ??= ask();
    asking.keys.push(key);
    return (await asking.answers).get(key) ?? null;
  };
}

async function read(db: Kysely<Tables>, keys: readonly string[]): Promise<Answers> {
  const rows = await db.selectFrom('inbox').select(['key', 'answer']).where('key', 'in', keys).execute();
  return new Map(rows.map(({ key, answer }) => [key, answer]));
}
