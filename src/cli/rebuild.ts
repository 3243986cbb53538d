import { join } from 'node:path';
import { LEDGER_FILE } from '../compose.ts';
import { rebuild } from '../engine/rebuild.ts';
import { lockDataDirectory } from '../store/data-lock.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { settingsOrComplain } from './settings.ts';

/** `allclear rebuild`: throws every snapshot away and folds it anew from the ledger. Needs the bot to be stopped. */
export async function run(): Promise<number> {
  const settings = settingsOrComplain();
  if (settings === null) return 1;
  const lock = lockDataDirectory(settings.dataDirectory);
  if (!lock.held) {
    console.error(`${settings.dataDirectory} is in use by process ${lock.by}. Stop the bot first.`);
    return 1;
  }
  const { store } = await openSqliteStore(join(settings.dataDirectory, LEDGER_FILE));
  const { streams, changed } = await rebuild(store);
  await store.close();
  lock.release();
  console.log(`${streams} streams folded anew, ${changed} of them differed from their snapshot.`);
  return 0;
}
