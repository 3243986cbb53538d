import { type Kysely, sql } from 'kysely';

/** What chat worlds remember. Keys are compared by their bytes, so that a beginning of a key is a range. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table platform_notes (key text collate "C" primary key, value text not null)`.execute(db);
}
