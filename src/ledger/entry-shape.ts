import type { Entry } from './entry.ts';

/**
 * Whether a value has every field of an entry with the right type. What is verified comes from outside: hashing alone
 * would not notice the text "7" where the number 7 stood.
 */
export function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Readonly<Record<keyof Entry, unknown>>;
  return (
    isCount(entry.position) &&
    isCount(entry.version) &&
    isCount(entry.schema) &&
    Number.isSafeInteger(entry.at) &&
    (entry.incident === null || isCount(entry.incident)) &&
    isText(entry.stream) &&
    isText(entry.type) &&
    isText(entry.actor) &&
    isText(entry.cause) &&
    areHashes(entry) &&
    isPayload(entry.salt, entry.data)
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.isWellFormed();
}

function areHashes(entry: Readonly<Record<'digest' | 'previous' | 'hash', unknown>>): boolean {
  return typeof entry.digest === 'string' && typeof entry.previous === 'string' && typeof entry.hash === 'string';
}

function isPayload(salt: unknown, data: unknown): boolean {
  return salt === null ? data === null : typeof salt === 'string' && isText(data);
}
