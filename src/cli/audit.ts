import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointsOf, signerOf } from '../compose.ts';
import type { Settings } from '../config/environment.ts';
import { audit } from '../engine/auditor.ts';
import { ledgerEntries } from '../engine/history.ts';
import type { Store } from '../engine/store-port.ts';
import { systemRandomness } from '../kit/randomness.ts';
import { type Checkpoint, openCheckpoint } from '../ledger/checkpoint.ts';
import { exportLine, exportReader } from '../ledger/export.ts';
import { verifierKeyText, verifierOf } from '../ledger/signed-note.ts';
import { startVerification, type Verdict } from '../ledger/verify.ts';
import { ALL_NOTES } from '../store/checkpoint-files.ts';
import type { Flags } from './flags.ts';
import { openLedger } from './open-ledger.ts';
import { settingsOrComplain } from './settings.ts';

/** `allclear audit …`: exit code 1 when the ledger is not what it was. */
export async function run([what = 'verify']: readonly string[], flags: Flags): Promise<number> {
  const settings = settingsOrComplain();
  if (settings === null) return 1;
  const file = typeof flags['file'] === 'string' ? flags['file'] : null;
  if (what === 'key') return printKey(settings);
  if (what === 'verify' && file !== null) return verifyExport(settings, file);
  const store = await openLedger(settings);
  if (store === null) return 1;
  try {
    if (what === 'verify') return await verifyLedger(settings, store);
    if (what === 'export') return await exportLedger(store, file);
    if (what === 'effects') return await auditEffects(store);
    console.error(`There is no "audit ${what}". Use verify, export, effects or key.`);
    return 2;
  } finally {
    await store.close();
  }
}

function printKey(settings: Settings): number {
  console.log(verifierKeyText(verifierOf(signerOf(settings, systemRandomness))));
  return 0;
}

/** All notes this installation signed; one that is not ours or was changed ends the verification. */
function knownCheckpoints(settings: Settings): readonly Checkpoint[] {
  const path = join(checkpointsOf(settings), ALL_NOTES);
  if (!existsSync(path)) return [];
  const key = verifierOf(signerOf(settings, systemRandomness));
  const notes = readFileSync(path, 'utf8').split(/\n\n(?=\S+\n\d+\n)/);
  return notes.filter((note) => note.trim() !== '').map((note) => opened(note, key));
}

function opened(note: string, key: Parameters<typeof openCheckpoint>[1]): Checkpoint {
  const text = note.endsWith('\n') ? note.replace(/\n+$/, '\n') : `${note}\n`;
  const checkpoint = openCheckpoint(text, key);
  if (!checkpoint.ok) throw new Error(`a checkpoint in ${ALL_NOTES} is ${checkpoint.problem}`);
  return checkpoint.checkpoint;
}

async function verifyLedger(settings: Settings, store: Store): Promise<number> {
  const started = performance.now();
  const checkpoints = knownCheckpoints(settings);
  const verification = startVerification({ checkpoints });
  for await (const page of ledgerEntries(store)) for (const entry of page) verification.add(entry);
  return say(verification.finish(), checkpoints.length, performance.now() - started);
}

async function verifyExport(settings: Settings, file: string): Promise<number> {
  const started = performance.now();
  const checkpoints = knownCheckpoints(settings);
  const verification = startVerification({ checkpoints });
  const reader = exportReader();
  const take = (lines: ReturnType<typeof reader.push>): string | null => {
    for (const line of lines) {
      if (!line.ok) return `${file}:${line.problem.line}: ${line.problem.explanation}`;
      verification.add(line.entry);
    }
    return null;
  };
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const problem = take(reader.push(chunk as string));
    if (problem !== null) return complain(problem);
  }
  const problem = take(reader.finish());
  if (problem !== null) return complain(problem);
  return say(verification.finish(), checkpoints.length, performance.now() - started);
}

function complain(problem: string): number {
  console.error(problem);
  return 1;
}

function say(verdict: Verdict, checkpoints: number, tookMs: number): number {
  for (const { position, kind, explanation } of verdict.faults) console.log(`entry ${position}: ${kind}: ${explanation}`);
  if (verdict.faultsUnlisted > 0) console.log(`… and ${verdict.faultsUnlisted} more`);
  const rate = Math.round(verdict.entries / Math.max(tookMs / 1_000, 0.001));
  const erased = verdict.erasures === 0 ? '' : `, ${verdict.erasures} redacted`;
  const judged = verdict.isSound ? 'The ledger is sound' : 'THE LEDGER WAS TAMPERED WITH';
  console.log(`${judged}: ${verdict.entries} entries${erased}, ${checkpoints} checkpoints, head ${verdict.head.hash} (${rate} entries/s)`);
  if (checkpoints === 0) console.log('Without a checkpoint from outside, a cut-off tail cannot be seen.');
  return verdict.isSound ? 0 : 1;
}

async function exportLedger(store: Store, file: string | null): Promise<number> {
  const out = file === null ? process.stdout : createWriteStream(file, { mode: 0o600 });
  for await (const page of ledgerEntries(store)) {
    const text = page.map((entry) => `${exportLine(entry)}\n`).join('');
    if (!out.write(text)) await once(out, 'drain');
  }
  if (file !== null) {
    out.end();
    await once(out, 'finish');
  }
  return 0;
}

async function auditEffects(store: Store): Promise<number> {
  const found = await audit(store, Date.now());
  console.log(JSON.stringify(found, null, 2));
  return found.isClean ? 0 : 1;
}
