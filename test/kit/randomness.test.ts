import { describe, expect, it } from 'vitest';
import { systemRandomness, token } from '../../src/kit/randomness.ts';

describe('the randomness of the system', () => {
  it('never gives the same bytes twice, across fetches of any size', () => {
    const tokens = Array.from({ length: 5_000 }, () => token(systemRandomness));
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(tokens.every((one) => /^[0-9a-f]{32}$/.test(one))).toBe(true);
    expect(tokens).not.toContain('0'.repeat(32));
  });

  it.each([0, 1, 16, 4_095, 4_096, 4_097, 70_000])('gives %i bytes that belong to the asker alone', (count) => {
    const bytes = systemRandomness.bytes(count);
    expect(bytes).toHaveLength(count);
    const kept = Buffer.from(bytes).toString('hex');
    for (let more = 0; more < 1_000; more += 1) systemRandomness.bytes(16).fill(0);
    expect(Buffer.from(bytes).toString('hex')).toBe(kept);
  });

  it('uses every value of a byte', () => {
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 1_000; draw += 1)
      for (const byte of systemRandomness.bytes(100)) counts.set(byte, (counts.get(byte) ?? 0) + 1);
    expect(counts.size).toBe(256);
    // 100,000 draws: 390 each; five standard deviations are 100.
    expect(Math.max(...counts.values())).toBeLessThan(520);
    expect(Math.min(...counts.values())).toBeGreaterThan(270);
  });
});
