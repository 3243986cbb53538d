import { describe, expect, it } from 'vitest';
import { backoffMs, LANE_RULES } from '../../src/engine/backoff.ts';

describe('the wait after a failure', () => {
  it('lies in the upper half of the step, and the step doubles up to its limit', () => {
    for (const rules of Object.values(LANE_RULES)) {
      for (let attempts = 1; attempts < 2_000; attempts += 1) {
        const step = Math.min(rules.longestMs, rules.firstMs * 2 ** (attempts - 1));
        expect(backoffMs(attempts, rules, 0)).toBe(Math.round(step / 2));
        expect(backoffMs(attempts, rules, 0.999_999)).toBeLessThanOrEqual(step);
        expect(Number.isSafeInteger(backoffMs(attempts, rules, 0.123))).toBe(true);
      }
    }
  });
});
