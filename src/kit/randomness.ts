import { randomBytes } from 'node:crypto';

/** The only source of chance. Injected, so that a test or a simulation can repeat itself. */
export interface Randomness {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
}

/** Fetched at once: asking the system costs the same for sixteen bytes as for thousands. */
const POOL_BYTES = 4_096;
let pool = randomBytes(0);
let used = 0;

export const systemRandomness: Randomness = {
  bytes(count) {
    if (count > POOL_BYTES) return randomBytes(count);
    if (used + count > pool.length) {
      pool = randomBytes(POOL_BYTES);
      used = 0;
    }
    const bytes = Uint8Array.prototype.slice.call(pool, used, used + count);
    // Nobody can find later what was given away before.
    pool.fill(0, used, used + count);
    used += count;
    return bytes;
  },
  fraction: () => Math.random(),
};

/** 128 bits, enough that nobody guesses one (OWASP ASVS 5.0, 7.2.3). */
const TOKEN_BYTES = 16;

/** An unguessable name: 32 hexadecimal digits. */
export function token(randomness: Randomness): string {
  const { buffer, byteOffset, byteLength } = randomness.bytes(TOKEN_BYTES);
  return Buffer.from(buffer, byteOffset, byteLength).toString('hex');
}
