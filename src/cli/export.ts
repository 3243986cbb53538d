import { open } from 'node:fs/promises';
import { ledgerEntries } from '../engine/history.ts';
import type { Store } from '../engine/store-port.ts';
import { exportLine } from '../ledger/export.ts';
import { complain } from './complain.ts';
import type { Flags } from './flags.ts';
import { openLedger } from './open-ledger.ts';
import { settingsOrComplain } from './settings.ts';

/** `allclear export inc-42 [--file F]`: every entry of one incident, a line each, with hashes, as `audit export` writes them. */
export async function run([name = '']: readonly string[], flags: Flags): Promise<number> {
  const number = Number(/^(?:inc-)?([1-9]\d{0,8})$/.exec(name)?.[1]);
  if (Number.isNaN(number)) return complain('Say which incident: "export inc-42".', 2);
  const settings = settingsOrComplain();
  const store = settings === null ? null : await openLedger(settings);
  if (store === null) return 1;
  try {
    const lines = await linesOf(store, number);
    if (lines === '') return complain(`There is no inc-${number}.`);
    const file = flags['file'];
    if (typeof file === 'string') await writeNew(file, lines);
    else process.stdout.write(lines);
    return 0;
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault) return complain(`It cannot be written: ${fault.message}.`);
    throw fault;
  } finally {
    await store.close();
  }
}

async function linesOf(store: Store, incident: number): Promise<string> {
  let lines = '';
  for await (const page of ledgerEntries(store, { incident })) lines += page.map((entry) => `${exportLine(entry)}\n`).join('');
  return lines;
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
