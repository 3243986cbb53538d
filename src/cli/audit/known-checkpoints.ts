import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointKeyFile, checkpointsOf } from '../../checkpoint-key.ts';
import type { Settings } from '../../config/environment.ts';
import { type Checkpoint, openCheckpoint } from '../../ledger/checkpoint.ts';
import { parseSignerKey, type VerifierKey, verifierOf } from '../../ledger/signed-note.ts';
import { ALL_NOTES } from '../../store/checkpoint-files.ts';

export type KnownCheckpoints =
  | { readonly ok: true; readonly checkpoints: readonly Checkpoint[] }
  | { readonly ok: false; readonly sentence: string };

/** The public half of this installation's signing key, or null when there is none (yet). */
export function publicKeyOf(settings: Settings): VerifierKey | null {
  const path = checkpointKeyFile(settings);
  const key = existsSync(path) ? parseSignerKey(readFileSync(path, 'utf8').trim()) : null;
  return key === null ? null : verifierOf(key);
}

/** All checkpoints this installation signed. One that it did not sign, or that was changed since, is told instead: then none is to be trusted. */
export function knownCheckpoints(settings: Settings): KnownCheckpoints {
  const path = join(checkpointsOf(settings), ALL_NOTES);
  if (!existsSync(path)) return { ok: true, checkpoints: [] };
  const key = publicKeyOf(settings);
  if (key === null) {
    return { ok: false, sentence: `There are checkpoints and no key to verify them with: put ${checkpointKeyFile(settings)} back.` };
  }
  const checkpoints: Checkpoint[] = [];
  for (const [index, note] of notesOf(readFileSync(path, 'utf8')).entries()) {
    const opened = openCheckpoint(note, key);
    if (!opened.ok)
      return { ok: false, sentence: `Checkpoint ${index + 1} in ${path} is ${opened.problem}. Compare with the copies kept elsewhere.` };
    checkpoints.push(opened.checkpoint);
  }
  return { ok: true, checkpoints };
}

/** A note has one empty line in it and is followed by another; the next begins with origin and size. */
const BETWEEN_NOTES = /\n\n(?=[^\n]+\n\d+\n)/;

function notesOf(text: string): readonly string[] {
  return text
    .split(BETWEEN_NOTES)
    .filter((note) => note.trim() !== '')
    .map((note) => `${note.trimEnd()}\n`);
}
