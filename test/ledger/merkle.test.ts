import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/kit/hashing.ts';
import { EMPTY_FRONTIER, EMPTY_ROOT, leafHash, merkleTree, nodeHash, rootOf } from '../../src/ledger/merkle.ts';
import { LEAVES, ROOTS } from './merkle-vectors.ts';

/** RFC 6962, part 2.1, word for word. */
function rootByDefinition(leaves: readonly string[]): string {
  if (leaves.length === 0) return sha256Hex('');
  if (leaves.length === 1) return leafHash(leaves[0] as string);
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return nodeHash(rootByDefinition(leaves.slice(0, half)), rootByDefinition(leaves.slice(half)));
}

const anyLeaves = fc.array(
  fc.nat().map((number) => sha256Hex(String(number))),
  { maxLength: 150 },
);

describe('the hashes of the tree', () => {
  it('are those of RFC 6962', () => {
    expect(EMPTY_ROOT).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(leafHash('')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(leafHash(Buffer.from('L123456').toString('hex'))).toBe('395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56');
  });

  it('are the same for a leaf of 32 bytes, which has its own quick way', () => {
    const leaf = sha256Hex('an entry');
    expect(leafHash(leaf)).toBe(sha256Hex(Buffer.from(`00${leaf}`, 'hex')));
  });

  it('tell a node from a leaf with the same bytes', () => {
    const [left, right] = [sha256Hex('left'), sha256Hex('right')];
    expect(nodeHash(left, right)).toBe(sha256Hex(Buffer.from(`01${left}${right}`, 'hex')));
    expect(nodeHash(left, right)).not.toBe(leafHash(left + right));
    expect(nodeHash(left, right)).not.toBe(nodeHash(right, left));
  });
});

describe('merkleTree', () => {
  it('has the published roots of the reference trees, one leaf after another', () => {
    const tree = merkleTree();
    expect(tree.root()).toBe(EMPTY_ROOT);
    const roots = LEAVES.map((leaf) => {
      tree.append(leaf);
      return tree.root();
    });
    expect(roots).toEqual(ROOTS);
  });

  it('has the root that RFC 6962 defines, for any number of leaves', () => {
    fc.assert(
      fc.property(anyLeaves, (leaves) => {
        const tree = merkleTree();
        for (const leaf of leaves) tree.append(leaf);
        expect(tree.root()).toBe(rootByDefinition(leaves));
        expect(tree.size()).toBe(leaves.length);
      }),
    );
  });

  it('goes on from a remembered frontier as if it had never stopped', () => {
    fc.assert(
      fc.property(anyLeaves, fc.nat(150), (leaves, stop) => {
        const before = merkleTree();
        for (const leaf of leaves.slice(0, stop)) before.append(leaf);
        const after = merkleTree(JSON.parse(JSON.stringify(before.frontier())));
        for (const leaf of leaves.slice(stop)) after.append(leaf);
        expect(after.root()).toBe(rootByDefinition(leaves));
        expect(rootOf(after.frontier())).toBe(after.root());
      }),
    );
  });

  it('remembers one hash for every 1 in its size, twenty at most for a million leaves', () => {
    const tree = merkleTree();
    for (let size = 1; size <= 1_000; size += 1) {
      tree.append(sha256Hex(String(size)));
      expect(tree.frontier().peaks).toHaveLength(size.toString(2).replaceAll('0', '').length);
    }
    expect(EMPTY_FRONTIER).toEqual({ size: 0, peaks: [] });
  });

  it('counts beyond 32 bits', () => {
    const tree = merkleTree({ size: 2 ** 40, peaks: [sha256Hex('a great many')] });
    tree.append(sha256Hex('one more'));
    expect(tree.frontier()).toMatchObject({ size: 2 ** 40 + 1, peaks: [expect.anything(), leafHash(sha256Hex('one more'))] });
  });
});
