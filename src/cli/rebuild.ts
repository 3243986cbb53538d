import { rebuild } from '../engine/rebuild.ts';
import { holdDataDirectory, openLedgerStore } from '../engines.ts';
import { settingsOrComplain } from './settings.ts';

/** Of those that were wrong. */
const LISTED_MAX = 20;

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
  const which = changed.slice(0, LISTED_MAX).join(', ');
  const differed = changed.length === 0 ? 'every snapshot was right' : `the snapshots of ${changed.length} were wrong (${which})`;
  console.log(`${streams} streams folded anew: ${differed}.`);
  return 0;
}
