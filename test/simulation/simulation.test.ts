import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FAULTS, type Fault } from './faults.ts';
import regressions from './regressions.json' with { type: 'json' };
import { addRegression } from './regressions.ts';
import { shrink } from './shrink.ts';
import { type Report, type Simulation, simulate } from './simulate.ts';
import { addCounts, neverHappened, SOMETIMES } from './sometimes.ts';

/** Nights in which everything is on; `.ci/run` plays 300 of ten hours by `npm run simulate -- --seeds 300`. */
const SEEDS = [11, 12, 13, 14];
const HOURS = 3;
const TEST_MS_MAX = 60_000;
/** Planted bugs that show early. All are played by `npm run simulate -- --mutants --seeds 200`. */
const PLANTED = { 'settled-before-sent': 20, 'no-inbox': 20, 'local-clocks': 20 } as const;

async function firstFailure(simulation: Omit<Simulation, 'seed'>, seedsMax: number): Promise<Report | null> {
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const report = await simulate({ ...simulation, seed });
    if (report.violations.length > 0) return report;
  }
  return null;
}

describe('a night in which everything goes wrong', () => {
  it('breaks no law, and every class of faults really strikes', { timeout: TEST_MS_MAX }, async () => {
    const counts = new Map<string, number>();
    for (const seed of SEEDS) {
      const { violations, lastLines, entries, counts: its } = await simulate({ seed, hours: HOURS, faults: new Set(FAULTS) });
      expect(violations, lastLines.join('\n')).toEqual([]);
      expect(entries).toBeGreaterThan(0);
      addCounts(counts, its);
    }
    expect(neverHappened(counts, FAULTS)).toEqual([]);
  });
  it('says what never happened', () => {
    const counts = new Map(SOMETIMES.map((what) => [what, 1]));
    expect(neverHappened(counts)).toEqual([]);
    counts.set('far-hangs', 0);
    counts.delete('died: after-send');
    expect(neverHappened(counts)).toEqual(['far-hangs', 'died: after-send']);
  });
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
  it('makes a night that broke a law smaller, and remembers it', { timeout: TEST_MS_MAX }, async () => {
    const simulation = { hours: HOURS, mutant: 'settled-before-sent' };
    const failed = (await firstFailure(simulation, PLANTED['settled-before-sent'])) as Report;
    const least = await shrink({ ...simulation, seed: failed.seed }, failed);
    expect(least.violations[0]?.law).toBe(failed.violations[0]?.law);
    expect(least.faults.length).toBeLessThan(failed.faults.length);
    const folder = mkdtempSync(join(tmpdir(), 'allclear-regressions-'));
    const list = join(folder, 'regressions.json');
    cpSync(join(import.meta.dirname, 'regressions.json'), list);
    expect([addRegression(least, pathToFileURL(list)), addRegression(least, pathToFileURL(list))]).toEqual([true, false]);
    const written = JSON.parse(readFileSync(list, 'utf8')) as unknown[];
    expect(written.slice(0, -1)).toEqual(regressions);
    expect(written.at(-1)).toMatchObject({ seed: least.seed, hours: least.hours, faults: least.faults });
    rmSync(folder, { recursive: true });
  });
});
