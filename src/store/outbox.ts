import { type Kysely, type QueryCreator, type QueryResult, type Selectable, type SqlBool, sql } from 'kysely';
import type { Reason } from '../engine/ports.ts';
import { type EffectRow, type EffectState, type Lane, type Outbox, SEQUENCE_PATIENCE, type Settlement } from '../engine/store-port.ts';
import { type Ask, askKysely, byRows, compiledOnce } from './compiled.ts';
import { rowsMax } from './limit.ts';
import type { Tables } from './tables.ts';

/** Effects claimed, settled and looked at; written once for every SQL database. */
export function createOutbox(db: Kysely<Tables>, ask: Ask = askKysely(db)): Outbox {
  const claimed = byRows((limit) => compiledOnce(ask, claimOf(db, limit)));
  const renewed = compiledOnce(ask, renewOf(db));
  const settled = compiledOnce(ask, settleOf(db));
  const [released, untouched] = [compiledOnce(ask, releaseOf(db, false)), compiledOnce(ask, releaseOf(db, true))];
  const nextDue = compiledOnce(ask, ({ lane }: { lane: string }) => claimable(db, lane).select('ready_at').limit(rowsMax(1)));
  return {
    async claim({ lane, now, leaseMs, limit }) {
      const { rows } = await claimed(limit)({ lane, now, until: now + leaseMs });
      return claimedRows(rows);
    },
    renew: async (request) => isOne(await renewed({ ...request, ...placeOf(request.effect) })),
    async settle(settlements) {
      const answers: boolean[] = [];
      for (const settlement of settlements) answers.push(isOne(await settled({ ...settlement, ...placeOf(settlement.effect) })));
      return answers;
    },
    async release({ untried, ...request }) {
      return isOne(await (untried === true ? untouched : released)({ ...request, ...placeOf(request.effect) }));
    },
    async nextDue(lane) {
      return (await nextDue({ lane })).rows[0]?.ready_at ?? null;
    },
    async list({ states, incident, dueBefore, limit }) {
      let query = db
        .selectFrom('effects')
        .selectAll()
        .where('state', 'in', [...states]);
      for (const literal of literalsOf(states)) query = query.where(literal);
      if (incident !== undefined) query = query.where('incident', '=', incident);
      if (dueBefore !== undefined) query = query.where('due_at', '<', dueBefore);
      const rows = await query.orderBy('position').orderBy('number').limit(rowsMax(limit)).execute();
      return rows.map(fromRow);
    },
    async owedBy({ after, upTo }) {
      const query = db.selectFrom('effects').selectAll().where('position', '>', after).where('position', '<=', upTo);
      return (await query.orderBy('position').orderBy('number').execute()).map(fromRow);
    },
  };
}

/** What may be claimed now, the soonest first, in ledger order among those of one moment. */
export function due(db: QueryCreator<Tables>, lane: string, now: number) {
  return claimable(db, lane).where('ready_at', '<=', now).orderBy('position').orderBy('number');
}

/** What may be claimed now or later, the soonest first: of each sequence the first that is owed, unless it has failed too often. */
function claimable(db: QueryCreator<Tables>, lane: string) {
  return db
    .selectFrom('effects')
    .where('lane', '=', lane)
    .where('ready_at', 'is not', null)
    .where(sql<SqlBool>`(sequence is null or not exists (
      select 1 from effects as earlier
      where earlier.sequence = effects.sequence and earlier.ready_at is not null and earlier.attempts < ${sql.lit(SEQUENCE_PATIENCE)}
        and (earlier.position, earlier.number) < (effects.position, effects.number)))`)
    .orderBy('ready_at');
}

interface Claim {
  readonly [name: string]: string | number;
  readonly lane: string;
  readonly now: number;
  readonly until: number;
}

function claimOf(db: Kysely<Tables>, limit: number) {
  return ({ lane, now, until }: Claim) =>
    db
      .updateTable('effects')
      .set({ state: 'claimed', ready_at: until, lease_until: until, attempts: sql`attempts + 1`, fence: sql`fence + 1` })
      .where('id', 'in', due(db, lane, now).select('id').limit(rowsMax(limit)))
      .returningAll();
}

/** RETURNING promises no order. */
export function claimedRows(rows: readonly Selectable<Tables['effects']>[]): readonly EffectRow[] {
  return rows.toSorted((one, other) => one.due_at - other.due_at || inLedgerOrder(one, other)).map(fromRow);
}

/** Where the effect of this id is, by which PostgreSQL finds it. */
export function placeOf(effect: string): Placed {
  const [, position, number] = PLACE.exec(effect) ?? [];
  return position === undefined || number === undefined ? NOWHERE : { position: Number(position), number: Number(number) };
}
const PLACE = /^(\d{1,15})-(\d{1,9})$/;
/** Where a name leads that no ledger gave; readiness asks for one. */
const NOWHERE: Placed = { position: -1, number: -1 };
interface Placed {
  readonly [name: string]: string | number | null;
  readonly position: number;
  readonly number: number;
}

function renewOf(db: Kysely<Tables>) {
  return ({ effect, position, number, fence, until }: Placed & { effect: string; fence: number; until: number }) =>
    db
      .updateTable('effects')
      .set({ ready_at: until, lease_until: until })
      .where('position', '=', position)
      .where('number', '=', number)
      .where('id', '=', effect)
      .where('fence', '=', fence)
      .where('state', '=', 'claimed');
}

function settleOf(db: Kysely<Tables>) {
  return ({ effect, position, number, fence, state, reason, detail }: Placed & { [K in keyof Settlement]: Settlement[K] }) =>
    db
      .updateTable('effects')
      .set({ state, reason, detail, ready_at: null, lease_until: null })
      .where('position', '=', position)
      .where('number', '=', number)
      .where('id', '=', effect)
      .where('fence', '=', fence)
      .where('state', '=', 'claimed');
}

type Release = Parameters<Outbox['release']>[0];

function releaseOf(db: Kysely<Tables>, untried: boolean) {
  return ({ effect, position, number, fence, dueAt, reason, detail }: Placed & Omit<{ [K in keyof Release]: Release[K] }, 'untried'>) =>
    db
      .updateTable('effects')
      .set({ state: 'pending', ready_at: dueAt, lease_until: null, reason, detail })
      .$if(untried, (query) => query.set({ attempts: sql`attempts - 1` }))
      .where('position', '=', position)
      .where('number', '=', number)
      .where('id', '=', effect)
      .where('fence', '=', fence)
      .where('state', '=', 'claimed');
}

function isOne({ numAffectedRows }: QueryResult<unknown>): boolean {
  return numAffectedRows === 1n;
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

function inLedgerOrder(one: Place, other: Place): number {
  return one.position - other.position || one.number - other.number;
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
