import { type Kysely, sql } from 'kysely';
import type { Outbox, Settlement } from '../engine/store-port.ts';
import { gathered } from '../kit/gather.ts';
import { byRows, compiledOnce } from './compiled.ts';
import { claimedRows, createOutbox, due } from './outbox.ts';
import { storableText } from './postgres-text.ts';
import type { Tables } from './tables.ts';

/** The outbox of every SQL database, with claims that many replicas may make at once without waiting for each other. */
export function createPostgresOutbox(db: Kysely<Tables>): Outbox {
  const outbox = createOutbox(db);
  const claimed = byRows((limit) => claimOf(db, limit));
  // One statement and one wait for the disk for all that ended meanwhile.
  const settled = gathered((settlements: readonly Settlement[]) => settleAll(db, settlements));
  return {
    ...outbox,
    async claim({ lane, now, leaseMs, limit }) {
      const { rows } = await claimed(limit)({ lane, now, until: now + leaseMs });
      return claimedRows(rows);
    },
    settle: (settlements) => Promise.all(settlements.map(settled)),
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

async function settleAll(db: Kysely<Tables>, settlements: readonly Settlement[]): Promise<readonly boolean[]> {
  const rows = settlements.map(({ detail, ...rest }) => ({ ...rest, detail: storableText(detail) }));
  const { rows: settled } = await sql<{ id: string; fence: number }>`
    update effects set state = row.state, reason = row.reason, detail = row.detail, ready_at = null, lease_until = null
    from json_to_recordset(${JSON.stringify(rows)}::json) as row (effect text, fence integer, state text, reason text, detail text)
    where effects.id = row.effect and effects.fence = row.fence and effects.state = 'claimed'
    returning effects.id, effects.fence`.execute(db);
  const known = new Set(settled.map(({ id, fence }) => `${id} ${fence}`));
  // The first to say it is heard; a second one of the same claim comes too late.
  return settlements.map(({ effect, fence }) => known.delete(`${effect} ${fence}`));
}
