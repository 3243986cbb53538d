import fc from 'fast-check';
import type { Schedule, ScheduleLayer } from '../../src/domain/catalog.ts';
import type { Override } from '../../src/domain/oncall/override.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';

/** Any schedule somebody might write in `allclear.yaml`, and any overrides people might make on it. */
const PEOPLE = ['ana', 'bo', 'cy', 'dee'] as const;
const two = (value: number): string => String(value).padStart(2, '0');
/** Mostly in the hours in which clocks are changed. */
const hour = fc.oneof({ weight: 2, arbitrary: fc.integer({ min: 0, max: 4 }) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 23 }) });
const wallTime = fc.tuple(hour, fc.constantFrom(0, 15, 30, 45)).map(([hours, minutes]) => `${two(hours)}:${two(minutes)}`);
const date = (year: number): fc.Arbitrary<string> =>
  fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 })).map(([month, day]) => `${year}-${two(month)}-${two(day)}`);

const restriction = fc.record({ days: fc.subarray([1, 2, 3, 4, 5, 6, 7]), from: wallTime, to: wallTime });
const people = fc.shuffledSubarray([...PEOPLE], { minLength: 1 });
const rotation = fc.oneof(
  fc.record({ every: fc.integer({ min: 1, max: 4 }), unit: fc.constant('weeks' as const) }),
  fc.record({ every: fc.integer({ min: 1, max: 9 }), unit: fc.constant('days' as const) }),
  fc.record({ every: fc.constantFrom(1, 5, 8, 12, 36), unit: fc.constant('hours' as const) }),
);

/** A layer that began in `year` and neither ends nor rests. */
export function wholeLayer(year: number): fc.Arbitrary<ScheduleLayer> {
  return fc.record({
    name: fc.constant('whole'),
    start: fc.tuple(date(year), wallTime).map(([day, time]) => `${day}T${time}`),
    until: fc.constant(null),
    rotation,
    people,
    restrictions: fc.constant([]),
  });
}

function anyLayer(name: string, year: number): fc.Arbitrary<ScheduleLayer> {
  return fc.record({
    name: fc.constant(name),
    start: fc.tuple(date(year), wallTime).map(([day, time]) => `${day}T${time}`),
    until: fc.option(
      fc.tuple(date(year + 1), wallTime).map(([day, time]) => `${day}T${time}`),
      { freq: 2 },
    ),
    rotation,
    people,
    restrictions: fc.array(restriction, { maxLength: 2 }),
  });
}

export function scheduleOf(timeZone: string, layers: readonly ScheduleLayer[]): Schedule {
  return { id: 'any', name: 'Any', timeZone, layers };
}

/** One to three layers that begin in `year`. */
export function anySchedule(timeZone: string, year: number): fc.Arbitrary<Schedule> {
  const layers = fc.tuple(anyLayer('first', year), fc.option(anyLayer('second', year)), fc.option(anyLayer('third', year)));
  return layers.map((some) =>
    scheduleOf(
      timeZone,
      some.filter((layer) => layer !== null),
    ),
  );
}

/** Up to four overrides of up to a month, beginning between `from` and `until` on whole minutes. */
export function anyOverrides(from: number, until: number): fc.Arbitrary<readonly Override[]> {
  const one = fc.record({
    id: fc.uuid(),
    person: fc.constantFrom(...PEOPLE),
    replaces: fc.option(fc.constantFrom(...PEOPLE)),
    start: fc.integer({ min: 0, max: (until - from) / MINUTE_MS }),
    minutes: fc.integer({ min: 1, max: (31 * 24 * HOUR_MS) / MINUTE_MS }),
  });
  return fc.array(one, { maxLength: 4 }).map((some) =>
    some.map(({ id, person, replaces, start, minutes }) => {
      const begins = from + start * MINUTE_MS;
      return { id, person, replaces, reason: null, from: begins, until: begins + minutes * MINUTE_MS };
    }),
  );
}
