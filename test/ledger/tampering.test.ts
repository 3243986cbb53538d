import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../src/ledger/checkpoint.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import type { Fault } from '../../src/ledger/fault.ts';
import { merkleTree } from '../../src/ledger/merkle.ts';
import { verify } from '../../src/ledger/verify.ts';
import { dice, sampleLedger } from './sample-ledger.ts';
import { editField, FIELDS, TAMPERS } from './tampering.ts';

/** Seeds per way of tampering: 27 ways make more than two thousand tampers. */
const SEEDS = 80;

function everyCheckpoint(entries: readonly Entry[]): readonly Checkpoint[] {
  const tree = merkleTree();
  return entries.map((entry, index) => {
    tree.append(entry.hash);
    return { origin: 'example.com/ledger', size: index + 1, root: tree.root() };
  });
}

function exportOf(entry: Entry | undefined): string {
  return JSON.stringify(entry ?? null);
}

const ways = [...FIELDS.map((field) => [`edits ${field}`, editField(field)] as const), ...Object.entries(TAMPERS)];

describe('whoever', () => {
  it.each(ways)('%s is found, at exactly the entry concerned', (_, tamper) => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const roll = dice(seed);
      const clean = sampleLedger({ entries: 4 + roll(60), seed, eraseEvery: 3 + roll(9) });
      const { entries, kind, position, needsWitness } = tamper(clean, roll);
      const verdict = verify(entries, needsWitness ? { checkpoints: everyCheckpoint(clean) } : {});
      // When an announcement is what was lost, the erasure it announced is found besides.
      const [first] = verdict.faults.filter((fault) => fault.kind === kind || fault.kind !== 'erased');
      expect(first, `seed ${seed}`).toMatchObject({ kind, position });
      expect(verdict.isSound).toBe(false);
      if (needsWitness) expect(verify(entries).faults.filter((fault) => fault.kind !== 'erased')).toEqual([]);
    }
  });

  it('does several things at once is found, from the first place on that was touched', () => {
    const tampers = Object.values(TAMPERS);
    for (let seed = 1; seed <= 400; seed += 1) {
      const roll = dice(seed);
      const clean = sampleLedger({ entries: 30, seed });
      const once = (tampers[roll(tampers.length)] as (typeof tampers)[number])(clean, roll);
      const longEnough = once.entries.length > 3 ? once.entries : clean;
      const { entries } = editField(FIELDS[roll(FIELDS.length)] as (typeof FIELDS)[number])(longEnough, roll);
      const verdict = verify(entries, { checkpoints: everyCheckpoint(clean) });
      const touched = clean.findIndex((entry, index) => exportOf(entry) !== exportOf(entries[index])) + 1 || clean.length + 1;
      expect(verdict.isSound, `seed ${seed}`).toBe(false);
      const [first] = verdict.faults as readonly [Fault];
      // An entry both moved and changed is one fault, at its own place; where it stands now is in the explanation.
      const start = first.explanation.includes(`where entry ${touched} belongs`) ? touched : first.position;
      expect(start, `seed ${seed}`).toBeLessThanOrEqual(touched + 1);
      expect(first.through, `seed ${seed}`).toBeGreaterThanOrEqual(touched - 1);
    }
  });

  it('writes junk into the store makes the verdict red, never the verification fail', () => {
    const junk = fc.record(
      { ...Object.fromEntries(FIELDS.map((field) => [field, fc.anything({ withNullPrototype: true, withBigInt: true })])) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(junk, { minLength: 1, maxLength: 12 }), fc.nat(10), (rows, place) => {
        const entries = sampleLedger({ entries: 10 }).toSpliced(place, 0, ...(rows as unknown as Entry[]));
        expect(verify(entries).isSound).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('writes everything anew is found between the checkpoints that exist', () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const roll = dice(seed);
      const clean = sampleLedger({ entries: 40, seed });
      const { entries, position } = (TAMPERS['writes everything anew from somewhere'] as (typeof TAMPERS)[string])(clean, roll);
      const checkpoints = everyCheckpoint(clean).filter((checkpoint) => checkpoint.size % 10 === 0);
      const [fault] = verify(entries, { checkpoints }).faults;
      const block = Math.ceil(position / 10) * 10;
      expect(fault, `seed ${seed}`).toMatchObject({ kind: 'replaced', position: block - 9, through: block });
    }
  });
});
