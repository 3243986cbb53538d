import { type Kysely, type SqlBool, sql } from 'kysely';
import type { Outbox, Settlement } from '../engine/store-port.ts';
import { gathered } from '../kit/gather.ts';
import { askKysely, compiledOnce } from './compiled.ts';
import { claimedRows, createOutbox, due } from './outbox.ts';
import { settlementColumns } from './postgres-settlements.ts';
import { storableText } from './postgres-text.ts';
import type { Tables } from './tables.ts';

/** The outbox of every SQL database, with claims that many replicas may make at once without waiting for each other. */
export function createPostgresOutbox(db: Kysely<Tables>): Outbox {
  const outbox = createOutbox(db);
  const claimed = claimOf(db);
  // One statement and one wait for the disk for all that ended meanwhile.
  const settled = gathered((settlements: readonly Settlement[]) => settleAll(db, settlements));
  return {
    ...outbox,
    async claim({ lane, now, leaseMs, limit }) {
      const { rows } = await claimed({ lane, now, until: now + leaseMs, limit });
      return claimedRows(rows);
    },
    settle: (settlements) => Promise.all(settlements.map(settled)),
    release: ({ detail, ...rest }) => outbox.release({ ...rest, detail: storableText(detail) }),
  };
}

function claimOf(db: Kysely<Tables>) {
  return compiledOnce(askKysely(db), ({ lane, now, until, limit }: { lane: string; now: number; until: number; limit: number }) => {
    // By where the rows are: they are found and locked once, and no join has to find them again.
    const places = due(db, lane, now).select(sql`ctid`.as('place')).limit(limit).forUpdate().skipLocked();
    return db
      .updateTable('effects')
      .set({ state: 'claimed', ready_at: until, lease_until: until, attempts: sql`attempts + 1`, fence: sql`fence + 1` })
      .where(sql<SqlBool>`ctid = any (array(${places}))`)
      .returningAll();
  });
}

async function settleAll(db: Kysely<Tables>, settlements: readonly Settlement[]): Promise<readonly boolean[]> {
  const [positions, numbers, _ids, fences, states, reasons, details] = settlementColumns(settlements);
  const { rows: settled } = await sql<{ id: string; fence: number }>`
    update effects set state = row.state, reason = row.reason, detail = row.detail, ready_at = null, lease_until = null
    from unnest(${positions}::bigint[], ${numbers}::integer[], ${fences}::integer[], ${states}::text[], ${reasons}::text[], ${details}::text[])
      as row (position, number, fence, state, reason, detail)
    where effects.position = row.position and effects.number = row.number and effects.fence = row.fence and effects.state = 'claimed'
    returning effects.id, effects.fence`.execute(db);
  const known = new Set(settled.map(({ id, fence }) => `${id} ${fence}`));
  // The first to say it is heard; a second one of the same claim comes too late.
  return settlements.map(({ effect, fence }) => known.delete(`${effect} ${fence}`));
}
