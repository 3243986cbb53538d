import type { Kysely } from 'kysely';
import type { Outbox } from '../engine/store-port.ts';
import { createOutbox } from './outbox.ts';
import type { Tables } from './tables.ts';

/** The outbox of every SQL database, where a look costs less than a claim that finds nothing: SQLite opens a write for each. */
export function createSqliteOutbox(db: Kysely<Tables>): Outbox {
  const outbox = createOutbox(db);
  return {
    ...outbox,
    async claim(request) {
      const due = await outbox.nextDue(request.lane);
      return due === null || due > request.now ? [] : outbox.claim(request);
    },
  };
}
