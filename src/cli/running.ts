import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What a running bot leaves in its data directory for programs on the same machine; readable by its owner only. */
export const RUN_FILE = 'run.json';
export const RunFile = z.strictObject({ url: z.url(), token: z.string().min(32), pid: z.int().positive() });
export type RunFile = z.infer<typeof RunFile>;

/** Where the bot on this data directory listens, or null when none runs. */
export function runningBot(dataDirectory: string): RunFile | null {
  try {
    return RunFile.parse(JSON.parse(readFileSync(join(dataDirectory, RUN_FILE), 'utf8')));
  } catch {
    // No file, or one that is half written: either way nothing to talk to yet.
    return null;
  }
}
