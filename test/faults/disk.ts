import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own that can be filled to the last byte. */
export interface SmallDisk {
  /** Runs it with temporary files on this disk. */
  inside<T>(run: () => Promise<T>): Promise<T>;
  fill(): void;
  free(): void;
  unmount(): void;
}

/** Room for PostgreSQL's binaries, a cluster and its log, and a little more. */
const SIZE = '420m';
const PIECE = Buffer.alloc(1_048_576);

/** A tmpfs that everybody may write to; null for anybody but root, and where mounting is not allowed. */
export function mountSmallDisk(): SmallDisk | null {
  if (process.getuid?.() !== 0) return null;
  const path = mkdtempSync(join(tmpdir(), 'allclear-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', path]).status !== 0) return null;
  chmodSync(path, 0o777);
  const ballast = join(path, 'ballast');
  return {
    async inside(run) {
      const before = process.env['TMPDIR'];
      process.env['TMPDIR'] = path;
      try {
        return await run();
      } finally {
        if (before === undefined) delete process.env['TMPDIR'];
        else process.env['TMPDIR'] = before;
      }
    },
    fill: () => fill(ballast),
    free: () => rmSync(ballast, { force: true }),
    unmount() {
      spawnSync('umount', [path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (let size = PIECE.length; size >= 1; size = Math.floor(size / 2)) writeUntilFull(file, size);
  } finally {
    closeSync(file);
  }
}

function writeUntilFull(file: number, size: number): void {
  for (;;) {
    try {
      writeSync(file, PIECE, 0, size);
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw fault;
    }
  }
}
