import { type Kysely, type QueryCreator, type SqlBool, sql } from 'kysely';
import type { Reason } from '../engine/ports.ts';
import { type EffectRow, type EffectState, type Lane, type Outbox, SEQUENCE_PATIENCE, type Settlement } from '../engine/store-port.ts';
import type { Tables } from './tables.ts';

/** Effects claimed, settled and looked at; written once for every SQL database. */
export function createOutbox(db: Kysely<Tables>): Outbox {
  return {
    async claim({ lane, now, leaseMs, limit }) {
      const rows = await db
        .updateTable('effects')
        .set({
          state: 'claimed',
          ready_at: now + leaseMs,
          lease_until: now + leaseMs,
          attempts: sql`attempts + 1`,
          fence: sql`fence + 1`,
        })
        .where('id', 'in', claimable(db, lane).select('id').where('ready_at', '<=', now).limit(limit))
        .returningAll()
        .execute();
      // RETURNING promises no order.
      return rows.sort((one, other) => one.due_at - other.due_at || inLedgerOrder(one, other)).map(fromRow);
    },
    async settle(settlements) {
      const settled: boolean[] = [];
      for (const settlement of settlements) settled.push(await settleOne(db, settlement));
      return settled;
    },
    async release({ effect, fence, dueAt, reason, detail, untried }) {
      const result = await db
        .updateTable('effects')
        .set({ state: 'pending', ready_at: dueAt, lease_until: null, reason, detail })
        .$if(untried === true, (query) => query.set({ attempts: sql`attempts - 1` }))
        .where('id', '=', effect)
        .where('fence', '=', fence)
        .where('state', '=', 'claimed')
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    async nextDue(lane) {
      const row = await claimable(db, lane).select('ready_at').limit(1).executeTakeFirst();
      return row?.ready_at ?? null;
    },
    async list({ states, incident, dueBefore, limit }) {
      let query = db
        .selectFrom('effects')
        .selectAll()
        .where('state', 'in', [...states]);
      for (const literal of literalsOf(states)) query = query.where(literal);
      if (incident !== undefined) query = query.where('incident', '=', incident);
      if (dueBefore !== undefined) query = query.where('due_at', '<', dueBefore);
      const rows = await query.orderBy('position').orderBy('number').limit(limit).execute();
      return rows.map(fromRow);
    },
    async owedBy({ after, upTo }) {
      const query = db.selectFrom('effects').selectAll().where('position', '>', after).where('position', '<=', upTo);
      return (await query.orderBy('position').orderBy('number').execute()).map(fromRow);
    },
  };
}

/** What may be claimed now or later, the soonest first: of each sequence the first that is owed, unless it has failed too often. */
export function claimable(db: QueryCreator<Tables>, lane: Lane) {
  return db
    .selectFrom('effects')
    .where('lane', '=', lane)
    .where('ready_at', 'is not', null)
    .where(sql<SqlBool>`(sequence is null or not exists (
      select 1 from effects as earlier
      where earlier.sequence = effects.sequence and earlier.ready_at is not null and earlier.attempts < ${SEQUENCE_PATIENCE}
        and (earlier.position, earlier.number) < (effects.position, effects.number)))`)
    .orderBy('ready_at')
    .orderBy('position')
    .orderBy('number');
}

async function settleOne(db: Kysely<Tables>, { effect, fence, state, reason, detail }: Settlement): Promise<boolean> {
  const result = await db
    .updateTable('effects')
    .set({ state, reason, detail, ready_at: null, lease_until: null })
    .where('id', '=', effect)
    .where('fence', '=', fence)
    .where('state', '=', 'claimed')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

const UNSETTLED: ReadonlySet<EffectState> = new Set(['pending', 'claimed']);

/** The same said in words the partial indexes are made of, which no parameter matches: history is not searched for what is owed. */
function literalsOf(states: readonly EffectState[]) {
  if (states.every((state) => UNSETTLED.has(state))) return [sql<SqlBool>`ready_at is not null`];
  return states.every((state) => state === 'dead') ? [sql<SqlBool>`state = 'dead'`] : [];
}

interface Place {
  readonly position: number;
  readonly number: number;
}

export function inLedgerOrder(one: Place, other: Place): number {
  return one.position - other.position || one.number - other.number;
}

export function fromRow(row: {
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
