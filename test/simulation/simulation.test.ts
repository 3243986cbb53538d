import { describe, expect, it } from 'vitest';
import type { Fault } from './faults.ts';
import regressions from './regressions.json' with { type: 'json' };
import { type Simulation, simulate } from './simulate.ts';

/** As many as fit beside the rest of the suite; `npm run simulate -- --seeds 300` plays a night of them. */
const SEEDS = [11, 12, 13];
const HOURS = 3;
const TEST_MS_MAX = 60_000;
/** Planted bugs that show early. All are played by `npm run simulate -- --mutants --seeds 200`. */
const PLANTED = { 'settled-before-sent': 20, 'no-inbox': 20, 'local-clocks': 20 } as const;

async function firstFailure(simulation: Omit<Simulation, 'seed'>, seedsMax: number): Promise<string | null> {
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const { violations } = await simulate({ ...simulation, seed });
    if (violations[0] !== undefined) return violations[0].law;
  }
  return null;
}

describe('a night in which everything goes wrong', () => {
  it.each(SEEDS)(
    'breaks no law with seed %i',
    async (seed) => {
      const { violations, lastLines, entries } = await simulate({ seed, hours: HOURS });
      expect(violations, lastLines.join('\n')).toEqual([]);
      expect(entries).toBeGreaterThan(0);
    },
    TEST_MS_MAX,
  );
  it('is the same night again with the same seed', { timeout: TEST_MS_MAX }, async () => {
    const [first, again] = [await simulate({ seed: 7, hours: HOURS }), await simulate({ seed: 7, hours: HOURS })];
    expect(again.digest).toBe(first.digest);
    expect((await simulate({ seed: 8, hours: 1 })).digest).not.toBe((await simulate({ seed: 7, hours: 1 })).digest);
  });
  it('has not come back: what once broke a law', { timeout: TEST_MS_MAX }, async () => {
    for (const { seed, hours, faults, found } of regressions) {
      const { violations } = await simulate({ seed, hours, faults: new Set(faults as Fault[]) });
      expect(violations, found).toEqual([]);
    }
  });
  it.each(Object.entries(PLANTED))('finds the planted bug %s', { timeout: TEST_MS_MAX }, async (mutant, seedsMax) => {
    expect(await firstFailure({ hours: HOURS, mutant }, seedsMax)).not.toBeNull();
  });
});
