import { closeSync, copyFileSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { type Kysely, sql } from 'kysely';
import { type Moved, moveLedger } from './move.ts';
import { type OpenedStore, openSqliteStore } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** A file that belongs to a ledger without being in its database: signed checkpoints. */
export interface KeptFile {
  readonly name: string;
  readonly content: string;
}
interface BackupTables extends Tables {
  backup_files: KeptFile;
}

/** Which transaction sees one moment of the whole database while others write to it. */
export type Engine = 'embedded' | 'postgres';

/**
 * Copies a ledger as it is at one moment into one new SQLite file, beside running bots, and verifies the chain on both sides.
 * `look` may look at the copy and object; only then does the file get its name. Throws Node's `EEXIST` when there is one already.
 */
export async function writeBackup(
  from: Kysely<Tables>,
  engine: Engine,
  path: string,
  files: readonly KeptFile[],
  look: (copy: OpenedStore) => Promise<boolean>,
): Promise<Moved> {
  const draft = `${path}.draft`;
  rmSync(draft, { force: true });
  const copy = await openSqliteStore(draft);
  let isWanted = false;
  try {
    const begin = engine === 'embedded' ? from.transaction() : from.transaction().setIsolationLevel('repeatable read');
    const moved = await begin.execute((moment) => moveLedger(moment, copy.database));
    isWanted = moved.ok && (await keepFiles(copy.database, files).then(() => look(copy)));
    // One file, not three.
    if (isWanted) await sql`pragma journal_mode = delete`.execute(copy.database);
    return moved;
  } finally {
    await copy.store.close();
    if (isWanted) name(draft, path);
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${draft}${suffix}`, { force: true });
  }
}

/** Complete and on the disk, or not there: a link refuses to replace what has the name already. */
function name(draft: string, path: string): void {
  const file = openSync(draft, 'r');
  fsyncSync(file);
  closeSync(file);
  linkSync(draft, path);
}

async function keepFiles(database: Kysely<Tables>, files: readonly KeptFile[]): Promise<void> {
  const backup = database as unknown as Kysely<BackupTables>;
  await backup.schema
    .createTable('backup_files')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('content', 'text', (column) => column.notNull())
    .execute();
  for (const file of files) await backup.insertInto('backup_files').values(file).execute();
}

export interface OpenedBackup extends OpenedStore {
  readonly files: readonly KeptFile[];
  close(): Promise<void>;
}

/**
 * Opens a copy of a backup at `scratch`, brought to today's schema; the backup itself stays as it is. Throws Node's or
 * SQLite's error when it is no backup.
 */
export async function openBackup(path: string, scratch: string): Promise<OpenedBackup> {
  copyFileSync(path, scratch);
  const discard = (): void => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${scratch}${suffix}`, { force: true });
  };
  try {
    const opened = await openSqliteStore(scratch);
    const backup = opened.database as unknown as Kysely<BackupTables>;
    const files = await backup.selectFrom('backup_files').selectAll().execute();
    return {
      ...opened,
      files,
      async close() {
        await opened.store.close();
        discard();
      },
    };
  } catch (fault) {
    discard();
    throw fault;
  }
}

/** What is still owed will not be kept any more; answers how much it was. */
export async function forgetPromises(database: Kysely<Tables>): Promise<number> {
  const { numUpdatedRows } = await database
    .updateTable('effects')
    .set({ state: 'superseded', ready_at: null, lease_until: null })
    .where('ready_at', 'is not', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
