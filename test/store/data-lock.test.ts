import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataLock, lockDataDirectory } from '../../src/store/data-lock.ts';

const HOLDER = new URL('../support/lock-holder.ts', import.meta.url).pathname;

let directory: string;
let children: ChildProcess[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'allclear-lock-'));
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map((child) => ended(child, 'SIGKILL')));
  rmSync(directory, { recursive: true });
});

/** Another process that tries to take the lock, after it has said what came of it. */
async function otherProcess(...flags: string[]): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const child = spawn(process.execPath, [...flags, HOLDER, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
}
async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
function released(lock: DataLock): boolean {
  if (lock.held) lock.release();
  return lock.held;
}

describe('the lock on a data directory', () => {
  it('is refused to a second process, which learns the pid of the first', async () => {
    const { child, said } = await otherProcess();
    expect(said).toBe('held');
    expect(lockDataDirectory(directory)).toEqual({ held: false, by: String(child.pid) });
    expect((await otherProcess()).said).toBe('refused');
  });

  it('is free again after kill -9, whatever stayed behind in the directory', async () => {
    const { child } = await otherProcess();
    await ended(child, 'SIGKILL');
    expect(child.signalCode).toBe('SIGKILL');
    expect(released(lockDataDirectory(directory))).toBe(true);
  });

  it('is free again after a process that ended without releasing it', async () => {
    const { child } = await otherProcess();
    const exit = once(child, 'exit');
    child.stdin?.end();
    expect((await exit)[0]).toBe(0);
    expect(released(lockDataDirectory(directory))).toBe(true);
  });

  it('is not freed by the garbage collector', async () => {
    expect((await otherProcess('--expose-gc')).said).toBe('held');
    expect(lockDataDirectory(directory).held).toBe(false);
  });

  it('can be taken, released once, and taken again in one process', () => {
    const first = lockDataDirectory(directory);
    expect(lockDataDirectory(directory)).toEqual({ held: false, by: String(process.pid) });
    expect(released(first)).toBe(true);
    expect(released(first)).toBe(true);
    const second = lockDataDirectory(directory);
    expect(second.held).toBe(true);
    expect(released(first)).toBe(true);
    expect(lockDataDirectory(directory).held).toBe(false);
    released(second);
  });

  it('makes the directory, for nobody but its owner', () => {
    const inner = join(directory, 'new', 'data');
    expect(released(lockDataDirectory(inner))).toBe(true);
    expect(statSync(inner).mode & 0o777).toBe(0o700);
  });

  it('does not blame another process for what is wrong with the directory', () => {
    writeFileSync(join(directory, 'lock.db'), 'this is no database '.repeat(100));
    expect(() => lockDataDirectory(directory)).toThrow(/not a database/);
  });
});
