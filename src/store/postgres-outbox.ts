import { type Kysely, sql } from 'kysely';
import type { Outbox } from '../engine/store-port.ts';
import { byRows, compiledOnce } from './compiled.ts';
import { claimedRows, createOutbox, due } from './outbox.ts';
import { storableText } from './postgres-text.ts';
import type { Tables } from './tables.ts';

/** The outbox of every SQL database, with claims that many replicas may make at once without waiting for each other. */
export function createPostgresOutbox(db: Kysely<Tables>): Outbox {
  const outbox = createOutbox(db);
  const claimed = byRows((limit) => claimOf(db, limit));
  return {
    ...outbox,
    async claim({ lane, now, leaseMs, limit }) {
      const { rows } = await claimed(limit)({ lane, now, until: now + leaseMs });
      return claimedRows(rows);
    },
    settle: (settlements) => outbox.settle(settlements.map(({ detail, ...rest }) => ({ ...rest, detail: storableText(detail) }))),
    release: ({ detail, ...rest }) => outbox.release({ ...rest, detail: storableText(detail) }),
  };
}

function claimOf(db: Kysely<Tables>, limit: number) {
  return compiledOnce(db, ({ lane, now, until }: { lane: string; now: number; until: number }) =>
    db
      // Materialized, so that no plan runs it twice and locks more than was asked for.
      .with(
        (cte) => cte('due').materialized(),
        (query) => due(query, lane, now, limit).forUpdate().skipLocked(),
      )
      .updateTable('effects')
      .from('due')
      .set({ state: 'claimed', ready_at: until, lease_until: until, attempts: sql`attempts + 1`, fence: sql`fence + 1` })
      .whereRef('effects.id', '=', 'due.id')
      .returningAll('effects'),
  );
}
