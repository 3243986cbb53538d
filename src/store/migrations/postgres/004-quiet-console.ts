import { type Kysely, sql } from 'kysely';

/** A replica that tells the others of new messages itself says so on its connections; for all the rest the trigger still does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create or replace function tell_console() returns trigger language plpgsql as
    $$ begin
      if current_setting('allclear.console', true) is distinct from 'quiet' then
        perform pg_notify('allclear_console', new.room);
      end if;
      return null;
    end $$`.execute(db);
}
