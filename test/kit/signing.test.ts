import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveKey, openToken, signBody, signToken, verifyBody } from '../../src/kit/signing.ts';

const NOW = Date.parse('2026-03-02T03:00:00Z');
const key = deriveKey('a secret of this installation', 'acknowledge');
const claims = { page: '42-1', person: 'ana', notification: '42-1-3' };

describe('a signed token', () => {
  it('opens to what was signed, until it expires', () => {
    const token = signToken(key, claims, NOW + 1);
    expect(openToken(key, token, NOW)).toEqual(claims);
    expect(openToken(key, token, NOW + 1)).toBe('expired');
    expect(openToken(key, token, NOW + 10_000_000)).toBe('expired');
  });

  it('survives any claims, and fits into a URL as it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 40 }), { maxKeys: 5 }), (said) => {
        const token = signToken(key, said, NOW + 1);
        expect(encodeURIComponent(token)).toBe(token);
        expect(openToken(key, token, NOW)).toEqual(said);
      }),
    );
  });

  it('is forged if any character is changed, added or removed', () => {
    const token = signToken(key, claims, NOW + 1);
    const others = ['A', 'B', 'z', '9', '-', '_', '.', '=', ' ', '\u0000'];
    for (let index = 0; index < token.length; index += 1) {
      const [before, after] = [token.slice(0, index), token.slice(index + 1)];
      expect(openToken(key, before + after, NOW)).toBe('forged');
      for (const other of others.filter((letter) => letter !== token[index])) {
        expect(openToken(key, before + other + after, NOW), `${other} at ${index}`).toBe('forged');
        expect(openToken(key, before + other + token.slice(index), NOW), `${other} before ${index}`).toBe('forged');
      }
    }
  });

  it('is forged with the key of another purpose or another installation', () => {
    const token = signToken(key, claims, NOW + 1);
    expect(openToken(deriveKey('a secret of this installation', 'sign-in'), token, NOW)).toBe('forged');
    expect(openToken(deriveKey('another secret', 'acknowledge'), token, NOW)).toBe('forged');
  });

  it('is forged even when it is expired too', () => {
    const token = signToken(deriveKey('another secret', 'acknowledge'), claims, NOW - 1);
    expect(openToken(key, token, NOW)).toBe('forged');
  });

  it('is forged when a later version signed it', () => {
    const body = `v2.${Buffer.from(JSON.stringify([NOW + 1, claims])).toString('base64url')}`;
    const mac = createHmac('sha256', key).update(body).digest('base64url');
    expect(openToken(key, `${body}.${mac}`, NOW)).toBe('forged');
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(openToken(key, text, NOW)).toBe('forged');
      }),
    );
    for (const text of ['', '.', '..', 'v1..', 'v1.W10.', `v1.${'A'.repeat(5_000)}.AA`]) expect(openToken(key, text, NOW)).toBe('forged');
  });
});

describe('a signed body', () => {
  const secret = 'shared with the receiver';
  const timestamp = String(NOW / 1_000);
  const body = '{"page":"42-1"}';
  const signature = signBody(secret, NOW / 1_000, body);

  it('is the HMAC anybody else computes from the same recipe', () => {
    expect(signature).toBe(`v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`);
    expect(verifyBody(secret, { timestamp, body, signature }, NOW)).toBe(true);
  });

  it('fails if any byte of body, time or signature changes', () => {
    const flip = (text: string, index: number): string =>
      text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ 1) + text.slice(index + 1);
    for (let index = 0; index < body.length; index += 1) {
      expect(verifyBody(secret, { timestamp, body: flip(body, index), signature }, NOW)).toBe(false);
    }
    for (let index = 0; index < signature.length; index += 1) {
      expect(verifyBody(secret, { timestamp, body, signature: flip(signature, index) }, NOW)).toBe(false);
    }
    expect(verifyBody(secret, { timestamp: String(NOW / 1_000 + 1), body, signature }, NOW)).toBe(false);
    expect(verifyBody('another secret', { timestamp, body, signature }, NOW)).toBe(false);
    expect(verifyBody(secret, { timestamp: '', body, signature: '' }, NOW)).toBe(false);
  });

  it.each([
    [300_000, true],
    [301_000, false],
    [-300_000, true],
    [-301_000, false],
  ])('read %i ms later is fresh: %s', (laterMs, fresh) => {
    expect(verifyBody(secret, { timestamp, body, signature }, NOW + laterMs)).toBe(fresh);
  });

  it.each(['', 'NaN', '1e3', ' 1', '-1', '9'.repeat(40)])('refuses the timestamp %j', (odd) => {
    const own = signBody(secret, odd as unknown as number, body);
    expect(verifyBody(secret, { timestamp: odd, body, signature: own }, 0)).toBe(false);
  });
});
