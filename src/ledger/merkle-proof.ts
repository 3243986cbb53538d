import { EMPTY_ROOT, type Frontier, leafHash, merkleTree, nodeHash } from './merkle.ts';

const HASH = /^[0-9a-f]{64}$/;

/**
 * Proves that the leaf at `index` (0 for the first) is in the tree over `leaves`: the hashes beside its way up to the
 * root, lowest first (RFC 6962, part 2.1.1). Throws when there is no such leaf.
 */
export function inclusionProof(leaves: readonly string[], index: number): readonly string[] {
  if (!(index >= 0 && index < leaves.length)) throw new RangeError('no leaf at that index');
  const proof: string[] = [];
  let from = 0;
  let to = leaves.length;
  while (to - from > 1) {
    const middle = from + leftSize(to - from);
    if (index < middle) {
      proof.push(rangeRoot(leaves, middle, to));
      to = middle;
    } else {
      proof.push(rangeRoot(leaves, from, middle));
      from = middle;
    }
  }
  return proof.reverse();
}

/**
 * Proves that the tree of `before` only grew by the leaves `added` (RFC 6962, part 2.1.2). Needs nothing older than
 * the frontier: whatever the proof names of the old tree is one of its peaks.
 */
export function consistencyProof(before: Frontier, added: readonly string[]): readonly string[] {
  if (before.size === 0 || added.length === 0) return [];
  const proof: string[] = [];
  let from = 0;
  let to = before.size + added.length;
  while (before.size < to) {
    const middle = from + leftSize(to - from);
    if (before.size <= middle) {
      proof.push(rangeRoot(added, middle - before.size, to - before.size));
      to = middle;
    } else {
      proof.push(peakAt(before, from));
      from = middle;
    }
  }
  // The way ends at the old tree's last peak. Where that is the whole old tree, whoever checks knows it already.
  if (from > 0) proof.push(peakAt(before, from));
  return proof.reverse();
}

/** Whether `proof` shows that `leaf` (its bytes, hexadecimal) stands at `index` of the tree with this size and root (RFC 9162, part 2.1.3.2). */
export function provesInclusion(claim: {
  readonly leaf: string;
  readonly index: number;
  readonly size: number;
  readonly root: string;
  readonly proof: readonly string[];
}): boolean {
  const { index, size, proof } = claim;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  if (!proof.every((hash) => HASH.test(hash))) return false;
  const way = climb(index, size - 1);
  let root = leafHash(claim.leaf);
  for (const hash of proof) {
    const side = way.next();
    if (side === null) return false;
    root = side === 'left' ? nodeHash(hash, root) : nodeHash(root, hash);
  }
  return way.isAtTop() && root === claim.root;
}

/** Whether `proof` shows that the tree with the first size and root was only added to, to become the second (RFC 9162, part 2.1.4.2). */
export function provesConsistency(claim: {
  readonly first: { readonly size: number; readonly root: string };
  readonly second: { readonly size: number; readonly root: string };
  readonly proof: readonly string[];
}): boolean {
  const { first, second, proof } = claim;
  if (!Number.isSafeInteger(first.size) || !Number.isSafeInteger(second.size)) return false;
  if (first.size < 0 || first.size > second.size) return false;
  if (!proof.every((hash) => HASH.test(hash))) return false;
  if (first.size === second.size) return proof.length === 0 && first.root === second.root;
  // Everything follows the empty tree, as long as it really was the empty one.
  if (first.size === 0) return proof.length === 0 && first.root === EMPTY_ROOT;
  return climbsToBoth(first, second, proof);
}

function climbsToBoth(
  first: { readonly size: number; readonly root: string },
  second: { readonly size: number; readonly root: string },
  proof: readonly string[],
): boolean {
  const [seed, ...rest] = isPowerOfTwo(first.size) ? [first.root, ...proof] : proof;
  if (seed === undefined) return false;
  let old = seed;
  let grown = seed;
  const way = climb(first.size - 1, second.size - 1);
  way.skipCompleted();
  for (const hash of rest) {
    const side = way.next();
    if (side === null) return false;
    if (side === 'left') old = nodeHash(hash, old);
    grown = side === 'left' ? nodeHash(hash, grown) : nodeHash(grown, hash);
  }
  return way.isAtTop() && old === first.root && grown === second.root;
}

/** The way from a node up to the root beside the tree's last node; says on which side the next sibling stands. */
function climb(node: number, last: number): { next(): 'left' | 'right' | null; skipCompleted(): void; isAtTop(): boolean } {
  let at = node;
  let end = last;
  const up = (): void => {
    at = Math.floor(at / 2);
    end = Math.floor(end / 2);
  };
  return {
    next() {
      if (end === 0) return null;
      const side = at % 2 === 1 || at === end ? 'left' : 'right';
      // At the ragged right edge a node without a sibling moves up unhashed.
      if (side === 'left') while (at % 2 === 0 && at !== 0) up();
      up();
      return side;
    },
    skipCompleted() {
      while (at % 2 === 1) up();
    },
    isAtTop: () => end === 0,
  };
}

/** Leaves in the left half: the largest power of two smaller than `size` (RFC 6962, part 2.1). */
function leftSize(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

function isPowerOfTwo(size: number): boolean {
  return size === 1 || leftSize(size) * 2 === size;
}

function rangeRoot(leaves: readonly string[], from: number, to: number): string {
  const tree = merkleTree();
  for (let index = from; index < to; index += 1) tree.append(leaves[index] as string);
  return tree.root();
}

/** The complete subtree of the frontier that begins at leaf `start`. */
function peakAt(frontier: Frontier, start: number): string {
  let begins = 0;
  let rest = frontier.size;
  for (const peak of frontier.peaks) {
    if (begins === start) return peak;
    const size = isPowerOfTwo(rest) ? rest : leftSize(rest);
    begins += size;
    rest -= size;
  }
  throw new RangeError('no complete subtree begins there');
}
