import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audit } from '../../src/engine/auditor.ts';
import { createRetention } from '../../src/engine/retention.ts';
import type { Store } from '../../src/engine/store-port.ts';
import { verify } from '../../src/ledger/verify.ts';
import { exportFiles } from '../../src/store/export-files.ts';
import { type OpenBot, openBot } from '../support/open-bot.ts';

const DAYS = 30;

describe('retention', () => {
  let directory: string;
  let open: OpenBot;
  let store: Store;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'allclear-retention-'));
    open = await openBot();
    ({ store } = open.opened);
    await open.types('ana', 'sev4 Checkout of Mrs Miller is down');
    await open.types('ana', 'note she called twice', 1);
    await open.types('ana', 'resolve rolled back', 1);
    await open.types('ana', 'sev4 Search is slow for Mr Smith');
    await open.fastForward('31d');
  });
  afterEach(async () => {
    await open.close();
    rmSync(directory, { recursive: true });
  });
  const entriesOf = async () => store.entries({ after: 0, limit: 1_000 });
  const retention = (days = DAYS) =>
    createRetention({
      store,
      door: open.bot.door,
      clock: open.clock,
      days,
      keep: exportFiles(directory),
      bug: (fault) => expect(fault).toBeNull(),
    });

  it('exports what ended long ago, then takes its words out and leaves the chain whole', async () => {
    const before = await entriesOf();
    expect(await retention().run()).toEqual([1]);
    const after = await entriesOf();
    expect(verify(after).isSound).toBe(true);
    const text = JSON.stringify(after);
    expect(['Mrs Miller', 'called twice', 'rolled back'].filter((words) => text.includes(words))).toEqual([]);
    expect(text).toContain('Mr Smith');
    const exported = readFileSync(join(directory, 'inc-1.jsonl'), 'utf8');
    expect(exported).toContain('Mrs Miller');
    expect(exported.trim().split('\n')).toHaveLength(before.filter(({ incident }) => incident === 1).length);
    expect(JSON.stringify((await store.streams({ streams: ['incident/1'] }))[0])).not.toContain('Mrs Miller');
    expect((await audit(store, 0)).counts).toMatchObject({ snapshot: 0, missing: 0, extra: 0, altered: 0 });
  });

  it('does it once, and leaves alone what is open or younger', async () => {
    expect(await retention(32).run()).toEqual([]);
    await retention().run();
    const after = await entriesOf();
    expect(await retention().run()).toEqual([]);
    expect(await entriesOf()).toEqual(after);
    expect(existsSync(join(directory, 'inc-2.jsonl'))).toBe(false);
  });

  it('redacts nothing that could not be exported, and goes on where it was cut off', async () => {
    const before = await entriesOf();
    const failing = createRetention({
      store,
      door: open.bot.door,
      clock: open.clock,
      days: DAYS,
      keep: async () => Promise.reject(new Error('disk full')),
      bug: () => undefined,
    });
    await expect(failing.run()).rejects.toThrow('disk full');
    expect(await entriesOf()).toEqual(before);
    // The export that is there stays, whatever is left of the incident by then.
    writeFileSync(join(directory, 'inc-1.jsonl'), 'the whole of it\n');
    expect(await retention().run()).toEqual([1]);
    expect(readFileSync(join(directory, 'inc-1.jsonl'), 'utf8')).toBe('the whole of it\n');
  });
});
