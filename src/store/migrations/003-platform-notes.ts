import type { Kysely } from 'kysely';

/** What chat worlds remember: which channel is whose room, which message is the card, what was heard and is not worked on yet. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('platform_notes')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}
