import type { Pool, PoolClient, QueryResult } from 'pg';
import type { Commit, CommitVerdict } from '../engine/store-port.ts';
import type { Head } from '../ledger/entry.ts';
import { type Batch, judgeBatch, type Known } from './append-batch.ts';
import { LEDGER_CHANNEL, newsText } from './postgres-news.ts';
import { storableText } from './postgres-text.ts';

/**
 * Appends commits in one transaction and two round trips: the first locks the head and reads all the verdicts hang on, the
 * second writes every row in one statement and commits. `pool` has one pipelined connection. Throws when anything failed:
 * then nobody knows whether it was kept, and the connection is thrown away with whatever is left of the transaction.
 * `replica` is our name in what the others are told.
 */
export function createPostgresAppend(pool: Pool, replica: string): (commits: readonly Commit[]) => Promise<readonly CommitVerdict[]> {
  return async (commits) => {
    const client = await pool.connect();
    try {
      const batch = judgeBatch(await lockAndRead(client, commits), commits);
      await write(client, batch, replica);
      client.release();
      return batch.verdicts;
    } catch (fault) {
      client.release(true);
      throw fault;
    }
  };
}

/** Named statements are planned once for each connection. */
const LOCK = { name: 'allclear-lock', text: 'select position, hash from ledger_head for update' };
// A statement of its own after the lock, because it must see what the holder before us committed.
const READ = {
  name: 'allclear-read',
  text: `with held as materialized (select id, fence from effects where id = any($3::text[]) and state = 'claimed' for update)
         select (select coalesce(json_agg(json_build_array(stream, version)), '[]') from streams where stream = any($1::text[])) as versions,
                (select coalesce(json_agg(key), '[]') from inbox where key = any($2::text[])) as inbox,
                (select coalesce(json_agg(json_build_array(id, fence)), '[]') from held) as claimed`,
};

interface ReadRow {
  readonly versions: readonly (readonly [string, number])[];
  readonly inbox: readonly string[];
  readonly claimed: readonly (readonly [string, number])[];
}

async function lockAndRead(client: PoolClient, commits: readonly Commit[]): Promise<Known> {
  const streams = commits.flatMap(({ writes, reads = [] }) => [...writes, ...reads].map(({ stream }) => stream));
  const keys = commits.flatMap(({ inbox }) => inbox?.key ?? []);
  const settled = commits.flatMap(({ settle }) => settle?.effect ?? []);
  const values = [[...new Set(streams)], keys, settled];
  const [, locked, read] = await allAnswered([
    client.query('begin isolation level read committed'),
    client.query<{ position: number; hash: string }>(LOCK),
    client.query<ReadRow>({ ...READ, values }),
  ] as const);
  const { versions, inbox, claimed } = onlyRow(read);
  const head: Head = onlyRow(locked);
  return { head, versions: new Map(versions), inbox: new Set(inbox), claimed: new Map(claimed) };
}

const WRITE = {
  name: 'allclear-write',
  text: `with
    new_entries as (
      insert into entries (position, stream, version, type, schema, incident, at, actor, cause, digest, previous, hash)
      select position, stream, version, type, schema, incident, at, actor, cause, digest, previous, hash
      from json_to_recordset($1::json) as row (position bigint, stream text, version bigint, type text, schema integer,
        incident bigint, at bigint, actor text, cause text, digest text, previous text, hash text)),
    new_payloads as (
      insert into payloads (position, salt, data)
      select position, salt, data from json_to_recordset($1::json) as row (position bigint, salt text, data text)),
    new_streams as (
      insert into streams (stream, kind, opened, version, state, fold, open, incident)
      select stream, kind, opened, version, state, fold, open, incident
      from json_to_recordset($2::json) as row (stream text, kind text, opened bigint, version bigint, state text, fold integer,
        open integer, incident bigint)
      on conflict (stream) do update set version = excluded.version, state = excluded.state, fold = excluded.fold,
        open = excluded.open, incident = excluded.incident),
    superseded as (
      update effects set state = 'superseded', ready_at = null where "coalesce" = any($4::text[]) and state = 'pending'),
    settled as (
      update effects set state = row.state, reason = row.reason, detail = row.detail, ready_at = null, lease_until = null
      from json_to_recordset($5::json) as row (effect text, state text, reason text, detail text) where id = row.effect),
    new_effects as (
      insert into effects (id, position, number, lane, due_at, ready_at, body, state, reason, detail, "coalesce", sequence, incident)
      select id, position, number, lane, due_at, ready_at, body, state, reason, detail, "coalesce", sequence, incident
      from json_to_recordset($3::json) as row (id text, position bigint, number integer, lane text, due_at bigint, ready_at bigint,
        body text, state text, reason text, detail text, "coalesce" text, sequence text, incident bigint)),
    new_inbox as (
      insert into inbox (key, answer, at)
      select key, answer, at from json_to_recordset($6::json) as row (key text, answer text, at bigint))
    update ledger_head set position = $7, hash = $8`,
};
const TELL = { name: 'allclear-tell', text: `select pg_notify('${LEDGER_CHANNEL}', $1)` };
const ERASE = 'update payloads set salt = null, data = null where position = any($1::bigint[])';
const FORGET = `update effects set body = '{}' where position = any($1::bigint[]) and ready_at is null`;

async function write(client: PoolClient, batch: Batch, replica: string): Promise<void> {
  const { entries, streams, effects, supersede, inbox, erase, head } = batch;
  const settlements = batch.settlements.map(({ detail, ...rest }) => ({ ...rest, detail: storableText(detail) }));
  const parts = [entries, streams, effects].map((rows) => JSON.stringify(rows));
  const values = [...parts, supersede, JSON.stringify(settlements), JSON.stringify(inbox), head.position, head.hash];
  // After the rows of this batch are there: an effect may be settled and forgotten by the same commit.
  const erasing = erase.length === 0 ? [] : [ERASE, FORGET].map((text) => () => client.query(text, [erase]));
  const written = client.query({ ...WRITE, values });
  const moved = streams.map(({ stream }) => stream);
  // Part of the transaction: the others hear of it when it is there to be read, and never of one that was rolled back.
  const told = moved.length === 0 ? [] : [client.query({ ...TELL, values: [newsText(replica, head.position, moved)] })];
  const answers = await allAnswered([written, ...told, ...erasing.map((ask) => ask()), client.query('commit')]);
  // A commit of a transaction that failed is answered too, as a rollback.
  if (answers.at(-1)?.command !== 'COMMIT') throw new Error('the database rolled the append back');
}

/** Waits for every answer of a pipeline, then throws the first fault, so that none is left unheard. */
async function allAnswered<T extends readonly Promise<QueryResult>[]>(asked: T): Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }> {
  const answers = await Promise.allSettled(asked);
  const failed = answers.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return Promise.all(asked) as Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }>;
}

function onlyRow<T extends object>({ rows }: QueryResult<T>): T {
  const [row] = rows;
  if (row === undefined) throw new Error('the ledger has no head; the database was not made by its migrations');
  return row;
}
