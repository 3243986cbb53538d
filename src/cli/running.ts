import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** What a running bot leaves in its data directory for programs on the same machine; readable by its owner only. */
export const RUN_FILE = 'run.json';
const RunFile = z.strictObject({ url: z.url(), token: z.string().min(32), pid: z.int().positive() });
export type RunFile = z.infer<typeof RunFile>;

/** Containers may share a data directory, and each has a name of its own: there its programs find the bot beside them. */
function ownFile(dataDirectory: string, host: string): string {
  return join(dataDirectory, `run-${host.replace(/[^\w.-]/g, '_')}.json`);
}

/** Says where this bot listens; answers how to take that back without taking back what another bot says of itself. */
export function sayRunning(dataDirectory: string, run: RunFile, host = hostname()): () => void {
  const files = [join(dataDirectory, RUN_FILE), ownFile(dataDirectory, host)];
  for (const file of files) writeFileSync(file, JSON.stringify(run), { mode: 0o600 });
  return () => {
    for (const file of files) if (read(file)?.token === run.token) rmSync(file, { force: true });
  };
}

/** Where the bot of this machine on this data directory listens, or null when none runs. */
export function runningBot(dataDirectory: string, host = hostname()): RunFile | null {
  return read(ownFile(dataDirectory, host)) ?? read(join(dataDirectory, RUN_FILE));
}

function read(file: string): RunFile | null {
  try {
    return RunFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // No file, or one that is half written: either way nothing to talk to yet.
    return null;
  }
}
