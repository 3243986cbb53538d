import { canonicalJson } from '../kit/canonical-json.ts';
import { sha256Hex } from '../kit/hashing.ts';
import type { Entry, Head, UnchainedEntry } from './entry.ts';

// One prefix for each thing that is hashed, so that the hash of one can never be passed off as the hash of the other.
const DATA_PREFIX = 'allclear/v1 data\n';
const ENTRY_PREFIX = 'allclear/v1 entry\n';

const SALT = /^[0-9a-f]{32}$/;

/** A fact before it is written down: its place, its circumstances, and its data as a value. */
export type Fact = Omit<UnchainedEntry, 'salt' | 'data'> & { readonly data: unknown };

/**
 * Writes a fact's data as canonical JSON beside a fresh salt: what the store chains and keeps. `salt` is 32 lower-case
 * hexadecimal digits nobody can guess, one for every entry: without it, a short redacted text could be found again by
 * hashing guesses. Throws when the data is not plain JSON.
 */
export function seal(fact: Fact, salt: string): UnchainedEntry {
  if (!SALT.test(salt)) throw new TypeError('a salt is 32 lower-case hexadecimal digits');
  return { ...fact, salt, data: canonicalJson(fact.data) };
}

/** Gives an entry its place after `head`, with the hashes that bind it there. */
export function chain(head: Head, unchained: UnchainedEntry): Entry {
  const { stream, version, type, schema, incident, at, actor, cause, salt, data } = unchained;
  const digest = digestOf(salt, data);
  const position = head.position + 1;
  const previous = head.hash;
  const header = { position, stream, version, type, schema, incident, at, actor, cause, digest, previous };
  return { position, stream, version, type, schema, incident, at, actor, cause, salt, data, digest, previous, hash: hashOf(header) };
}

/** Chains entries one after another, in the order given. */
export function chainAll(head: Head, unchained: readonly UnchainedEntry[]): readonly Entry[] {
  let last = head;
  return unchained.map((one) => {
    const entry = chain(last, one);
    last = entry;
    return entry;
  });
}

/** What the hash of an entry covers: everything but the payload, which the digest stands for, and the hash itself. */
export type Header = Omit<Entry, 'salt' | 'data' | 'hash'>;

/** SHA-256 over prefix, salt, newline and data. The salt has a fixed length, so no two pairs give the same bytes. */
export function digestOf(salt: string, data: string): string {
  return sha256Hex(`${DATA_PREFIX}${salt}\n${data}`);
}

/** SHA-256 over prefix and `headerText`. */
export function hashOf(header: Header): string {
  return sha256Hex(ENTRY_PREFIX + headerText(header));
}

/**
 * The header as canonical JSON (RFC 8785). Written by hand because it is hashed for every entry ever verified; a test
 * holds it against `canonicalJson`.
 */
export function headerText(header: Header): string {
  const [before, after] = headerAround(header);
  return before + header.position + PLACE_BETWEEN + JSON.stringify(header.previous) + after;
}

type PlacelessHeader = Omit<Header, 'position' | 'previous'>;

function headerAround(header: PlacelessHeader): readonly [before: string, after: string] {
  const { actor, at, cause, digest, incident, schema, stream, type, version } = header;
  return [
    `{"actor":${JSON.stringify(actor)},"at":${at},"cause":${JSON.stringify(cause)},"digest":${JSON.stringify(digest)}` +
      `,"incident":${incident},"position":`,
    `,"schema":${schema},"stream":${JSON.stringify(stream)},"type":${JSON.stringify(type)},"version":${version}}`,
  ];
}

/** Stands between the position and the quoted hash of the entry before, in what is hashed. */
export const PLACE_BETWEEN = ',"previous":';

/** What is hashed for an entry whose place is not known yet: `before`, the position, `PLACE_BETWEEN`, the quoted hash of the entry before, `after`. */
export interface Placeless {
  readonly digest: string;
  readonly before: string;
  readonly after: string;
}

/** For a store that gives entries their place by itself, while nobody else can append. */
export function placeless(unchained: UnchainedEntry): Placeless {
  const digest = digestOf(unchained.salt, unchained.data);
  const [before, after] = headerAround({ ...unchained, digest });
  return { digest, before: ENTRY_PREFIX + before, after };
}
