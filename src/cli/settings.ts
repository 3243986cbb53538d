import { readFileSync } from 'node:fs';
import { readSettings, type Settings } from '../config/environment.ts';

export function readFile(path: string): string {
  return readFileSync(path, 'utf8');
}

/** The settings, or null after saying what is wrong with them. */
export function settingsOrComplain(): Settings | null {
  const read = readSettings(process.env, readFile);
  if (read.ok) return read.settings;
  for (const { variable, sentence } of read.problems) console.error(`${variable}: ${sentence}`);
  return null;
}
