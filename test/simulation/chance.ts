import type { Randomness } from '../../src/kit/randomness.ts';
import { seededRandomness } from '../support/seeded-randomness.ts';

/** Chance of one kind, apart from all others: what is drawn for one fault moves nothing else. */
export interface Chance extends Randomness {
  hits(share: number): boolean;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  pick<T>(items: readonly T[]): T;
}

/** FNV-1a, a public-domain hash by Fowler, Noll and Vo (RFC 9923): spreads labels over seeds. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export function chance(seed: number, label: string): Chance {
  let mixed = (FNV_OFFSET ^ seed) >>> 0;
  for (const letter of label) mixed = Math.imul(mixed ^ (letter.codePointAt(0) ?? 0), FNV_PRIME) >>> 0;
  const randomness = seededRandomness(mixed);
  const { fraction } = randomness;
  return {
    ...randomness,
    hits: (share) => fraction() < share,
    between: (least, most) => least + Math.floor(fraction() * (most - least + 1)),
    pick: (items) => items[Math.floor(fraction() * items.length)] as (typeof items)[number],
  };
}
