import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointsOf, signerOf } from '../checkpoint-key.ts';
import type { Settings } from '../config/environment.ts';
import { audit } from '../engine/auditor.ts';
import { createCheckpointer } from '../engine/checkpointer.ts';
import { ledgerEntries } from '../engine/history.ts';
import type { Store } from '../engine/store-port.ts';
import { systemClock } from '../kit/clock.ts';
import { systemRandomness } from '../kit/randomness.ts';
import { exportLine } from '../ledger/export.ts';
import { verifierKeyText } from '../ledger/signed-note.ts';
import { checkpointFiles, LATEST_NOTE } from '../store/checkpoint-files.ts';
import { lockDataDirectory } from '../store/data-lock.ts';
import { type Judged, judgeExport, judgementLines, judgeStore } from './audit/judge-ledger.ts';
import { knownCheckpoints, publicKeyOf } from './audit/known-checkpoints.ts';
import { complain } from './complain.ts';
import type { Flags } from './flags.ts';
import { openLedger } from './open-ledger.ts';
import { settingsOrComplain } from './settings.ts';

type Audit = (settings: Settings, file: string | null) => Promise<number>;

const AUDITS: Readonly<Record<string, Audit>> = { verify, export: exportLedger, checkpoint, key: printKey, effects: auditEffects };

/** `allclear audit …`: exit code 1 when the ledger is not what it was, or what is owed is not what it entails. */
export async function run([what = 'verify']: readonly string[], flags: Flags): Promise<number> {
  const auditing = Object.hasOwn(AUDITS, what) ? AUDITS[what] : undefined;
  if (auditing === undefined) return complain(`There is no "audit ${what}". Use ${Object.keys(AUDITS).join(', ')}.`, 2);
  const settings = settingsOrComplain();
  return settings === null ? 1 : auditing(settings, typeof flags['file'] === 'string' ? flags['file'] : null);
}

/** Of what is in the data directory, or of an export. */
async function verify(settings: Settings, file: string | null): Promise<number> {
  const known = knownCheckpoints(settings);
  if (!known.ok) return complain(known.sentence);
  if (file === null) return withLedger(settings, async (store) => show(await judgeStore(store, known.checkpoints)));
  const judged = await judgeExport(file, known.checkpoints).catch(sayFileFault(file));
  return 'problem' in judged ? complain(judged.problem) : show(judged);
}

function show(judged: Judged): number {
  for (const line of judgementLines(judged)) console.log(line);
  return judged.verdict.isSound ? 0 : 1;
}

async function exportLedger(settings: Settings, file: string | null): Promise<number> {
  return withLedger(settings, async (store) => {
    if (file === null) return exportTo(store, async (text) => void (process.stdout.write(text) || (await once(process.stdout, 'drain'))));
    const out = await open(file, 'w', 0o600).catch(sayFileFault(file));
    if ('problem' in out) return complain(out.problem);
    try {
      return await exportTo(store, async (text) => void (await out.write(text)));
    } finally {
      await out.close();
    }
  });
}

async function exportTo(store: Store, write: (text: string) => Promise<void>): Promise<number> {
  for await (const page of ledgerEntries(store)) await write(page.map((entry) => `${exportLine(entry)}\n`).join(''));
  return 0;
}

/** Signs what was added and prints the newest note, to be kept elsewhere. A running bot signs by itself: then it is only printed. */
async function checkpoint(settings: Settings): Promise<number> {
  return withLedger(settings, async (store) => {
    const lock = lockDataDirectory(settings.dataDirectory);
    if (lock.held) {
      const place = checkpointFiles(checkpointsOf(settings));
      const outcome = await createCheckpointer(store, place, signerOf(settings, systemRandomness), systemClock).sign();
      lock.release();
      if (outcome !== null && 'problem' in outcome)
        return complain(`Nothing is signed, the ledger is ${outcome.problem}: allclear audit verify`);
    }
    const path = join(checkpointsOf(settings), LATEST_NOTE);
    const note = await readFile(path, 'utf8').catch(sayFileFault(path));
    if (typeof note !== 'string') return complain(`There is no checkpoint yet; a running bot signs one every minute. ${note.problem}`);
    process.stdout.write(note);
    return 0;
  });
}

async function printKey(settings: Settings): Promise<number> {
  const key = publicKeyOf(settings);
  if (key === null) return complain(`There is no signing key in ${settings.dataDirectory} yet: it is made at the first start.`);
  console.log(verifierKeyText(key));
  return 0;
}

async function auditEffects(settings: Settings): Promise<number> {
  return withLedger(settings, async (store) => {
    const found = await audit(store, Date.now());
    console.log(JSON.stringify(found, null, 2));
    return found.isClean ? 0 : 1;
  });
}

async function withLedger(settings: Settings, look: (store: Store) => Promise<number>): Promise<number> {
  const store = await openLedger(settings);
  if (store === null) return 1;
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}

function sayFileFault(file: string): (fault: NodeJS.ErrnoException) => { readonly problem: string } {
  return ({ code, message }) => ({ problem: `${file} cannot be used: ${code ?? message}.` });
}
