import { type Kysely, sql } from 'kysely';

/**
 * The tables of the embedded store in PostgreSQL's words. Append-only twice over: triggers refuse, and the bot's own role
 * may not even ask. An owner can undo both, which is why there is a chain.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await ledger(db);
  await streamsAndInbox(db);
  await effects(db);
  await appendOnly(db);
}

async function ledger(db: Kysely<unknown>): Promise<void> {
  await sql`create table entries (
    position bigint primary key, stream text not null, version bigint not null, type text not null, schema integer not null,
    incident bigint, at bigint not null, actor text not null, cause text not null, digest text not null, previous text not null,
    hash text not null, constraint entries_stream_version unique (stream, version))`.execute(db);
  await sql`create index entries_incident on entries (incident, position) where incident is not null`.execute(db);
  await sql`create table payloads (position bigint primary key, salt text, data text)`.execute(db);
  // Every append locks this one row first: positions follow each other without a gap, in the order of the commits.
  await sql`create table ledger_head (
    lone boolean primary key default true check (lone), position bigint not null, hash text not null)`.execute(db);
  await sql`insert into ledger_head (position, hash) values (0, repeat('0', 64))`.execute(db);
}

async function streamsAndInbox(db: Kysely<unknown>): Promise<void> {
  await sql`create table streams (
    stream text primary key, kind text not null, opened bigint not null, version bigint not null, state text not null,
    fold integer not null, open integer not null, incident bigint)`.execute(db);
  await sql`create index streams_kind on streams (kind, open, opened)`.execute(db);
  await sql`create index streams_newest on streams (kind, opened)`.execute(db);
  await sql`create index streams_incident on streams (incident, kind) where incident is not null`.execute(db);
  await sql`create table inbox (key text primary key, answer text not null, at bigint not null)`.execute(db);
}

async function effects(db: Kysely<unknown>): Promise<void> {
  await sql`create table effects (
    id text primary key, position bigint not null, number integer not null, lane text not null, due_at bigint not null,
    ready_at bigint, body text not null, state text not null, attempts integer not null default 0, fence integer not null default 0,
    lease_until bigint, reason text, detail text, "coalesce" text, sequence text, incident bigint)`.execute(db);
  // Only what is still owed is in these indexes, so that claiming does not slow down with history.
  await sql`create index effects_ready on effects (lane, ready_at, position, number) where ready_at is not null`.execute(db);
  await sql`create index effects_coalesce on effects ("coalesce") where "coalesce" is not null and state = 'pending'`.execute(db);
  await sql`create index effects_sequence on effects (sequence, position, number)
            where sequence is not null and ready_at is not null`.execute(db);
  await sql`create index effects_position on effects (position, number)`.execute(db);
  await sql`create index effects_dead on effects (position, number) where state = 'dead'`.execute(db);
}

async function appendOnly(db: Kysely<unknown>): Promise<void> {
  await sql`create function ledger_is_append_only() returns trigger language plpgsql as
    $$ begin raise exception 'the ledger is append-only' using errcode = 'integrity_constraint_violation'; end $$`.execute(db);
  const refuse = 'execute function ledger_is_append_only()';
  await sql.raw(`create trigger entries_fixed before update or delete on entries for each row ${refuse}`).execute(db);
  await sql.raw(`create trigger entries_whole before truncate on entries for each statement ${refuse}`).execute(db);
  await sql.raw(`create trigger payloads_kept before delete on payloads for each row ${refuse}`).execute(db);
  await sql.raw(`create trigger payloads_whole before truncate on payloads for each statement ${refuse}`).execute(db);
  // Erasing is the one change there is: both columns go, the position stays.
  await sql
    .raw(
      `create trigger payloads_erase_only before update on payloads for each row
       when (new.salt is not null or new.data is not null or new.position is distinct from old.position) ${refuse}`,
    )
    .execute(db);
  // Without ALWAYS, `set session_replication_role = replica` would step around a trigger.
  for (const [table, trigger] of TRIGGERS) await sql.raw(`alter table ${table} enable always trigger ${trigger}`).execute(db);
  await sql`revoke update, delete, truncate on entries from public, current_user`.execute(db);
  await sql`revoke delete, truncate on payloads from public, current_user`.execute(db);
}

const TRIGGERS = [
  ['entries', 'entries_fixed'],
  ['entries', 'entries_whole'],
  ['payloads', 'payloads_kept'],
  ['payloads', 'payloads_whole'],
  ['payloads', 'payloads_erase_only'],
] as const;
