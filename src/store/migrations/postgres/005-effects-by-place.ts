import { type Kysely, sql } from 'kysely';

/**
 * An effect is found by its place alone, which its id begins with: one index less that every promise, claim and settlement has to
 * be put into. The release before asks by the id, and reads the table for it until it is gone.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table effects drop constraint effects_pkey, add primary key (position, number)`.execute(db);
  await sql`drop index effects_position`.execute(db);
}
