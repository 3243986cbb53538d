import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type DataLock = { readonly held: true; release(): void } | { readonly held: false; readonly by: string };

/** SQLite's code for "somebody else has it"; the higher bits say more (https://www.sqlite.org/rescode.html#busy). */
const SQLITE_BUSY = 5;
const PRIMARY_CODE = 0xff;

/** A lock whose connection nobody refers to any more would be closed, and so freed, by the garbage collector. */
const held = new Set<DatabaseSync>();

/**
 * Makes this process the only one on a data directory. The lock is the kernel's, through SQLite's exclusive lock on a
 * file of its own, so that `kill -9` frees it and nothing stale can stay behind. The holder's pid is only for the message.
 * Throws when the directory cannot be made or written.
 */
export function lockDataDirectory(directory: string): DataLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const holder = join(directory, 'allclear.pid');
  const database = new DatabaseSync(join(directory, 'lock.db'));
  try {
    database.exec('pragma locking_mode = exclusive; begin exclusive;');
  } catch (fault) {
    database.close();
    if (!isBusy(fault)) throw fault;
    return { held: false, by: existsSync(holder) ? readFileSync(holder, 'utf8').trim() : 'unknown' };
  }
  held.add(database);
  writeFileSync(holder, `${process.pid}\n`);
  return {
    held: true,
    release() {
      if (!held.delete(database)) return;
      database.exec('rollback');
      database.close();
    },
  };
}

function isBusy(fault: unknown): boolean {
  const code = fault instanceof Error && 'errcode' in fault ? Number(fault.errcode) : 0;
  return (code & PRIMARY_CODE) === SQLITE_BUSY;
}
