import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { signCheckpoint } from '../../src/ledger/checkpoint.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import { exportLine, readExport } from '../../src/ledger/export.ts';
import { merkleTree } from '../../src/ledger/merkle.ts';
import { type SignerKey, verifierKeyText, verifierOf } from '../../src/ledger/signed-note.ts';
import { verify } from '../../src/ledger/verify.ts';
import { dice, sampleLedger } from './sample-ledger.ts';
import { editField, FIELDS, TAMPERS } from './tampering.ts';

const PROGRAM = join(import.meta.dirname, '../support/independent-verifier.mjs');
const directory = mkdtempSync(join(tmpdir(), 'allclear-independent-'));
afterAll(() => rmSync(directory, { recursive: true }));

const key: SignerKey = { name: 'example.com/ledger', seed: new Uint8Array(32).fill(5) };

function textOf(entries: readonly Entry[]): string {
  return entries.map((entry) => `${exportLine(entry)}\n`).join('');
}

function noteOf(entries: readonly Entry[]): string {
  const tree = merkleTree();
  for (const entry of entries) tree.append(entry.hash);
  const signed = signCheckpoint({ previous: null, next: { origin: key.name, size: tree.size(), root: tree.root() }, proof: [], key });
  return signed.ok ? signed.note : '';
}

function judge(text: string, note?: string, verifier = verifierOf(key)): { readonly status: number | null; readonly said: string } {
  const file = join(directory, 'export.jsonl');
  const checkpoint = join(directory, 'checkpoint.txt');
  writeFileSync(file, text);
  writeFileSync(checkpoint, note ?? '');
  const options = note === undefined ? [] : ['--checkpoint', checkpoint, '--key', verifierKeyText(verifier)];
  const { status, stdout } = spawnSync(process.execPath, [PROGRAM, file, ...options], { encoding: 'utf8' });
  return { status, said: stdout.trim() };
}

const ledger = sampleLedger({ entries: 60, seed: 11, eraseEvery: 7 });

describe('the independent verifier', () => {
  it('finds a clean export sound and comes to the same root', () => {
    const root = Buffer.from(verify(ledger).root, 'hex').toString('base64');
    expect(judge(textOf(ledger), noteOf(ledger))).toEqual({ status: 0, said: `sound: 60 entries, root ${root}` });
    expect(judge(textOf(ledger), noteOf(ledger.slice(0, 41)))).toMatchObject({ status: 0 });
    expect(textOf(ledger)).toContain('\u2028');
    expect(judge('')).toMatchObject({ status: 0, said: expect.stringContaining('sound: 0 entries') });
  });

  it.each([...FIELDS.map((field) => [`edits ${field}`, editField(field)] as const), ...Object.entries(TAMPERS)])(
    'finds whoever %s, as our own verifier does',
    (_, tamper) => {
      const { entries, needsWitness } = tamper(ledger, dice(23));
      const own = verify(entries, needsWitness ? { head: ledger.at(-1) as Entry } : {});
      const other = judge(textOf(entries), needsWitness ? noteOf(ledger) : undefined);
      expect(own.isSound).toBe(false);
      expect(other.said).toMatch(/^(entry|checkpoint)/);
      expect(other.status).toBe(1);
    },
  );

  it('judges single bytes as our own reader does', () => {
    const text = textOf(ledger.slice(0, 8));
    const roll = dice(5);
    for (let round = 0; round < 12; round += 1) {
      const index = roll(text.length - 1);
      const spoiled = text.slice(0, index) + String.fromCharCode(32 + roll(90)) + text.slice(index + 1);
      const own = readExport(spoiled);
      const isSound = own.problem === null && verify(own.entries).isSound;
      expect(judge(spoiled).status === 0, `byte ${index}`).toBe(isSound);
    }
  });

  it('believes no checkpoint that another key signed or that was changed', () => {
    const text = textOf(ledger);
    expect(judge(text, noteOf(ledger).replace('\n60\n', '\n59\n'))).toEqual({ status: 1, said: 'checkpoint: the signature does not fit' });
    const other = verifierOf({ ...key, seed: new Uint8Array(32).fill(6) });
    expect(judge(text, noteOf(ledger), other)).toEqual({ status: 1, said: 'checkpoint: not signed by this key' });
  });

  it('says so when it cannot judge', () => {
    const { status } = spawnSync(process.execPath, [PROGRAM, join(directory, 'missing.jsonl')]);
    expect(status).toBe(2);
    expect(spawnSync(process.execPath, [PROGRAM]).status).toBe(2);
  });
});
