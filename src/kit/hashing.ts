import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 as 64 lower-case hexadecimal digits. Text is hashed as UTF-8. */
export function sha256Hex(input: string | Uint8Array): string {
  return hash('sha256', input, 'hex');
}

/** HMAC-SHA-256 (RFC 2104) as 64 lower-case hexadecimal digits. Text is taken as UTF-8. */
export function hmacSha256Hex(key: string | Uint8Array, message: string | Uint8Array): string {
  return createHmac('sha256', key).update(message).digest('hex');
}

/** Whether `signature` (hexadecimal, any case) is the HMAC-SHA-256 of `message`; takes the same time right or wrong. */
export function hmacSha256Matches(key: string | Uint8Array, message: string | Uint8Array, signature: string): boolean {
  return sameSecret(hmacSha256Hex(key, message), signature.toLowerCase());
}

/**
 * Compares two secrets in a time that tells nothing about where they differ, nor about their lengths: both are hashed
 * first, so that `timingSafeEqual` always sees 32 bytes.
 */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'));
}
