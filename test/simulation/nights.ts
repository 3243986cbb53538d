import type { Players } from './players.ts';
import type { Report, Simulation } from './simulate.ts';
import { addCounts } from './sometimes.ts';

/** What many nights came to together. */
export interface Nights {
  readonly played: number;
  readonly events: number;
  readonly entries: number;
  readonly counts: ReadonlyMap<string, number>;
  /** The night with the lowest seed among those that broke a law; after the first of them no other is begun. */
  readonly failed: Report | null;
}

export async function playNights(players: Players, first: number, seeds: number, of: (seed: number) => Simulation): Promise<Nights> {
  const counts = new Map<string, number>();
  const total = { played: 0, events: 0, entries: 0 };
  const failures: Report[] = [];
  let next = first;
  const playOn = async (): Promise<void> => {
    while (next < first + seeds && failures.length === 0) {
      const report = await players.play(of(next++));
      total.played += 1;
      total.events += report.events;
      total.entries += report.entries;
      addCounts(counts, report.counts);
      if (report.violations.length > 0) failures.push(report);
    }
  };
  await Promise.all(Array.from({ length: players.count }, playOn));
  failures.sort((one, other) => one.seed - other.seed);
  return { ...total, counts, failed: failures[0] ?? null };
}

/** A planted bug, and the night that found it. */
export interface Hunt {
  readonly mutant: string;
  /** Nights played until it was found; all of them when it was not. */
  readonly played: number;
  readonly failed: Report | null;
}

/** Plays nights with a planted bug until one of them breaks a law. */
export async function hunt(players: Players, mutant: string, seeds: number, of: (seed: number) => Simulation): Promise<Hunt> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const report = await players.play({ ...of(seed), mutant });
    if (report.violations.length > 0) return { mutant, played: seed, failed: report };
  }
  return { mutant, played: seeds, failed: null };
}
