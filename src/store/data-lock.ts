import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type DataLock = { readonly held: true; release(): void } | { readonly held: false; readonly by: string };

/**
 * Makes this process the only one on a data directory. The lock is the kernel's, through SQLite's exclusive lock on a
 * file of its own, so that `kill -9` frees it and nothing stale can stay behind. The holder's pid is only for the message.
 */
export function lockDataDirectory(directory: string): DataLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const holder = join(directory, 'allclear.pid');
  const database = new DatabaseSync(join(directory, 'lock.db'));
  try {
    database.exec('pragma locking_mode = exclusive; begin exclusive;');
  } catch {
    // Only another process can hold it: nobody else opens this file.
    database.close();
    return { held: false, by: existsSync(holder) ? readFileSync(holder, 'utf8').trim() : 'unknown' };
  }
  writeFileSync(holder, `${process.pid}\n`);
  return {
    held: true,
    release() {
      database.exec('rollback');
      database.close();
    },
  };
}
