import { describe, expect, it } from 'vitest';
import type { Schedule, ScheduleLayer } from '../../src/domain/catalog.ts';
import type { Override } from '../../src/domain/oncall/override.ts';
import { gaps, nextHandover, onCallAt, shifts } from '../../src/domain/oncall/schedule.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { NOW } from '../support/given.ts';

const at = (text: string): number => Date.parse(text);
const iso = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16);

function schedule(timeZone: string, ...layers: readonly Partial<ScheduleLayer>[]): Schedule {
  const usual: ScheduleLayer = {
    name: 'usual',
    start: '2026-01-05T09:00',
    until: null,
    rotation: { every: 1, unit: 'weeks' },
    people: ['ana', 'bo'],
    restrictions: [],
  };
  return { id: 'any', name: 'Any', timeZone, layers: layers.map((layer) => ({ ...usual, ...layer })) };
}
function told(list: ReturnType<typeof shifts>): string[] {
  return list.map(({ person, from, until }) => `${person} ${iso(from)} ${iso(until)}`);
}
function override(person: string, replaces: string | null, from: string, until: string): Override {
  return { id: person, person, replaces, from: at(from), until: at(until), reason: null };
}

describe('a rotation', () => {
  const payments = exampleCatalog.schedules['payments'] as Schedule;

  it('passes on at the wall time it began at', () => {
    expect(onCallAt(payments, [], NOW)).toEqual(['bo']);
    expect(nextHandover(payments, [], NOW)).toEqual({ at: at('2026-03-02T08:00:00Z'), from: 'bo', to: 'cy' });
    expect(onCallAt(payments, [], at('2026-03-02T08:00:00Z') - 1)).toEqual(['bo']);
    expect(onCallAt(payments, [], at('2026-03-02T08:00:00Z'))).toEqual(['cy']);
  });

  it('keeps Monday 09:00 on both sides of a change of the clocks', () => {
    expect(told(shifts(payments, [], at('2026-03-23T08:00Z'), at('2026-04-06T07:00Z')))).toEqual([
      'cy 2026-03-23T08:00 2026-03-30T07:00',
      'ana 2026-03-30T07:00 2026-04-06T07:00',
    ]);
  });

  it('puts nobody on call before it starts or after it ends', () => {
    const short = schedule('UTC', { until: '2026-01-20T12:00' });
    expect(onCallAt(short, [], at('2026-01-05T08:59Z'))).toEqual([]);
    expect(told(shifts(short, [], at('2026-01-01T00:00Z'), at('2026-02-01T00:00Z')))).toEqual([
      'ana 2026-01-05T09:00 2026-01-12T09:00',
      'bo 2026-01-12T09:00 2026-01-19T09:00',
      'ana 2026-01-19T09:00 2026-01-20T12:00',
    ]);
    expect(gaps(short, [], at('2026-01-01T00:00Z'), at('2026-02-01T00:00Z')).map(({ from }) => iso(from))).toEqual([
      '2026-01-01T00:00',
      '2026-01-20T12:00',
    ]);
    expect(nextHandover(short, [], at('2026-01-19T10:00Z'))).toEqual({ at: at('2026-01-20T12:00Z'), from: 'ana', to: null });
    expect(nextHandover(short, [], at('2026-01-21T00:00Z'))).toBeNull();
  });

  it('of one person is one shift without handovers', () => {
    const alone = schedule('Europe/Berlin', { people: ['ana'] });
    expect(told(shifts(alone, [], at('2026-02-01T00:00Z'), at('2026-06-01T00:00Z')))).toEqual(['ana 2026-02-01T00:00 2026-06-01T00:00']);
    expect(nextHandover(alone, [], at('2026-02-01T00:00Z'))).toBeNull();
  });

  it('without people puts nobody on call', () => {
    const empty = schedule('UTC', { people: [] });
    expect(onCallAt(empty, [], NOW)).toEqual([]);
    expect(shifts(empty, [], NOW, NOW + 1_000)).toEqual([]);
  });
});

describe('a night in which the clocks change', () => {
  const nights = schedule('Europe/Berlin', { start: '2026-01-05T02:30', rotation: { every: 1, unit: 'days' } });

  it('hands over right after the gap when the wall time is skipped', () => {
    expect(told(shifts(nights, [], at('2026-03-28T12:00Z'), at('2026-03-30T12:00Z')))).toEqual([
      'ana 2026-03-28T12:00 2026-03-29T01:00',
      'bo 2026-03-29T01:00 2026-03-30T00:30',
      'ana 2026-03-30T00:30 2026-03-30T12:00',
    ]);
  });

  it('hands over once, at the first occurrence, when the wall time comes twice', () => {
    expect(told(shifts(nights, [], at('2026-10-24T12:00Z'), at('2026-10-26T12:00Z')))).toEqual([
      'ana 2026-10-24T12:00 2026-10-25T00:30',
      'bo 2026-10-25T00:30 2026-10-26T01:30',
      'ana 2026-10-26T01:30 2026-10-26T12:00',
    ]);
    expect(onCallAt(nights, [], at('2026-10-25T01:10Z'))).toEqual(['bo']);
  });

  it('is eleven or thirteen hours of twelve, so that handovers stay at 09:00 and 21:00', () => {
    const halves = schedule('Europe/Berlin', { rotation: { every: 12, unit: 'hours' } });
    expect(told(shifts(halves, [], at('2026-03-28T20:00Z'), at('2026-03-29T19:00Z'))).map((line) => line.slice(-33))).toEqual([
      '2026-03-28T20:00 2026-03-29T07:00',
      '2026-03-29T07:00 2026-03-29T19:00',
    ]);
    expect(told(shifts(halves, [], at('2026-10-24T19:00Z'), at('2026-10-25T20:00Z'))).map((line) => line.slice(-33))).toEqual([
      '2026-10-24T19:00 2026-10-25T08:00',
      '2026-10-25T08:00 2026-10-25T20:00',
    ]);
  });

  it('skips the one whose whole hour is skipped', () => {
    const hourly = schedule('Europe/Berlin', { rotation: { every: 1, unit: 'hours' }, people: ['ana', 'bo', 'cy', 'dee'] });
    const people = shifts(hourly, [], at('2026-03-28T23:00Z'), at('2026-03-29T03:00Z')).map(({ person }) => person);
    const [midnight = '', one, three, four] = people;
    const order = ['ana', 'bo', 'cy', 'dee'];
    const later = (hours: number): string | undefined => order[(order.indexOf(midnight) + hours) % 4];
    expect([one, three, four]).toEqual([later(1), later(3), later(4)]);
  });

  it('joins restrictions that touch on the clock face without a gap and without an overlap', () => {
    const evening = { name: 'evening', people: ['ana'], restrictions: [{ days: [], from: '14:30', to: '02:30' }] };
    const morning = { name: 'morning', people: ['bo'], restrictions: [{ days: [], from: '02:30', to: '14:30' }] };
    const both = schedule('Europe/Berlin', evening, morning);
    for (const [from, until] of [
      ['2026-03-28T12:00Z', '2026-03-30T12:00Z'],
      ['2026-10-24T12:00Z', '2026-10-26T12:00Z'],
    ] as const) {
      expect(gaps(both, [], at(from), at(until))).toEqual([]);
    }
    expect(told(shifts(both, [], at('2026-10-24T20:00Z'), at('2026-10-25T05:00Z')))).toEqual([
      'ana 2026-10-24T20:00 2026-10-25T00:30',
      'bo 2026-10-25T00:30 2026-10-25T05:00',
    ]);
  });

  it('does not take back a day that had begun when the clocks go back over midnight', () => {
    const sundays = schedule('America/St_Johns', { start: '2010-01-04T09:00', restrictions: [{ days: [7], from: '00:00', to: '06:00' }] });
    // On 7 November 2010 at 00:01 the clocks read 23:01 of Saturday again.
    const begun = at('2010-11-07T02:30Z');
    for (const minutes of [0, 1, 30, 60, 90]) expect(onCallAt(sundays, [], begun + minutes * 60_000)).toHaveLength(1);
    expect(onCallAt(sundays, [], begun - 60_000)).toEqual([]);
  });
});

describe('restrictions', () => {
  it('run over midnight from the day they begin on', () => {
    const weekend = schedule('Europe/Berlin', { people: ['ana'], restrictions: [{ days: [5, 6], from: '22:00', to: '06:00' }] });
    expect(told(shifts(weekend, [], at('2026-03-02T00:00Z'), at('2026-03-09T00:00Z')))).toEqual([
      'ana 2026-03-06T21:00 2026-03-07T05:00',
      'ana 2026-03-07T21:00 2026-03-08T05:00',
    ]);
  });

  it('last a whole day when they end at the time they began', () => {
    const sunday = schedule('Europe/Berlin', { people: ['ana'], restrictions: [{ days: [7], from: '00:00', to: '00:00' }] });
    expect(told(shifts(sunday, [], at('2026-03-23T00:00Z'), at('2026-03-31T00:00Z')))).toEqual(['ana 2026-03-28T23:00 2026-03-29T22:00']);
  });

  it('do not stop the rotation from turning', () => {
    const office = { days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' };
    const daily = schedule('UTC', { rotation: { every: 1, unit: 'days' }, restrictions: [office] });
    const holders = shifts(daily, [], at('2026-01-08T00:00Z'), at('2026-01-13T00:00Z')).map(({ person }) => person);
    // Thursday, Friday, then Monday: two more turns went by over the weekend.
    expect(holders).toEqual(['bo', 'ana', 'bo']);
  });
});

describe('layers and overrides', () => {
  const layered = schedule(
    'UTC',
    { name: 'base', people: ['ana'] },
    { name: 'nights', people: ['bo'], restrictions: [{ days: [], from: '20:00', to: '06:00' }] },
  );
  const from = at('2026-03-02T12:00Z');
  const until = at('2026-03-03T12:00Z');

  it('lets the later layer win where it applies', () => {
    expect(shifts(layered, [], from, until)).toEqual([
      { person: 'ana', from, until: at('2026-03-02T20:00Z'), source: { kind: 'layer', layer: 'base' } },
      { person: 'bo', from: at('2026-03-02T20:00Z'), until: at('2026-03-03T06:00Z'), source: { kind: 'layer', layer: 'nights' } },
      { person: 'ana', from: at('2026-03-03T06:00Z'), until, source: { kind: 'layer', layer: 'base' } },
    ]);
  });

  it('puts the stand-in only where the person replaced was', () => {
    const overrides = [override('cy', 'bo', '2026-03-02T18:00Z', '2026-03-02T23:00Z')];
    expect(told(shifts(layered, overrides, from, until))).toEqual([
      'ana 2026-03-02T12:00 2026-03-02T20:00',
      'cy 2026-03-02T20:00 2026-03-02T23:00',
      'bo 2026-03-02T23:00 2026-03-03T06:00',
      'ana 2026-03-03T06:00 2026-03-03T12:00',
    ]);
  });

  it('gives the whole span to whoever takes it, gaps too', () => {
    const nightsOnly = schedule('UTC', { people: ['bo'], restrictions: [{ days: [], from: '20:00', to: '06:00' }] });
    const overrides = [override('cy', null, '2026-03-02T18:00Z', '2026-03-02T23:00Z')];
    expect(told(shifts(nightsOnly, overrides, from, until))).toEqual([
      'cy 2026-03-02T18:00 2026-03-02T23:00',
      'bo 2026-03-02T23:00 2026-03-03T06:00',
    ]);
    expect(nextHandover(nightsOnly, overrides, from)).toEqual({ at: at('2026-03-02T18:00Z'), from: null, to: 'cy' });
  });

  it('lets the override made later win, and a stand-in be stood in for', () => {
    const first = override('cy', 'ana', '2026-03-02T12:00Z', '2026-03-02T18:00Z');
    const second = override('dee', 'cy', '2026-03-02T14:00Z', '2026-03-02T16:00Z');
    expect(told(shifts(layered, [first, second], from, at('2026-03-02T20:00Z')))).toEqual([
      'cy 2026-03-02T12:00 2026-03-02T14:00',
      'dee 2026-03-02T14:00 2026-03-02T16:00',
      'cy 2026-03-02T16:00 2026-03-02T18:00',
      'ana 2026-03-02T18:00 2026-03-02T20:00',
    ]);
    expect(onCallAt(layered, [first, second], at('2026-03-02T15:00Z'))).toEqual(['dee']);
    expect(onCallAt(layered, [second, first], at('2026-03-02T15:00Z'))).toEqual(['cy']);
  });
});
