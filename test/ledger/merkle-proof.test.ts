import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/kit/hashing.ts';
import { EMPTY_ROOT, type Frontier, merkleTree } from '../../src/ledger/merkle.ts';
import { consistencyProof, inclusionProof, provesConsistency, provesInclusion } from '../../src/ledger/merkle-proof.ts';
import { CONSISTENCY_PROOFS, INCLUSION_PROOFS, LEAVES, ROOTS } from './merkle-vectors.ts';

function frontierOf(leaves: readonly string[]): Frontier {
  const tree = merkleTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree.frontier();
}

function rootOfLeaves(leaves: readonly string[]): string {
  const tree = merkleTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree.root();
}

const FOREIGN = sha256Hex('foreign');
const flipped = (hash: string): string => hash.replace(/^./, (first) => (first === '0' ? '1' : '0'));
const someLeaves = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => sha256Hex(`leaf ${index}`));

/** Proofs that differ from a good one in one thing. */
function spoiled(proof: readonly string[], root: string): readonly (readonly string[])[] {
  const bent = proof.map((hash, index) => proof.with(index, flipped(hash)));
  const shorter = proof.length > 0 ? [proof.slice(0, -1), proof.slice(1)] : [];
  return [...bent, ...shorter, [...proof, root], [...proof, ''], [root, ...proof], ['', ...proof], [FOREIGN, ...proof]];
}

describe('an inclusion proof', () => {
  it.each(INCLUSION_PROOFS)('of leaf $index among $size is the published one', ({ index, size, proof }) => {
    expect(inclusionProof(LEAVES.slice(0, size), index)).toEqual(proof);
    expect(provesInclusion({ leaf: LEAVES[index] as string, index, size, root: ROOTS[size - 1] as string, proof })).toBe(true);
  });

  it('is made and believed for every leaf of every small tree', () => {
    for (let size = 1; size <= 33; size += 1) {
      const leaves = someLeaves(size);
      const root = rootOfLeaves(leaves);
      for (const [index, leaf] of leaves.entries()) {
        expect(provesInclusion({ leaf, index, size, root, proof: inclusionProof(leaves, index) })).toBe(true);
      }
    }
  });

  it('proves nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (size, number) => {
        const leaves = someLeaves(size);
        const index = number % size;
        const claim = { leaf: leaves[index] as string, index, size, root: rootOfLeaves(leaves), proof: inclusionProof(leaves, index) };
        const lies = [
          { ...claim, leaf: FOREIGN },
          { ...claim, root: FOREIGN },
          { ...claim, root: EMPTY_ROOT },
          { ...claim, index: index + 1 },
          { ...claim, index: index - 1 },
          { ...claim, index: index ^ 2 },
          { ...claim, index: size },
          { ...claim, index: 0.5 },
          { ...claim, size: size * 2 },
          { ...claim, size: Math.floor(size / 2) },
          ...spoiled(claim.proof, claim.root).map((proof) => ({ ...claim, proof })),
        ];
        expect(lies.filter(provesInclusion)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('cannot be made for a leaf that is not there', () => {
    expect(() => inclusionProof(LEAVES, 8)).toThrow(RangeError);
    expect(() => inclusionProof([], 0)).toThrow(RangeError);
    expect(() => inclusionProof(LEAVES, -1)).toThrow(RangeError);
  });
});

describe('a consistency proof', () => {
  it.each(CONSISTENCY_PROOFS)('from $first to $second leaves is the published one', ({ first, second, proof }) => {
    expect(consistencyProof(frontierOf(LEAVES.slice(0, first)), LEAVES.slice(first, second))).toEqual(proof);
    const claim = {
      first: { size: first, root: ROOTS[first - 1] as string },
      second: { size: second, root: ROOTS[second - 1] as string },
      proof,
    };
    expect(provesConsistency(claim)).toBe(true);
  });

  it('is made from the frontier alone and believed, for every pair of small trees', () => {
    for (let second = 0; second <= 33; second += 1) {
      const leaves = someLeaves(second);
      for (let first = 0; first <= second; first += 1) {
        const proof = consistencyProof(frontierOf(leaves.slice(0, first)), leaves.slice(first));
        const old = { size: first, root: rootOfLeaves(leaves.slice(0, first)) };
        expect(
          provesConsistency({ first: old, second: { size: second, root: rootOfLeaves(leaves) }, proof }),
          `${first} to ${second}`,
        ).toBe(true);
      }
    }
  });

  it('proves nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (size, growth) => {
        const leaves = someLeaves(size + growth);
        const first = { size, root: rootOfLeaves(leaves.slice(0, size)) };
        const second = { size: size + growth, root: rootOfLeaves(leaves) };
        const proof = consistencyProof(frontierOf(leaves.slice(0, size)), leaves.slice(size));
        const lies = [
          { first: { ...first, root: FOREIGN }, second, proof },
          { first, second: { ...second, root: FOREIGN }, proof },
          { first: { ...first, root: second.root }, second: { ...second, root: first.root }, proof },
          { first: { ...first, size: size + 1 }, second, proof },
          { first: { ...first, size: size - 1 }, second, proof },
          { first, second: { ...second, size: second.size * 2 }, proof },
          { first: second, second: first, proof },
          { first, second, proof: [] },
          ...spoiled(proof, first.root).map((bad) => ({ first, second, proof: bad })),
          ...spoiled(proof, second.root).map((bad) => ({ first, second, proof: bad })),
        ];
        expect(lies.filter(provesConsistency)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('cannot be made for a ledger that was changed before the first size', () => {
    const leaves = someLeaves(20);
    const rewritten = leaves.with(3, FOREIGN);
    const proof = consistencyProof(frontierOf(leaves.slice(0, 11)), rewritten.slice(11));
    const honest = consistencyProof(frontierOf(rewritten.slice(0, 11)), rewritten.slice(11));
    const first = { size: 11, root: rootOfLeaves(leaves.slice(0, 11)) };
    const second = { size: 20, root: rootOfLeaves(rewritten) };
    expect(provesConsistency({ first, second, proof })).toBe(false);
    expect(provesConsistency({ first, second, proof: honest })).toBe(false);
  });

  it('says of equal sizes that the roots are equal, and of the empty tree that it was empty', () => {
    const one = { size: 1, root: ROOTS[0] as string };
    const none = { size: 0, root: EMPTY_ROOT };
    expect(provesConsistency({ first: one, second: one, proof: [] })).toBe(true);
    expect(provesConsistency({ first: one, second: { ...one, root: FOREIGN }, proof: [] })).toBe(false);
    expect(provesConsistency({ first: one, second: one, proof: [FOREIGN] })).toBe(false);
    expect(provesConsistency({ first: none, second: one, proof: [] })).toBe(true);
    expect(provesConsistency({ first: { ...none, root: FOREIGN }, second: one, proof: [] })).toBe(false);
    expect(provesConsistency({ first: none, second: one, proof: [EMPTY_ROOT] })).toBe(false);
  });
});
