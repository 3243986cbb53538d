import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Variables } from '../cli/program.ts';

/** The wall clock of one process, which can be set; its monotonic clock stays real. */
export interface FakeWall {
  readonly variables: Variables;
  /** Sets it so far from the real time. */
  set(aheadMs: number): void;
}

const PLACES = ['/usr/lib', '/usr/lib64', '/usr/local/lib'];
const LIBRARY = join('faketime', 'libfaketime.so.1');
/** The library looks into its file this often, in seconds: looking at every reading of the clock would be the slower fault. */
const LOOK_SECONDS = 1;

/** Where libfaketime is, in the folder of any architecture; null where it is not installed. */
export function findFaketime(): string | null {
  const folders = PLACES.filter(existsSync).flatMap((place) => [place, ...readdirSync(place).map((name) => join(place, name))]);
  return folders.map((folder) => join(folder, LIBRARY)).find(existsSync) ?? null;
}

/** https://github.com/wolfcw/libfaketime, "Advanced time specification": `+3600` is an hour ahead. */
export function fakeWall(library: string, directory: string): FakeWall {
  const file = join(directory, 'faketime');
  const set = (aheadMs: number): void => writeFileSync(file, `${aheadMs < 0 ? '-' : '+'}${Math.abs(aheadMs) / 1_000}\n`);
  set(0);
  return {
    set,
    variables: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: String(LOOK_SECONDS),
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
  };
}
