import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { CheckpointPlace } from '../engine/store-port.ts';

/** The newest note, and every note ever signed; copy both elsewhere. */
export const LATEST_NOTE = 'latest.note';
export const ALL_NOTES = 'notes.txt';
const FRONTIER = 'frontier.json';
/** Everything a checkpointer goes on from. */
export const CHECKPOINT_FILES = [LATEST_NOTE, ALL_NOTES, FRONTIER] as const;

const Kept = z.strictObject({
  checkpoint: z.strictObject({ origin: z.string(), size: z.int().nonnegative(), root: z.string() }),
  frontier: z.strictObject({ size: z.int().nonnegative(), peaks: z.array(z.string()) }),
});

/** Checkpoints in a directory of their own. The note is on disk before the frontier moves, so that nothing is signed twice differently. */
export function checkpointFiles(directory: string): CheckpointPlace {
  return {
    async last() {
      const text = await readFile(join(directory, FRONTIER), 'utf8').catch(absent);
      return text === null ? null : Kept.parse(JSON.parse(text));
    },
    async keep(note, checkpoint, frontier) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await append(join(directory, ALL_NOTES), `${note}\n`);
      await replace(join(directory, LATEST_NOTE), note);
      await replace(join(directory, FRONTIER), JSON.stringify({ checkpoint, frontier }));
    },
  };
}

function absent(fault: NodeJS.ErrnoException): null {
  if (fault.code === 'ENOENT') return null;
  throw fault;
}

async function append(path: string, text: string): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A reader sees the old file or the new one, never half of it. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}
