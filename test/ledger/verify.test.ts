import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chain, chainAll, seal } from '../../src/ledger/chain.ts';
import type { Checkpoint } from '../../src/ledger/checkpoint.ts';
import { type Entry, GENESIS, type UnchainedEntry } from '../../src/ledger/entry.ts';
import { merkleTree } from '../../src/ledger/merkle.ts';
import { startVerification, type Verdict, verify } from '../../src/ledger/verify.ts';
import { rechained, salt, sampleLedger } from './sample-ledger.ts';

function checkpointOf(entries: readonly Entry[], size = entries.length): Checkpoint {
  const tree = merkleTree();
  for (const entry of entries.slice(0, size)) tree.append(entry.hash);
  return { origin: 'example.com/ledger', size, root: tree.root() };
}

/** Kinds and positions only, as `edited 5` or `removed 5-7`. */
function faults(verdict: Verdict): readonly string[] {
  return verdict.faults.map(({ kind, position, through }) => `${kind} ${position === through ? position : `${position}-${through}`}`);
}

function changed(ledger: readonly Entry[], position: number, change: Partial<Entry>): readonly Entry[] {
  return ledger.map((entry) => (entry.position === position ? { ...entry, ...change } : entry));
}

function resealed(entries: readonly Entry[]): readonly UnchainedEntry[] {
  return entries.map((entry) => seal({ ...entry, data: {} }, salt(1)));
}

const ledger = sampleLedger({ entries: 20 });
const at = (position: number): Entry => ledger[position - 1] as Entry;

describe('an untouched ledger', () => {
  it('is sound, whatever it holds and however long it is', () => {
    const runs = fc.record({ entries: fc.nat(120), seed: fc.nat(), eraseEvery: fc.integer({ min: 2, max: 9 }), cut: fc.nat(120) });
    fc.assert(
      fc.property(runs, ({ entries, seed, eraseEvery, cut }) => {
        const clean = sampleLedger({ entries, seed, eraseEvery });
        const checkpoints = [checkpointOf(clean), checkpointOf(clean, Math.min(cut, entries)), checkpointOf(clean, 0)];
        const verdict = verify(clean, { checkpoints, head: clean.at(-1) ?? GENESIS });
        expect(verdict.faults).toEqual([]);
        expect(verdict).toMatchObject({ isSound: true, entries, faultsUnlisted: 0, root: checkpointOf(clean).root });
        expect(verdict.erasures).toBe(clean.filter((entry) => entry.data === null).length);
      }),
      { numRuns: 200 },
    );
  });

  it('is sound when empty', () => {
    expect(verify([])).toMatchObject({ isSound: true, entries: 0, head: GENESIS });
  });

  it('gives its head and root, which the next checkpoint signs', () => {
    expect(verify(ledger)).toMatchObject({ head: { position: 20, hash: at(20).hash }, root: checkpointOf(ledger).root });
  });
});

describe('an edited entry', () => {
  it.each<[string, Partial<Entry>, string]>([
    ['data', { data: '{"text":"nothing happened"}' }, 'its payload does not fit its digest'],
    ['salt', { salt: salt(7) }, 'its payload does not fit its digest'],
    ['actor', { actor: 'person:eve' }, 'its header does not fit its hash'],
    ['time', { at: 1 }, 'its header does not fit its hash'],
    ['incident', { incident: 77 }, 'its header does not fit its hash'],
    ['stream', { stream: 'incident/99' }, 'its header does not fit its hash'],
    ['version', { version: 99 }, 'its header does not fit its hash'],
    ['type', { type: 'incident.resolved' }, 'its header does not fit its hash'],
    ['cause', { cause: 'x' }, 'its header does not fit its hash'],
    ['digest', { digest: '0'.repeat(64) }, 'its header does not fit its hash'],
    ['position', { position: 1_000 }, 'its position'],
    ['link', { previous: 'f'.repeat(64) }, 'its link to the entry before'],
    ['hash', { hash: 'f'.repeat(64) }, 'its hash'],
  ])('is found by its %s', (_, change, part) => {
    const verdict = verify(changed(ledger, 5, change));
    expect(faults(verdict)).toEqual(['edited 5']);
    expect(verdict.faults[0]?.explanation).toBe(`Entry 5 was changed after it was written: ${part}.`);
  });

  it('is found when a number became the text of that number', () => {
    const verdict = verify(changed(ledger, 5, { at: String(at(5).at) as unknown as number }));
    expect(faults(verdict)).toEqual(['edited 5']);
    expect(verdict.faults[0]?.explanation).toContain('wrong type');
  });

  it('is found when a field is a BigInt, as a careless driver returns them', () => {
    expect(faults(verify(changed(ledger, 5, { position: 5n as unknown as number })))).toEqual(['edited 5']);
  });

  it('is found when its own hash was computed again', () => {
    const forged = chain(at(4), { ...at(5), actor: 'person:eve', salt: salt(1), data: '{}' });
    expect(faults(verify(changed(ledger, 5, forged)))).toEqual(['edited 5']);
  });

  it('is found at both ends of the ledger', () => {
    expect(faults(verify(changed(ledger, 1, { actor: 'person:eve' })))).toEqual(['edited 1']);
    expect(faults(verify(changed(ledger, 20, { data: '{}' })))).toEqual(['edited 20']);
  });

  it('is found when it was given a foreign place, link and hash', () => {
    const all = { position: 1_000, previous: 'a'.repeat(64), hash: 'b'.repeat(64) };
    expect(faults(verify(changed(ledger, 5, all)))).toEqual(['edited 5']);
  });

  it('is told from a forged neighbour and from a missing one', () => {
    const forged = chain(at(4), seal({ ...at(5), data: { text: 'approved' } }, salt(9)));
    const both = changed(ledger, 5, { actor: 'person:eve' }).toSpliced(5, 0, forged);
    expect(faults(verify(both))).toEqual(['edited 5', 'inserted 6']);
    const afterGap = changed(ledger, 6, { actor: 'person:eve' }).filter((entry) => entry.position !== 5);
    expect(faults(verify(afterGap))).toEqual(['removed 5', 'edited 6']);
  });

  it('does not hide a second one', () => {
    const twice = changed(changed(ledger, 5, { actor: 'person:eve' }), 12, { data: '{}' });
    expect(faults(verify(twice))).toEqual(['edited 5', 'edited 12']);
  });
});

describe('what is missing or in the wrong place', () => {
  const without = (...positions: number[]): readonly Entry[] => ledger.filter((entry) => !positions.includes(entry.position));

  it('names a removed entry and a removed range', () => {
    expect(faults(verify(without(5)))).toEqual(['removed 5']);
    expect(faults(verify(without(5, 6, 7)))).toEqual(['removed 5-7']);
    expect(faults(verify(without(1)))).toEqual(['removed 1']);
    expect(faults(verify(without(3, 12)))).toEqual(['removed 3', 'removed 12']);
  });

  it('names a removed entry although all that follow were renumbered', () => {
    const renumbered = without(5).map((entry) => (entry.position > 5 ? { ...entry, position: entry.position - 1 } : entry));
    expect(faults(verify(renumbered))).toEqual(['removed 5']);
  });

  it('names an entry removed with every hash computed again, as long as its stream remembers', () => {
    const removedVersion = ledger.findIndex((entry, index) => ledger.slice(index + 1).some((later) => later.stream === entry.stream));
    const verdict = verify(rechained(ledger.filter((_, index) => index !== removedVersion)));
    expect(verdict.faults[0]).toMatchObject({ kind: 'removed' });
    expect(verdict.faults[0]?.explanation).toContain(`of ${(ledger[removedVersion] as Entry).stream}`);
  });

  it('names two swapped entries, next to each other or far apart', () => {
    const swapped = (one: number, other: number): readonly Entry[] =>
      ledger.map((entry) => (entry.position === one ? at(other) : entry.position === other ? at(one) : entry));
    expect(faults(verify(swapped(5, 6)))).toEqual(['reordered 5-6']);
    expect(faults(verify(swapped(3, 17)))).toEqual(['reordered 3-17']);
    expect(faults(verify(swapped(19, 20)))).toEqual(['reordered 19-20']);
  });

  it('names an entry that was moved', () => {
    expect(faults(verify([...without(5).slice(0, 14), at(5), ...without(5).slice(14)]))).toEqual(['reordered 5-16']);
  });

  it('names an entry that was moved and copied', () => {
    expect(faults(verify([...without(5).slice(0, 14), at(5), at(5), ...without(5).slice(14)]))).toEqual(['reordered 5-16', 'inserted 16']);
  });

  it('names positions that jump or repeat, although every hash fits', () => {
    const jumping = chainAll({ position: 6, hash: at(4).hash }, resealed(ledger.slice(4)));
    expect(faults(verify([...ledger.slice(0, 4), ...jumping]))).toEqual(['removed 5-6']);
    const repeating = chainAll({ position: 3, hash: at(4).hash }, resealed(ledger.slice(4)));
    expect(faults(verify([...ledger.slice(0, 4), ...repeating]))).toEqual(['inserted 5']);
  });

  it('names a copy of an entry', () => {
    expect(faults(verify([...ledger.slice(0, 10), at(3), ...ledger.slice(10)]))).toEqual(['inserted 11']);
    expect(faults(verify([...ledger, at(20)]))).toEqual(['inserted 21']);
  });

  it('names an entry whose position moved it to the end of a table', () => {
    expect(faults(verify([...without(5), { ...at(5), position: 1_000 }]))).toEqual(['edited 5']);
  });
});

describe('an inserted entry', () => {
  const forged = chain(at(4), seal({ ...at(5), data: { text: 'approved' } }, salt(9)));

  it('is found with garbage for hashes', () => {
    const garbage: Entry = { ...at(5), previous: 'e'.repeat(64), hash: 'd'.repeat(64), data: '{}' };
    expect(faults(verify([...ledger.slice(0, 4), garbage, ...ledger.slice(4)]))).toEqual(['inserted 5']);
  });

  it('is found where it is chained properly to the one before', () => {
    const verdict = verify([...ledger.slice(0, 4), forged, ...ledger.slice(4)]);
    expect(faults(verdict)).toEqual(['inserted 5']);
    expect(verdict, 'the intruder has no part in the root').toMatchObject({ root: checkpointOf(ledger).root, entries: 21 });
    expect(faults(verify([...ledger.slice(0, 5), forged, ...ledger.slice(5)]))).toEqual(['inserted 6']);
  });

  it('is found although all that follow were renumbered to make room', () => {
    const moved = ledger.slice(4).map((entry) => ({ ...entry, position: entry.position + 1 }));
    expect(faults(verify([...ledger.slice(0, 4), forged, ...moved]))).toEqual(['inserted 5']);
  });

  it('is found when it repeats a version of its stream and every hash was computed again', () => {
    const verdict = verify(rechained([...ledger.slice(0, 5), at(5), ...ledger.slice(5)]));
    expect(verdict.faults[0]).toMatchObject({ kind: 'inserted', position: 6 });
  });
});

describe('what only shows from outside', () => {
  it('finds a cut-off tail against a checkpoint and against a known head', () => {
    const cut = ledger.slice(0, 15);
    expect(verify(cut).isSound).toBe(true);
    expect(faults(verify(cut, { checkpoints: [checkpointOf(ledger)] }))).toEqual(['truncated 16-20']);
    expect(faults(verify(cut, { head: at(18) }))).toEqual(['truncated 16-18']);
    expect(faults(verify([], { head: at(1) }))).toEqual(['truncated 1']);
  });

  it('finds a ledger written anew, between the last checkpoint that fits and the first that does not', () => {
    const anew = rechained(changed(ledger, 9, { actor: 'person:eve' }), 9);
    const checkpoints = [5, 8, 12, 20].map((size) => checkpointOf(ledger, size));
    expect(verify(anew).isSound).toBe(true);
    expect(faults(verify(anew, { checkpoints }))).toEqual(['replaced 9-12']);
    expect(faults(verify(anew, { head: at(20) }))).toEqual(['replaced 1-20']);
  });

  it('accepts a ledger that went on after the checkpoint', () => {
    expect(verify(ledger, { checkpoints: [checkpointOf(ledger, 7)], head: at(11) }).isSound).toBe(true);
  });
});

describe('an erased payload', () => {
  const erasing = (announcedFirst: boolean): readonly Entry[] => {
    const redaction = seal(
      {
        ...at(1),
        stream: 'redaction/1',
        version: 1,
        type: 'entry.redacted',
        data: { position: announcedFirst ? 21 : 5, reason: 'a token' },
      },
      salt(3),
    );
    return [...ledger, chain(at(20), redaction)];
  };

  it('is accepted once a later entry.redacted names it', () => {
    expect(verify(changed(erasing(false), 5, { salt: null, data: null }))).toMatchObject({ isSound: true, erasures: 1 });
  });

  it('is a fault when nobody announced it', () => {
    expect(faults(verify(changed(ledger, 5, { salt: null, data: null })))).toEqual(['erased 5']);
  });

  it('is a fault when the announcement was itself erased', () => {
    const both = changed(changed(erasing(false), 5, { salt: null, data: null }), 21, { salt: null, data: null });
    expect(faults(verify(both))).toEqual(['erased 5', 'erased 21']);
  });

  it('is a fault when it was announced before it was written', () => {
    const early = erasing(true);
    const later = chain(early.at(-1) ?? GENESIS, seal({ ...at(1), stream: 'late/1', version: 1, data: {} }, salt(4)));
    expect(faults(verify([...early, { ...later, salt: null, data: null }]))).toEqual(['erased 22']);
  });

  it('is a fault when only one half of it is gone', () => {
    expect(faults(verify(changed(ledger, 5, { salt: null })))).toEqual(['edited 5']);
    expect(faults(verify(changed(ledger, 5, { data: null })))).toEqual(['edited 5']);
  });
});

describe('a shredded ledger', () => {
  it('lists a hundred faults and counts the rest', () => {
    const verification = startVerification();
    for (const entry of sampleLedger({ entries: 500 })) verification.add({ ...entry, actor: 'person:eve' });
    const verdict = verification.finish();
    expect(verdict.faults).toHaveLength(100);
    expect(verdict.faultsUnlisted).toBe(400);
    expect(verdict.isSound).toBe(false);
  });

  it('is judged in a moment even where a forged position leaves a gap as wide as the numbers go', () => {
    const far = chain({ position: Number.MAX_SAFE_INTEGER - 1, hash: 'a'.repeat(64) }, seal({ ...at(1), data: {} }, salt(5)));
    expect(faults(verify([...ledger, far]))).toEqual([`removed 21-${Number.MAX_SAFE_INTEGER - 1}`]);
  });
});
