import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/engine/store-port.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { commit, effect, write } from '../support/commits.ts';

const CLAIM = { lane: 'asks', now: 1_000, leaseMs: 30_000, limit: 10 } as const;

let directory: string;
let path: string;
let opened: Store[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'allclear-sqlite-'));
  path = join(directory, 'ledger.db');
  opened = [];
});
afterEach(async () => {
  for (const store of opened) await store.close();
  rmSync(directory, { recursive: true });
});

async function open(options?: { readonly readOnly: boolean }): Promise<Store> {
  const { store } = await openSqliteStore(path, options);
  opened.push(store);
  return store;
}
const at = async (store: Store): Promise<number> => (await store.head()).position;

describe('the embedded store', () => {
  it('can be read beside the one that writes, and sees what was committed meanwhile', async () => {
    const writer = await open();
    await writer.append([commit([write('a/1', 0, 2)])]);
    const reader = await open({ readOnly: true });
    expect(await at(reader)).toBe(2);
    await writer.append([commit([write('a/1', 2)], { effects: [effect(0)] })]);
    expect(await at(reader)).toBe(3);
    expect(await reader.outbox.list({ states: ['pending'], limit: 10 })).toHaveLength(1);
  });

  it('changes nothing when opened for reading', async () => {
    const writer = await open();
    await writer.append([commit([write('a/1', 0)], { effects: [effect(0)] })]);
    await writer.outbox.claim(CLAIM);
    const reader = await open({ readOnly: true });
    expect(await reader.outbox.nextDue('asks')).toBe(31_000);
    await expect(reader.append([commit([write('a/1', 1)])])).rejects.toThrow(/readonly/);
    await expect(reader.outbox.claim({ ...CLAIM, now: 99_000 })).rejects.toThrow(/readonly/);
    expect(await at(writer)).toBe(1);
    expect(await writer.outbox.nextDue('asks')).toBe(31_000);
  });

  it('gives at once what a process that is gone had claimed, with a higher fence', async () => {
    const before = await open();
    await before.append([commit([write('a/1', 0)], { effects: [effect(0), effect(1, { dueAt: 50_000 }), effect(2)] })]);
    const [first, second] = await before.outbox.claim(CLAIM);
    const done = { effect: second?.id ?? '', fence: second?.fence ?? 0, state: 'done', reason: null, detail: null } as const;
    expect(await before.outbox.settle([done])).toEqual([true]);
    const after = await open();
    const claimed = await after.outbox.claim(CLAIM);
    expect(claimed.map(({ id, attempts }) => [id, attempts])).toEqual([[first?.id, 2]]);
    expect(claimed[0]?.fence).toBeGreaterThan(first?.fence ?? 0);
    expect(await after.outbox.nextDue('asks')).toBe(31_000);
  });

  it('says so when the file is no database', async () => {
    writeFileSync(path, 'this is no database '.repeat(100));
    await expect(open()).rejects.toThrow(/not a database/);
  });
});
