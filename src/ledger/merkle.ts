import { sha256Hex } from '../kit/hashing.ts';

/** Hexadecimal digits of a SHA-256. */
const HASH_DIGITS = 64;
const HASH_BYTES = 32;

// Leaves and nodes are hashed with different first bytes, so that no node can pose as a leaf (RFC 6962, part 2.1).
const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;

/** Root of a tree without leaves: the hash of nothing (RFC 6962, part 2.1). */
export const EMPTY_ROOT = sha256Hex('');

/**
 * All that must be remembered of a tree to go on growing it: the roots of its complete subtrees, largest first, one for
 * every 1 in the binary `size`. Twenty hashes stand for a million leaves.
 */
export interface Frontier {
  readonly size: number;
  readonly peaks: readonly string[];
}
export const EMPTY_FRONTIER: Frontier = { size: 0, peaks: [] };

/** A Merkle tree (RFC 6962) that only grows. It keeps its frontier and nothing else. */
export interface MerkleTree {
  /** Adds a leaf with these bytes, hexadecimal: for the ledger, the `hash` of an entry. */
  append(leaf: string): void;
  size(): number;
  /** Root over all leaves so far, hexadecimal. */
  root(): string;
  frontier(): Frontier;
}

export function merkleTree(from: Frontier = EMPTY_FRONTIER): MerkleTree {
  const peaks = [...from.peaks];
  let size = from.size;
  return {
    append(leaf) {
      let node = leafHash(leaf);
      // Every complete subtree as large as the new one becomes its left half, as in counting up by one.
      for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) node = nodeHash(peaks.pop() as string, node);
      peaks.push(node);
      size += 1;
    },
    size: () => size,
    root: () => rootOf({ size, peaks }),
    frontier: () => ({ size, peaks: [...peaks] }),
  };
}

/** The root that a frontier stands for, hexadecimal. */
export function rootOf(frontier: Frontier): string {
  if (frontier.peaks.length === 0) return EMPTY_ROOT;
  return frontier.peaks.reduceRight((right, left) => nodeHash(left, right));
}

const leafBytes = Buffer.alloc(1 + HASH_BYTES, LEAF_PREFIX);
const nodeBytes = Buffer.alloc(1 + 2 * HASH_BYTES, NODE_PREFIX);

/** Hash of a leaf with these bytes, hexadecimal in and out (RFC 6962, part 2.1). */
export function leafHash(leaf: string): string {
  if (leaf.length !== HASH_DIGITS) return sha256Hex(Buffer.from(`00${leaf}`, 'hex'));
  // The same 33 bytes are written over each time: nothing else runs between writing and hashing.
  leafBytes.write(leaf, 1, 'hex');
  return sha256Hex(leafBytes);
}

/** Hash of the node above two nodes, hexadecimal in and out (RFC 6962, part 2.1). */
export function nodeHash(left: string, right: string): string {
  nodeBytes.write(left, 1, 'hex');
  nodeBytes.write(right, 1 + HASH_BYTES, 'hex');
  return sha256Hex(nodeBytes);
}
