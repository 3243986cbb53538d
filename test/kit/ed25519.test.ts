import { describe, expect, it } from 'vitest';
import { ed25519PublicKey, ed25519Sign, ed25519Verify } from '../../src/kit/ed25519.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

/** RFC 8032, part 7.1, tests 1 and 2. */
const SAMPLES = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    text: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    text: 'r',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
];

describe('Ed25519', () => {
  it.each(SAMPLES)('signs "$text" as RFC 8032 does', ({ seed, publicKey, text, signature }) => {
    expect(Buffer.from(ed25519PublicKey(bytes(seed))).toString('hex')).toBe(publicKey);
    expect(Buffer.from(ed25519Sign(bytes(seed), text)).toString('hex')).toBe(signature);
    expect(ed25519Verify(bytes(publicKey), text, bytes(signature))).toBe(true);
  });

  it.each(SAMPLES)('accepts no other text, key or signature for "$text"', ({ publicKey, text, signature }) => {
    expect(ed25519Verify(bytes(publicKey), `${text}x`, bytes(signature))).toBe(false);
    expect(ed25519Verify(bytes(publicKey).with(0, 1), text, bytes(signature))).toBe(false);
    expect(ed25519Verify(bytes(publicKey), text, bytes(signature).with(3, 1))).toBe(false);
    expect(ed25519Verify(bytes(publicKey), text, bytes(signature).subarray(1))).toBe(false);
    expect(ed25519Verify(bytes(publicKey).subarray(1), text, bytes(signature))).toBe(false);
  });

  it('refuses a seed of another length', () => {
    expect(() => ed25519Sign(new Uint8Array(31), 'text')).toThrow('32 bytes');
  });
});
