import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

/** Bytes of a seed and of a public key (RFC 8032, part 5.1.5). */
export const ED25519_KEY_BYTES = 32;
/** Bytes of a signature (RFC 8032, part 5.1.6). */
export const ED25519_SIGNATURE_BYTES = 64;

// Node takes keys in containers; these are the fixed bytes before the 32 of the key (RFC 8410, parts 4 and 7).
const SEED_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** The public key that belongs to a seed. Throws unless the seed has 32 bytes. */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  const container = createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' });
  return new Uint8Array(container.subarray(PUBLIC_PREFIX.length));
}

/** Signs text as UTF-8 with Ed25519 (RFC 8032): the same key and text give the same signature. */
export function ed25519Sign(seed: Uint8Array, text: string): Uint8Array {
  return new Uint8Array(sign(null, Buffer.from(text), privateKey(seed)));
}

/** Whether `signature` is the key's over `text`; a key or signature of the wrong length is simply no. */
export function ed25519Verify(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
  if (publicKey.length !== ED25519_KEY_BYTES || signature.length !== ED25519_SIGNATURE_BYTES) return false;
  const key = createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, publicKey]), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(text), key, signature);
}

function privateKey(seed: Uint8Array): ReturnType<typeof createPrivateKey> {
  if (seed.length !== ED25519_KEY_BYTES) throw new TypeError('an Ed25519 seed has 32 bytes');
  return createPrivateKey({ key: Buffer.concat([SEED_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}
