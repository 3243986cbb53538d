import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../src/domain/catalog.ts';
import type { Override } from '../../src/domain/oncall/override.ts';
import { gaps, nextHandover, onCallAt, type Shift, shifts } from '../../src/domain/oncall/schedule.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';
import { anyOverrides, anySchedule, scheduleOf, wholeLayer } from '../support/schedules.ts';
import { expectedHolder, type FurthestReadings, furthestReadings } from '../support/wall-oracle.ts';

const DAYS = 400;
/** An hour and a prime more: every hour of the day is sampled. */
const STRIDE_MINUTES = 61;
const RUNS = 4;
const SEED = 20_260_302;

/**
 * The year is one in which the zone does something worth seeing: Lord Howe moves by half an hour, Apia left out
 * 30 December 2011, St. John's set its clocks back from 00:01 to 23:01 of the day before.
 */
const ZONES = [
  ['Europe/Berlin', 2026],
  ['America/New_York', 2026],
  ['Australia/Lord_Howe', 2026],
  ['Pacific/Apia', 2011],
  ['America/St_Johns', 2010],
  ['Asia/Kolkata', 2026],
  ['UTC', 2026],
] as const;

interface Window {
  readonly from: number;
  readonly until: number;
  readonly readings: FurthestReadings;
  /** Sampled all through, and each minute around every change of the clocks. */
  readonly samples: readonly number[];
  /** Indexes of the samples asked for one by one: that is dearer than asking for a year at once. */
  readonly moments: readonly number[];
}

function windowOf(timeZone: string, year: number): Window {
  const from = Date.UTC(year, 1, 1);
  const until = from + DAYS * 24 * HOUR_MS;
  const readings = furthestReadings(timeZone, from, until);
  const samples = new Set<number>();
  for (let minute = 0; minute < readings.minutes.length; minute += STRIDE_MINUTES) samples.add(from + minute * MINUTE_MS);
  const changes = [...readings.minutes.keys()].filter(
    (minute) => minute > 0 && Number(readings.minutes[minute]) - Number(readings.minutes[minute - 1]) !== MINUTE_MS,
  );
  for (const change of changes) {
    for (let minute = change - 120; minute < change + 120; minute += 1) samples.add(from + minute * MINUTE_MS);
  }
  const kept = [...samples].filter((at) => at >= from && at < until).sort((a, b) => a - b);
  const isClose = (index: number): boolean => Number(kept[index + 1]) - Number(kept[index]) === MINUTE_MS;
  const moments = [...kept.keys()].filter((index) => index % (isClose(index) ? 10 : 397) === 0);
  return { from, until, readings, samples: kept, moments };
}

/** Who holds each sample by the list of shifts; throws away nothing, so that overlaps would show. */
function holdersBy(list: readonly Shift[], samples: readonly number[]): (string | null)[] {
  let index = 0;
  return samples.map((at) => {
    while ((list[index]?.until ?? Number.POSITIVE_INFINITY) <= at) index += 1;
    const shift = list[index];
    return shift !== undefined && shift.from <= at ? shift.person : null;
  });
}

function expectOrdered(list: readonly Shift[], { from, until }: Window): void {
  let end = from;
  for (const shift of list) {
    expect(shift.from).toBeGreaterThanOrEqual(end);
    expect(shift.until).toBeGreaterThan(shift.from);
    end = shift.until;
  }
  expect(end).toBeLessThanOrEqual(until);
}

function check(schedule: Schedule, overrides: readonly Override[], window: Window): void {
  const { from, until, readings, samples } = window;
  const list = shifts(schedule, overrides, from, until);
  expectOrdered(list, window);
  const expected = samples.map((at) => expectedHolder(schedule, overrides, at, readings));
  expect(holdersBy(list, samples)).toEqual(expected);
  for (const index of window.moments) {
    const at = Number(samples[index]);
    expect(onCallAt(schedule, overrides, at)).toEqual(expected[index] === null ? [] : [expected[index]]);
  }
}

describe.each(ZONES)('a schedule in %s', (timeZone, year) => {
  const window = windowOf(timeZone, year);

  it('is held as a clock on the wall says, minute by minute, overrides included', () => {
    fc.assert(
      fc.property(anySchedule(timeZone, year), anyOverrides(window.from, window.until), (schedule, overrides) => {
        check(schedule, overrides, window);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('with one layer that never rests has exactly one person on call at any time', () => {
    fc.assert(
      fc.property(wholeLayer(year - 1), (layer) => {
        const schedule = scheduleOf(timeZone, [layer]);
        check(schedule, [], window);
        expect(gaps(schedule, [], window.from, window.until)).toEqual([]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('belongs to whoever took it whole, whatever the layers say', () => {
    fc.assert(
      fc.property(
        anySchedule(timeZone, year),
        anyOverrides(window.from, window.until),
        fc.constantFrom(...window.samples),
        (schedule, earlier, start) => {
          const taken: Override = { id: 'last', person: 'eli', replaces: null, from: start, until: start + 9 * HOUR_MS, reason: null };
          const mine = shifts(schedule, [...earlier, taken], start - HOUR_MS, taken.until + HOUR_MS).filter(
            ({ person }) => person === 'eli',
          );
          expect(mine).toEqual([{ from: taken.from, until: taken.until, person: 'eli', source: { kind: 'override', override: 'last' } }]);
        },
      ),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('hands over next where the next change of person in the list of shifts is', () => {
    fc.assert(
      fc.property(
        anySchedule(timeZone, year),
        anyOverrides(window.from, window.until),
        fc.constantFrom(...window.samples),
        (schedule, overrides, at) => {
          const next = nextHandover(schedule, overrides, at);
          const [holder = null] = onCallAt(schedule, overrides, at);
          const end = next?.at ?? at + DAYS * 24 * HOUR_MS;
          const until = shifts(schedule, overrides, at, end);
          expect(until.every(({ person }) => person === holder)).toBe(true);
          expect(gaps(schedule, overrides, at, end)).toEqual(holder === null ? [{ from: at, until: end }] : []);
          if (next === null) return;
          expect(next.from).toBe(holder);
          expect(next.to).not.toBe(holder);
          expect(onCallAt(schedule, overrides, next.at)).toEqual(next.to === null ? [] : [next.to]);
        },
      ),
      { numRuns: RUNS, seed: SEED },
    );
  });
});
