import { describe, expect, it } from 'vitest';
import { hmacSha256Hex, hmacSha256Matches, sameSecret, sha256Hex } from '../../src/kit/hashing.ts';

describe('sha256Hex', () => {
  it('hashes as FIPS 180-4 does, text as UTF-8', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256Hex('Zürich 🔥')).toBe(sha256Hex(new TextEncoder().encode('Zürich 🔥')));
  });
});

describe('HMAC-SHA-256', () => {
  // RFC 4231, test case 2.
  const signature = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
  const message = 'what do ya want for nothing?';

  it('signs as RFC 4231 does', () => {
    expect(hmacSha256Hex('Jefe', message)).toBe(signature);
    expect(hmacSha256Hex(Buffer.from('Jefe'), Buffer.from(message))).toBe(signature);
  });

  it('accepts the right signature in either case, and nothing else', () => {
    expect(hmacSha256Matches('Jefe', message, signature)).toBe(true);
    expect(hmacSha256Matches('Jefe', message, signature.toUpperCase())).toBe(true);
    for (const wrong of ['', signature.slice(1), `${signature}0`, signature.replace('5', '6')]) {
      expect(hmacSha256Matches('Jefe', message, wrong)).toBe(false);
    }
    expect(hmacSha256Matches('jefe', message, signature)).toBe(false);
  });
});

describe('sameSecret', () => {
  it('is true for equal texts only, whatever their lengths', () => {
    expect(sameSecret('s3cret', 's3cret')).toBe(true);
    expect(sameSecret('', '')).toBe(true);
    for (const [one, other] of [
      ['s3cret', 's3creT'],
      ['s3cret', 's3cret '],
      ['', 'a'],
    ] as const) {
      expect(sameSecret(one, other)).toBe(false);
    }
  });
});
