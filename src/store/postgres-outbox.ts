import { type Kysely, sql } from 'kysely';
import type { Outbox } from '../engine/store-port.ts';
import { claimable, createOutbox, fromRow, inLedgerOrder } from './outbox.ts';
import { storableText } from './postgres-text.ts';
import type { Tables } from './tables.ts';

/** The outbox of every SQL database, with claims that many replicas may make at once without waiting for each other. */
export function createPostgresOutbox(db: Kysely<Tables>): Outbox {
  const outbox = createOutbox(db);
  return {
    ...outbox,
    async claim({ lane, now, leaseMs, limit }) {
      const rows = await db
        // Materialized, so that no plan runs it twice and locks more than was asked for.
        .with(
          (cte) => cte('due').materialized(),
          (query) => claimable(query, lane).select('id').where('ready_at', '<=', now).limit(limit).forUpdate().skipLocked(),
        )
        .updateTable('effects')
        .from('due')
        .set({
          state: 'claimed',
          ready_at: now + leaseMs,
          lease_until: now + leaseMs,
          attempts: sql`attempts + 1`,
          fence: sql`fence + 1`,
        })
        .whereRef('effects.id', '=', 'due.id')
        .returningAll('effects')
        .execute();
      return rows.sort((one, other) => one.due_at - other.due_at || inLedgerOrder(one, other)).map(fromRow);
    },
    settle: (settlements) => outbox.settle(settlements.map(({ detail, ...rest }) => ({ ...rest, detail: storableText(detail) }))),
    release: ({ detail, ...rest }) => outbox.release({ ...rest, detail: storableText(detail) }),
  };
}
