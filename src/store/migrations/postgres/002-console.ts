import { type Kysely, sql } from 'kysely';

/** Messages of the console's rooms. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table console_messages (
    key text primary key, room text not null, author text not null, at bigint not null, document text not null,
    kind text not null)`.execute(db);
  await sql`create index console_messages_room on console_messages (room, at)`.execute(db);
}
