import type { Entry } from './entry.ts';
import { edited, inserted, type Report, removed, reordered } from './fault.ts';

/** Misplaced entries and gaps remembered until the end; a ledger worse than this is reported one by one as it comes. */
const REMEMBERED_MAX = 10_000;

/** Positions that were passed over. */
export interface Gap {
  readonly from: number;
  readonly through: number;
  /** Hash of the last missing entry, as the entry behind the gap names it. */
  readonly hash: string;
}
/** An entry that did not belong where it stood. */
export interface Stray {
  readonly entry: Entry;
  /** The position it took. */
  readonly slot: number;
  /** Where it belongs, or null when its own hash does not tell. */
  readonly place: number | null;
}
/** What was missing and what was misplaced, held against each other at the end. */
export interface LostAndFound {
  passOver(gap: Gap): void;
  isMissing(position: number): boolean;
  setAside(stray: Stray): void;
  /** Gives back the stray that continues a chain ending with this position and hash, if there is one. */
  reclaim(position: number, hash: string): Stray | null;
  /** Reports every stray and every gap: a stray that fills a gap was moved or changed, the others are foreign or gone. */
  settle(): void;
}

export function lostAndFound(report: Report): LostAndFound {
  const gaps: Gap[] = [];
  const strays = new Set<Stray>();
  const isMissing = (position: number): boolean => gaps.some((gap) => gap.from <= position && position <= gap.through);
  return {
    isMissing,
    passOver(gap) {
      if (gaps.length < REMEMBERED_MAX) gaps.push(gap);
      else reportGap(report, gap, []);
    },
    setAside(stray) {
      if (strays.size < REMEMBERED_MAX) strays.add(stray);
      else reportForeign(report, stray);
    },
    reclaim(position, hash) {
      for (const stray of strays) {
        if (stray.place !== position + 1 || stray.entry.previous !== hash) continue;
        strays.delete(stray);
        return stray;
      }
      return null;
    },
    settle() {
      const found = new Set<number>();
      for (const stray of strays) {
        const position = stray.place ?? placeOfDamaged(gaps, stray);
        if (position === null || !isMissing(position) || found.has(position)) {
          reportForeign(report, stray);
          continue;
        }
        found.add(position);
        report(
          stray.place === null
            ? edited(position, `its position and more, it stands where entry ${stray.slot} belongs`)
            : reordered(position, stray.slot),
        );
      }
      for (const gap of gaps) reportGap(report, gap, [...found]);
    },
  };
}

/** Which missing entry a damaged one must be: the one that the entry behind a gap names, or the only one missing where it stood. */
function placeOfDamaged(gaps: readonly Gap[], stray: Stray): number | null {
  const gap = gaps.find((one) => one.hash === stray.entry.hash || (one.from === one.through && one.from === stray.slot));
  return gap?.through ?? null;
}

function reportForeign(report: Report, { slot, place }: Stray): void {
  report(inserted(slot, slot, place === null ? 'a foreign entry' : `an entry that calls itself ${place}`));
}

function reportGap(report: Report, gap: Gap, found: readonly number[]): void {
  const how = `entry ${gap.through + 1} follows entry ${gap.from - 1}`;
  let from = gap.from;
  for (const position of found.filter((one) => gap.from <= one && one <= gap.through).toSorted((one, other) => one - other)) {
    if (from < position) report(removed(from, position - 1, how));
    from = position + 1;
  }
  if (from <= gap.through) report(removed(from, gap.through, how));
}
