import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Exports of old incidents in a directory: complete, on the disk, and never written over by what is left after a redaction. */
export function exportFiles(directory: string): (incident: number, lines: string) => Promise<void> {
  return async (incident, lines) => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, `inc-${incident}.jsonl`);
    if (existsSync(path)) return;
    const draft = `${path}.draft`;
    writeFileSync(draft, lines, { mode: 0o600, flush: true });
    linkSync(draft, path);
    rmSync(draft);
  };
}
