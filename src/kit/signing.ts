import { hkdfSync } from 'node:crypto';
import { MINUTE_MS, SECOND_MS } from './duration.ts';
import { hmacSha256Hex, sameSecret } from './hashing.ts';

/** What a signed token says; plain words, no secrets: it is signed, not hidden. */
export type Claims = Readonly<Record<string, string>>;

const VERSION = 'v1';
const KEY_BYTES = 32;
const TOKEN_CHARS_MAX = 2_048;
/** How far a signed delivery's time may lie from ours, either way: Slack's and Stripe's window. */
const SIGNATURE_WINDOW_MS = 5 * MINUTE_MS;

/**
 * A key for one purpose only, from the one secret of the installation (HKDF-SHA-256, RFC 5869): what was signed for one purpose
 * is forged for every other.
 */
export function deriveKey(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', purpose, KEY_BYTES));
}

/** A token for links: `v1.<claims>.<HMAC-SHA-256>`, safe in a URL, good until `expiresAt` (milliseconds since 1970). */
export function signToken(key: Uint8Array, claims: Claims, expiresAt: number): string {
  const body = `${VERSION}.${Buffer.from(JSON.stringify([expiresAt, claims])).toString('base64url')}`;
  return `${body}.${macOf(key, body)}`;
}

/**
 * The claims of a token this key signed, and nothing about any other: it is `forged` if a single bit differs, `expired` from
 * `expiresAt` on. Compares in constant time. Whether a token may be used twice is the caller's rule.
 */
export function openToken(key: Uint8Array, text: string, now: number): Claims | 'expired' | 'forged' {
  const cut = text.lastIndexOf('.');
  if (text.length > TOKEN_CHARS_MAX || cut < 0) return 'forged';
  const body = text.slice(0, cut);
  // The MAC is compared as it is spelled: a token has one spelling, so that it can be its own name in a list of used ones.
  if (!sameSecret(text.slice(cut + 1), macOf(key, body))) return 'forged';
  const [version, payload] = body.split('.');
  // Signed with our key, so that from here on nothing was tampered with; a version of the future may mean anything.
  if (version !== VERSION || payload === undefined) return 'forged';
  const [expiresAt, claims] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [number, Claims];
  return now < expiresAt ? claims : 'expired';
}

/**
 * The signature of a delivery: hexadecimal HMAC-SHA-256 over `<timestamp>.<body>`, where the timestamp is seconds since 1970. Goes out as
 * `v1=<hex>`, so that a receiver can tell a later scheme.
 */
export function signBody(key: string | Uint8Array, timestamp: number, body: string): string {
  return `${VERSION}=${hmacSha256Hex(key, `${timestamp}.${body}`)}`;
}

/** True when `signature` is ours for exactly this body and its timestamp lies within five minutes of `now` (milliseconds). */
export function verifyBody(
  key: string | Uint8Array,
  delivery: { timestamp: string; body: string; signature: string },
  now: number,
): boolean {
  if (!/^\d{1,12}$/.test(delivery.timestamp)) return false;
  const fresh = Math.abs(now - Number(delivery.timestamp) * SECOND_MS) <= SIGNATURE_WINDOW_MS;
  return sameSecret(delivery.signature, `${VERSION}=${hmacSha256Hex(key, `${delivery.timestamp}.${delivery.body}`)}`) && fresh;
}

function macOf(key: Uint8Array, text: string): string {
  return Buffer.from(hmacSha256Hex(key, text), 'hex').toString('base64url');
}
