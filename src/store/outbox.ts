import { type Kysely, sql } from 'kysely';
import type { EffectRow, EffectState, Lane, Outbox, Reason } from '../engine/ports.ts';
import type { Tables } from './tables.ts';

/** Effects claimed, settled and looked at; written once for every SQL database. */
export function createOutbox(db: Kysely<Tables>): Outbox {
  return {
    async claim({ lane, now, leaseMs, limit }) {
      const due = db
        .selectFrom('effects')
        .select('id')
        .where('lane', '=', lane)
        .where('ready_at', '<=', now)
        .orderBy('ready_at')
        .orderBy('position')
        .limit(limit);
      const rows = await db
        .updateTable('effects')
        .set({
          state: 'claimed',
          ready_at: now + leaseMs,
          lease_until: now + leaseMs,
          attempts: sql`attempts + 1`,
          fence: sql`fence + 1`,
        })
        .where('id', 'in', due)
        .returningAll()
        .execute();
      // RETURNING promises no order.
      return rows.map(fromRow).sort((one, other) => one.dueAt - other.dueAt || compareIds(one.id, other.id));
    },
    async settle(settlements) {
      const settled: boolean[] = [];
      for (const { effect, fence, state, reason, detail } of settlements) {
        const result = await db
          .updateTable('effects')
          .set({ state, reason, detail, ready_at: null, lease_until: null })
          .where('id', '=', effect)
          .where('fence', '=', fence)
          .where('state', '=', 'claimed')
          .executeTakeFirst();
        settled.push(result.numUpdatedRows === 1n);
      }
      return settled;
    },
    async release({ effect, fence, dueAt, reason, detail }) {
      const result = await db
        .updateTable('effects')
        .set({ state: 'pending', ready_at: dueAt, lease_until: null, reason, detail })
        .where('id', '=', effect)
        .where('fence', '=', fence)
        .where('state', '=', 'claimed')
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    async nextDue(lane) {
      const row = await db
        .selectFrom('effects')
        .select('ready_at')
        .where('lane', '=', lane)
        .where('ready_at', 'is not', null)
        .orderBy('ready_at')
        .limit(1)
        .executeTakeFirst();
      return row?.ready_at ?? null;
    },
    async list({ states, incident, limit }) {
      let query = db
        .selectFrom('effects')
        .selectAll()
        .where('state', 'in', [...states]);
      if (incident !== undefined) query = query.where('incident', '=', incident);
      const rows = await query.orderBy('position').limit(limit).execute();
      return rows.map(fromRow);
    },
  };
}

function fromRow(row: {
  id: string;
  lane: string;
  due_at: number;
  body: string;
  state: string;
  attempts: number;
  fence: number;
  lease_until: number | null;
  reason: string | null;
  detail: string | null;
}): EffectRow {
  return {
    id: row.id,
    lane: row.lane as Lane,
    dueAt: row.due_at,
    body: JSON.parse(row.body),
    state: row.state as EffectState,
    attempts: row.attempts,
    fence: row.fence,
    leaseUntil: row.lease_until,
    reason: row.reason as Reason | null,
    detail: row.detail,
  };
}

/** `<position>-<number>` by position, then number. */
function compareIds(one: string, other: string): number {
  const [position, number] = one.split('-').map(Number) as [number, number];
  const [otherPosition, otherNumber] = other.split('-').map(Number) as [number, number];
  return position - otherPosition || number - otherNumber;
}
