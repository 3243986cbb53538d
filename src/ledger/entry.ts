/**
 * One line of the ledger as it is stored. `data` is canonical JSON text (RFC 8785), or null together with `salt` once
 * redacted; the chain hashes only its salted digest, so that redaction leaves the chain whole.
 */
export interface Entry {
  /** 1, 2, 3 … over all streams, without a gap, in commit order. */
  readonly position: number;
  readonly stream: string;
  /** 1, 2, 3 … within the stream. */
  readonly version: number;
  readonly type: string;
  /** Version of the shape of `data`. */
  readonly schema: number;
  /** The incident it belongs to, if any. */
  readonly incident: number | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly actor: string;
  /** Names the submit it came from; all events of one decision share it. */
  readonly cause: string;
  /** 32 hexadecimal digits, null once redacted. */
  readonly salt: string | null;
  readonly data: string | null;
  /** SHA-256 of salt and data, hexadecimal. */
  readonly digest: string;
  /** `hash` of the entry before; 64 zeros before the first. */
  readonly previous: string;
  /** SHA-256 over all the above except `salt` and `data`, hexadecimal. */
  readonly hash: string;
}
/** An entry before the store has given it a place: no position, no hashes. */
export type UnchainedEntry = Omit<Entry, 'position' | 'previous' | 'hash' | 'digest'> & { readonly salt: string; readonly data: string };
/** The last entry's place and hash. */
export interface Head {
  readonly position: number;
  readonly hash: string;
}
export const GENESIS: Head = { position: 0, hash: '0'.repeat(64) };
