import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/ledger/entry.ts';
import { exportLine, exportReader, type ReadLine, readExport, readExportLine } from '../../src/ledger/export.ts';
import { sampleLedger } from './sample-ledger.ts';

const ledger = sampleLedger({ entries: 12, eraseEvery: 5 });
const entry = ledger[0] as Entry;
const line = exportLine(entry);

describe('an exported line', () => {
  it('is canonical JSON with every field of the entry', () => {
    expect(Object.keys(JSON.parse(line))).toEqual(
      'actor at cause data digest hash incident position previous salt schema stream type version'.split(' '),
    );
    expect(line).not.toContain('\n');
  });

  it('reads back as the entry, for any ledger', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const entries = sampleLedger({ entries: 15, seed, eraseEvery: 4 });
        const text = entries.map((one) => `${exportLine(one)}\n`).join('');
        expect(readExport(text)).toEqual({ entries, problem: null });
      }),
      { numRuns: 50 },
    );
  });
});

describe('readExportLine', () => {
  const { hash: _hash, ...hashless } = entry;
  it.each<[string, string, string]>([
    ['no JSON', line.slice(0, -1), 'not JSON'],
    ['an empty line', '', 'not JSON'],
    ['an array', '[]', 'fields of an entry'],
    ['null', 'null', 'fields of an entry'],
    ['a missing field', JSON.stringify(hashless), 'fields of an entry'],
    ['an unknown field', line.replace('{', '{"Z":1,'), 'fields of an entry'],
    ['a number as text', line.replace('"position":1', '"position":"1"'), 'fields of an entry'],
    ['a fraction', line.replace('"position":1', '"position":1.5'), 'fields of an entry'],
    ['a lone surrogate', line.replace('"type":"', '"type":"\\ud800'), 'fields of an entry'],
    ['half a payload', line.replace(/"salt":"[0-9a-f]+"/, '"salt":null'), 'fields of an entry'],
    ['white space', line.replace(',', ', '), 'not canonical'],
    ['a field given twice', line.replace('{', '{"actor":"person:eve",'), 'not canonical'],
    ['another order', JSON.stringify(entry), 'not canonical'],
    ['a number in another spelling', line.replace('"position":1', '"position":1.0'), 'not canonical'],
    [
      'a needless escape',
      line.replace('"type":"i', '"type":"\\u0069').replace('"type":"p', '"type":"\\u0070').replace('"type":"s', '"type":"\\u0073'),
      'not canonical',
    ],
    ['a line without end', `"${'x'.repeat(4_000_001)}"`, 'too long'],
  ])('names the line of %s', (_, text, explanation) => {
    const read = readExportLine(text, 7);
    expect(read).toMatchObject({ ok: false, problem: { line: 7, explanation: expect.stringContaining(explanation) } });
  });
});

describe('exportReader', () => {
  const text = ledger.map((one) => `${exportLine(one)}\n`).join('');

  it('reads the same entries wherever the pieces are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const reader = exportReader();
        const read: ReadLine[] = [];
        for (let from = 0, turn = 0; from < text.length; turn += 1) {
          const to = from + (sizes[turn % sizes.length] as number);
          read.push(...reader.push(text.slice(from, to)));
          from = to;
        }
        expect([...read, ...reader.finish()]).toEqual(ledger.map((one) => ({ ok: true, entry: one })));
      }),
    );
  });

  it('does not keep a line without end', () => {
    const reader = exportReader();
    const read = [reader.push('x'.repeat(3_000_000)), reader.push('x'.repeat(3_000_000))].flat();
    expect(read).toEqual([{ ok: false, problem: { line: 1, explanation: 'The line is too long for an entry.' } }]);
  });
});

describe('readExport', () => {
  const text = ledger.map((one) => `${exportLine(one)}\n`).join('');

  it('reads an empty export', () => {
    expect(readExport('')).toEqual({ entries: [], problem: null });
  });

  it('keeps what came before the first bad line and names it', () => {
    const bad = text.replace('"position":4', '"position":"4"');
    expect(readExport(bad)).toMatchObject({ entries: ledger.slice(0, 3), problem: { line: 4 } });
  });

  it('notices a last line that is cut off', () => {
    expect(readExport(text.slice(0, -1))).toMatchObject({ problem: { line: 12, explanation: expect.stringContaining('cut off') } });
  });
});
