import { randomBytes } from 'node:crypto';

/** The only source of chance. Injected, so that a test or a simulation can repeat itself. */
export interface Randomness {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
}

export const systemRandomness: Randomness = {
  bytes: (count) => randomBytes(count),
  fraction: () => Math.random(),
};

/** 128 bits, enough that nobody guesses one (OWASP ASVS 5.0, 7.2.3). */
const TOKEN_BYTES = 16;

/** An unguessable name: 32 hexadecimal digits. */
export function token(randomness: Randomness): string {
  return Buffer.from(randomness.bytes(TOKEN_BYTES)).toString('hex');
}
