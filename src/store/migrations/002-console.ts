import type { Kysely } from 'kysely';

/** Messages of the console's rooms. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('console_messages')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('room', 'text', (column) => column.notNull())
    .addColumn('author', 'text', (column) => column.notNull())
    .addColumn('at', 'integer', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('console_messages_room').on('console_messages').columns(['room', 'at']).execute();
}
