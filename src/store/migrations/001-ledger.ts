import { type Kysely, sql } from 'kysely';

/** Entries, payloads, streams, outbox, inbox. Triggers make the ledger append-only; see `docs/decisions/`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('entries')
    .addColumn('position', 'integer', (column) => column.primaryKey())
    .addColumn('stream', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('schema', 'integer', (column) => column.notNull())
    .addColumn('incident', 'integer')
    .addColumn('at', 'integer', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('cause', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('previous', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addUniqueConstraint('entries_stream_version', ['stream', 'version'])
    .execute();
  await sql`create index entries_incident on entries (incident, position) where incident is not null`.execute(db);
  await db.schema
    .createTable('payloads')
    .addColumn('position', 'integer', (column) => column.primaryKey())
    .addColumn('salt', 'text')
    .addColumn('data', 'text')
    .execute();
  await db.schema
    .createTable('streams')
    .addColumn('stream', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('opened', 'integer', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('fold', 'integer', (column) => column.notNull())
    .addColumn('open', 'integer', (column) => column.notNull())
    .addColumn('incident', 'integer')
    .execute();
  await sql`create index streams_kind on streams (kind, open, opened)`.execute(db);
  await sql`create index streams_newest on streams (kind, opened)`.execute(db);
  await sql`create index streams_incident on streams (incident, kind) where incident is not null`.execute(db);
  await effectsAndInbox(db);
  await appendOnly(db);
}

async function effectsAndInbox(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('effects')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('lane', 'text', (column) => column.notNull())
    .addColumn('due_at', 'integer', (column) => column.notNull())
    .addColumn('ready_at', 'integer')
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('fence', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('lease_until', 'integer')
    .addColumn('reason', 'text')
    .addColumn('detail', 'text')
    .addColumn('coalesce', 'text')
    .addColumn('sequence', 'text')
    .addColumn('incident', 'integer')
    .execute();
  // Only what is still owed is in these indexes, so that claiming does not slow down with history.
  await sql`create index effects_ready on effects (lane, ready_at) where ready_at is not null`.execute(db);
  await sql`create index effects_coalesce on effects (coalesce) where coalesce is not null and state = 'pending'`.execute(db);
  await sql`create index effects_sequence on effects (sequence, position, number)
            where sequence is not null and ready_at is not null`.execute(db);
  await sql`create index effects_position on effects (position, number)`.execute(db);
  await sql`create index effects_dead on effects (position, number) where state = 'dead'`.execute(db);
  await db.schema
    .createTable('inbox')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('answer', 'text', (column) => column.notNull())
    .addColumn('at', 'integer', (column) => column.notNull())
    .execute();
}

async function appendOnly(db: Kysely<unknown>): Promise<void> {
  const refuse = "select raise(abort, 'the ledger is append-only');";
  await sql.raw(`create trigger entries_no_update before update on entries begin ${refuse} end`).execute(db);
  await sql.raw(`create trigger entries_no_delete before delete on entries begin ${refuse} end`).execute(db);
  await sql.raw(`create trigger payloads_no_delete before delete on payloads begin ${refuse} end`).execute(db);
  // Erasing is the one change there is: both columns go, the position stays.
  await sql
    .raw(
      `create trigger payloads_erase_only before update on payloads
       when new.salt is not null or new.data is not null or new.position is not old.position begin ${refuse} end`,
    )
    .execute(db);
}
