import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LEDGER_FILE } from '../compose.ts';
import type { Settings } from '../config/environment.ts';
import type { Store } from '../engine/store-port.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { complain } from './complain.ts';

/** The ledger for reading, also beside a running bot; null after saying that there is none, or none that can be read. */
export async function openLedger(settings: Settings): Promise<Store | null> {
  const path = join(settings.dataDirectory, LEDGER_FILE);
  if (!existsSync(path)) {
    complain(`There is no ledger at ${path}. ALLCLEAR_DATA says where it is looked for.`);
    return null;
  }
  try {
    const { store } = await openSqliteStore(path, { readOnly: true });
    await store.head();
    return store;
  } catch (fault) {
    complain(`${path} cannot be read as a ledger: ${fault instanceof Error ? fault.message : String(fault)}.`);
    return null;
  }
}
