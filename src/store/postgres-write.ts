import type { Pool, PoolClient } from 'pg';
import { PLACE_BETWEEN, placeless } from '../ledger/chain.ts';
import type { Batch } from './append-batch.ts';
import { LEDGER_CHANNEL, toldStreams } from './postgres-news.ts';
import { BY_INDEX, openPool } from './postgres-pool.ts';
import { settlementColumns } from './postgres-settlements.ts';

/** Each statement keeps the plan it was given first. A snapshot for each statement, whatever the server's default is. */
const WRITER_OPTIONS = `${BY_INDEX.options} -c plan_cache_mode=force_generic_plan -c default_transaction_isolation=read\\ committed`;

/** The one pipelined connection that a replica appends on. */
export function openWriter(url: string, broken: (fault: Error) => void): Pool {
  return openPool(url, { max: 1, pipeline: true, options: WRITER_OPTIONS }, broken);
}

/** What became of the rows of a batch: all of them are there, or none. */
export interface Written {
  /** Where the head was before. */
  readonly position: number;
  /** Whether the statement saw everything that was appended before it held the head. When not, nothing it saw counts. */
  readonly is_fresh: boolean;
  /** Whether what the batch presumes is true, and the rows are written. */
  readonly is_written: boolean;
}

// The head is locked first, so that nobody waits for it who holds something else. Who had to wait for it sees the newest head,
// but everything else as it was before: only when the head is the one of the snapshot, too, does the rest of it hold. Every append
// makes a new version of that row, also one that adds no entry.
const LOCKED = 'select position, hash, xmin as version from ledger_head for update';
const IS_FRESH = 'version = (select xmin from ledger_head)';

const GATE = `select position, hash from locked where ${IS_FRESH}
  and not exists (
    select from json_to_recordset($10::json) as row (stream text, expected bigint) left join streams using (stream)
    where coalesce(version, 0) <> expected)
  and not exists (select from inbox where key = any($9::text[]))`;

/** Hashes are made here and in `src/ledger/chain.ts`, which says what is hashed. */
const CHAINED = `select 0::bigint, position, hash from gate
  union all
  select number + 1, position + 1, encode(sha256(convert_to(
    ($2::text[])[number + 1] || (position + 1) || $4 || '"' || hash || '"' || ($3::text[])[number + 1], 'UTF8')), 'hex')
  from chained where number < cardinality($2::text[])`;

const HELD = `held as materialized (
  select id, fence from effects where id = any($13::text[]) and state = 'claimed' and exists (select from locked) for update),`;
// By the place in the arrays: a join of two lists the planner knows nothing about compares each row with each.
const NUMBER = 'array_position($13::text[], id)';
const ALL_HELD = `and (select count(*) from held where fence = ($14::integer[])[${NUMBER}]) = cardinality($13::text[])`;
const SETTLED = `settled as (
  update effects set state = ($15::text[])[${NUMBER}], reason = ($16::text[])[${NUMBER}], detail = ($17::text[])[${NUMBER}],
    ready_at = null, lease_until = null
  from gate where id = any($13::text[])),`;

/** Most batches settle nothing, and what a statement does not say it need not prepare for each time. */
function writing(settles: boolean) {
  return {
    name: settles ? 'allclear-write-and-settle' : 'allclear-write',
    text: `with recursive
      locked as materialized (${LOCKED}), ${settles ? HELD : ''}
      gate as materialized (${GATE} ${settles ? ALL_HELD : ''}),
      chained (number, position, hash) as (${CHAINED}),
      hashes as materialized (select array_agg(hash order by number) as made from chained),
      facts as materialized (
        select position + number as position, made[number] as previous, made[number + 1] as hash, row.*
        from gate, hashes, json_to_recordset($1::json) as row (number bigint, stream text, version bigint, type text, schema integer,
          incident bigint, at bigint, actor text, cause text, digest text, salt text, data text)),
      new_entries as (
        insert into entries (position, stream, version, type, schema, incident, at, actor, cause, digest, previous, hash)
        select position, stream, version, type, schema, incident, at, actor, cause, digest, previous, hash from facts),
      new_payloads as (insert into payloads (position, salt, data) select position, salt, data from facts),
      new_streams as (
        insert into streams (stream, kind, opened, version, state, fold, open, incident)
        select stream, kind, position + opened, version, state, fold, open, incident
        from gate, json_to_recordset($5::json) as row (stream text, kind text, opened bigint, version bigint, state text, fold integer,
          open integer, incident bigint)
        on conflict (stream) do update set version = excluded.version, state = excluded.state, fold = excluded.fold,
          open = excluded.open, incident = excluded.incident),
      superseded as (
        update effects set state = 'superseded', ready_at = null from gate where "coalesce" = any($7::text[]) and state = 'pending'),
      ${settles ? SETTLED : ''}
      new_effects as (
        insert into effects (id, position, number, lane, due_at, ready_at, body, state, reason, detail, "coalesce", sequence, incident)
        select gate.position + row.position || '-' || number, gate.position + row.position, number, lane, due_at, ready_at, body, state,
          reason, detail, "coalesce", sequence, incident
        from gate, json_to_recordset($6::json) as row (position bigint, number integer, lane text, due_at bigint, ready_at bigint,
          body text, state text, reason text, detail text, "coalesce" text, sequence text, incident bigint)),
      new_inbox as (
        insert into inbox (key, answer, at)
        select key, answer, at from gate, json_to_recordset($8::json) as row (key text, answer text, at bigint)),
      moved as (
        update ledger_head set position = gate.position + cardinality($2::text[]), hash = made[cardinality($2::text[]) + 1]
        from gate, hashes returning ledger_head.position)
      select position, ${IS_FRESH} as is_fresh, exists (select from gate) as is_written,
        (select pg_notify('${LEDGER_CHANNEL}', json_build_object('from', $11::text, 'position', position, 'streams', $12::json)::text)
          from moved where $12::json is not null) as told
      from locked`,
  };
}
const [WRITE, WRITE_AND_SETTLE] = [writing(false), writing(true)];

/**
 * Writes all rows of a batch, when each stream of `expected` is at its version, no key is taken and every settled effect is still
 * claimed. Tells the other replicas in the same transaction: they hear of it when it is there to be read, and never of one
 * that was rolled back.
 */
export async function writeBatch(
  client: PoolClient,
  batch: Batch,
  expected: readonly (readonly [stream: string, version: number])[],
  replica: string,
): Promise<Written> {
  const { streams, effects, supersede, inbox } = batch;
  const hashed = batch.entries.map(placeless);
  const entries = batch.entries.map((entry, index) => ({ ...entry, number: index + 1, digest: hashed[index]?.digest }));
  const settling = batch.settlements.length === 0 ? [] : settlementColumns(batch.settlements);
  const values = [
    JSON.stringify(entries),
    hashed.map(({ before }) => before),
    hashed.map(({ after }) => after),
    PLACE_BETWEEN,
    JSON.stringify(streams),
    JSON.stringify(effects),
    supersede,
    JSON.stringify(inbox),
    inbox.map(({ key }) => key),
    JSON.stringify(expected.map(([stream, version]) => ({ stream, expected: version }))),
    replica,
    streams.length === 0 ? null : toldStreams(streams.map(({ stream }) => stream)),
    ...settling,
  ];
  const statement = settling.length === 0 ? WRITE : WRITE_AND_SETTLE;
  const { rows } = await client.query<Written>({ ...statement, values });
  const [written] = rows;
  if (written === undefined) throw new Error('the ledger has no head; the database was not made by its migrations');
  return written;
}
