import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../config/environment.ts';
import type { Store } from '../engine/store-port.ts';
import { EngineError, LEDGER_FILE, openLedgerStore } from '../engines.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { complain } from './complain.ts';

export type OpenedLedger = { readonly ok: true; readonly store: Store } | { readonly ok: false; readonly sentence: string };

/** The ledger for reading, also beside a running bot; null when there is none. */
export async function ledgerIn(settings: Settings): Promise<OpenedLedger | null> {
  if (settings.databaseUrl !== null) return replicatedLedger(settings);
  const path = join(settings.dataDirectory, LEDGER_FILE);
  if (!existsSync(path)) return null;
  try {
    const { store } = await openSqliteStore(path, { readOnly: true });
    await store.head();
    return { ok: true, store };
  } catch (fault) {
    return { ok: false, sentence: `${path} cannot be read as a ledger: ${fault instanceof Error ? fault.message : String(fault)}.` };
  }
}

async function replicatedLedger(settings: Settings): Promise<OpenedLedger> {
  try {
    const { store } = await openLedgerStore(settings);
    return { ok: true, store };
  } catch (fault) {
    if (fault instanceof EngineError) return { ok: false, sentence: fault.message };
    throw fault;
  }
}

/** The same; null after saying why there is none to read. */
export async function openLedger(settings: Settings): Promise<Store | null> {
  const opened = await ledgerIn(settings);
  if (opened?.ok === true) return opened.store;
  const path = join(settings.dataDirectory, LEDGER_FILE);
  complain(opened?.sentence ?? `There is no ledger at ${path}. ALLCLEAR_DATA says where it is looked for.`);
  return null;
}
