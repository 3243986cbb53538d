import type { Finding } from './secret-shapes.ts';

/** Runs of base64, base64url, hexadecimal and the like; 32 characters of base64 are 192 bits. */
const CANDIDATE = /(?<![\w+/-])[\w+/-]{32,}={0,2}/g;
/** Public though they look random: digests that say so (container images, subresource integrity) and links to shared documents. */
const PUBLIC = /(?<![a-z0-9])sha(?:1|256|384|512)[-:][\w+/-]{1,128}=*|https:\/\/(?:docs|drive|sheets)\.google\.com\/[^\s?#<>"']*/gi;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** MD5 and trace ids, SHA-1 and git, SHA-224, SHA-256 (our own chain), SHA-384, SHA-512. */
const HASH_DIGITS = new Set([32, 40, 56, 64, 96, 128]);
/** Bits per character. English words joined by hyphens stay below 3.7 or fail the other tests; 32 random characters of base64 have 4.5. */
const BITS_MIN = 3.6;
const HEX_BITS_MIN = 3;
/** How often neighbours change between small, capital and digit: 0.63 in random base64, 0.4 in random base36, 0.2 in CamelCase. */
const CHANGES_MIN_MIXED = 0.33;
const CHANGES_MIN_ONE_CASE = 0.15;

/**
 * Text that looks like a key nobody announced. Left alone, because a timeline is full of them and they open nothing: UUIDs, hexadecimal
 * digests of the usual lengths (git commits, checksums, trace ids), numbers, words joined by hyphens, paths, and links to shared documents.
 */
export function findRandom(text: string): readonly Finding[] {
  const judged = text.replace(PUBLIC, (known) => ' '.repeat(known.length));
  return [...judged.matchAll(CANDIDATE)]
    .filter(([run]) => looksRandom(run))
    .map((match) => ({ start: match.index, end: match.index + match[0].length, kind: 'random text' }));
}

function looksRandom(run: string): boolean {
  const text = run.replace(UUID, '').replace(/=+$/, '');
  if (/^\d*$/.test(text)) return false;
  if (/^[0-9a-f]*$/i.test(text)) return !HASH_DIGITS.has(text.length) && text.length >= 32 && bitsPerCharacter(text) >= HEX_BITS_MIN;
  if (wordyShare(text) >= 0.5 || bitsPerCharacter(text) < BITS_MIN) return false;
  const mixed = /[a-z]/.test(text) && /[A-Z]/.test(text);
  return changes(text) >= (mixed ? CHANGES_MIN_MIXED : CHANGES_MIN_ONE_CASE);
}

/** Share of the text that is words, numbers and digests between separators. */
function wordyShare(text: string): number {
  const parts = text.split(/[-_/+]/);
  const wordy = parts.filter((part) => /^(?:[A-Za-z]?[a-z]{2,}|[A-Z]{3,}|\d+)$/.test(part) || isDigest(part));
  return wordy.reduce((sum, part) => sum + part.length + 1, 0) / (text.length + 1);
}

function isDigest(part: string): boolean {
  return /^[0-9a-f]+$/.test(part) && (HASH_DIGITS.has(part.length) || (part.length >= 7 && part.length <= 12));
}

/** Shannon's entropy of the characters as they are distributed in the text itself. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - (count / text.length) * Math.log2(count / text.length), 0);
}

function changes(text: string): number {
  const classes = [...text.replace(/[-_/+]/g, '')].map((letter) =>
    /\d/.test(letter) ? 'digit' : /[a-z]/.test(letter) ? 'small' : 'capital',
  );
  return classes.filter((kind, index) => index > 0 && kind !== classes[index - 1]).length / Math.max(1, classes.length - 1);
}
