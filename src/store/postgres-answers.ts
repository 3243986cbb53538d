import type { Kysely } from 'kysely';
import { inSameTurn } from '../kit/same-turn.ts';
import type { Tables } from './tables.ts';

/** The first answers to inbound keys: a batch of submits costs one round trip, not one each. */
export function createAnswers(db: Kysely<Tables>): (key: string) => Promise<string | null> {
  return inSameTurn(async (keys) => {
    const rows = await db
      .selectFrom('inbox')
      .select(['key', 'answer'])
      .where('key', 'in', [...keys])
      .execute();
    return new Map(rows.map(({ key, answer }) => [key, answer]));
  });
}
