import { type Kysely, sql } from 'kysely';

/** Messages of the console's rooms; every replica hears of a new one, because its browsers may be looking at that room. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table console_messages (
    key text primary key, room text not null, author text not null, at bigint not null, document text not null,
    kind text not null)`.execute(db);
  await sql`create index console_messages_room on console_messages (room, at)`.execute(db);
  await sql`create function tell_console() returns trigger language plpgsql as
    $$ begin perform pg_notify('allclear_console', new.room); return null; end $$`.execute(db);
  await sql`create trigger console_messages_told after insert or update on console_messages
    for each row execute function tell_console()`.execute(db);
}
