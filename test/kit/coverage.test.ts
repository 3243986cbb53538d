import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCoverage } from '../../src/kit/coverage.ts';

describe('coverage', () => {
  it('grows without a gap, in whatever order and however often its stretches come', () => {
    const stretches = fc
      .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 30 })
      .map((lengths) => lengths.map((length, index) => [lengths.slice(0, index).reduce((sum, each) => sum + each, 0), length] as const))
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: 0 })));
    fc.assert(
      fc.property(stretches, ([all, heard]) => {
        const coverage = createCoverage();
        const seen = new Set<number>();
        for (const [after, length] of heard) {
          coverage.add(after, after + length);
          seen.add(after);
          const gap = all.find(([start]) => !seen.has(start));
          const [last = [0, 0]] = all.slice(-1);
          expect(coverage.upTo()).toBe(gap?.[0] ?? last[0] + last[1]);
        }
      }),
    );
  });

  it('knows nothing of an empty stretch', () => {
    const coverage = createCoverage();
    coverage.add(0, 0);
    coverage.add(3, 2);
    expect(coverage.upTo()).toBe(0);
  });

  it('goes on from where it is restarted, with what it heard of beyond', () => {
    const coverage = createCoverage();
    coverage.add(5, 8);
    coverage.add(8, 9);
    coverage.add(20, 21);
    coverage.restart(6);
    expect(coverage.upTo()).toBe(9);
    coverage.add(9, 20);
    expect(coverage.upTo()).toBe(21);
    coverage.restart(2);
    expect(coverage.upTo()).toBe(2);
  });

  it('forgets what is beyond a gap rather than remember without end', () => {
    const coverage = createCoverage();
    for (let after = 1; after <= 10_001; after += 1) coverage.add(after, after + 1);
    coverage.add(0, 1);
    expect(coverage.upTo()).toBe(1);
  });
});
