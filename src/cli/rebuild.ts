import { rebuild } from '../engine/rebuild.ts';
import { holdDataDirectory, openLedgerStore } from '../engines.ts';
import { settingsOrComplain } from './settings.ts';

/** `allclear rebuild`: throws every snapshot away and folds it anew from the ledger. Needs every bot on it to be stopped. */
export async function run(): Promise<number> {
  const settings = settingsOrComplain();
  if (settings === null) return 1;
  const lock = holdDataDirectory(settings);
  if (!lock.held) {
    console.error(`${settings.dataDirectory} is in use by process ${lock.by}. Stop the bot first.`);
    return 1;
  }
  const { store } = await openLedgerStore(settings);
  const { streams, changed } = await rebuild(store);
  await store.close();
  lock.release();
  console.log(`${streams} streams folded anew, ${changed} of them differed from their snapshot.`);
  return 0;
}
