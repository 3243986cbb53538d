import { describe, expect, it } from 'vitest';
import type { Catalog, EscalationPolicy, Schedule } from '../../src/domain/catalog.ts';
import { coverage, sayCoverage } from '../../src/domain/oncall/coverage.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { NOW } from '../support/given.ts';

const FORTNIGHT_MS = 14 * 24 * HOUR_MS;
const payments = exampleCatalog.schedules['payments'] as Schedule;

function office(id: string, from: string, to: string, people: readonly string[] = ['ana']): Schedule {
  return { ...payments, id, layers: payments.layers.map((layer) => ({ ...layer, people, restrictions: [{ days: [], from, to }] })) };
}
function policy(id: string, ...levels: readonly EscalationPolicy['levels'][number]['targets'][]): EscalationPolicy {
  return { id, name: id, levels: levels.map((targets) => ({ targets, timeoutMs: 5 * MINUTE_MS })), repeats: 0, rePageMs: null };
}
function sayings(changes: Partial<Catalog>): string[] {
  return coverage({ ...exampleCatalog, ...changes }, NOW, NOW + FORTNIGHT_MS).map(sayCoverage);
}
const day = { kind: 'schedule', id: 'day' } as const;
const night = { kind: 'schedule', id: 'night' } as const;
const schedules = { day: office('day', '08:00', '20:00'), night: office('night', '20:00', '07:00') };

describe('coverage', () => {
  it('finds nothing where somebody is always behind every policy', () => {
    expect(sayings({})).toEqual([]);
  });

  it('tells the first gap of a schedule and how many follow', () => {
    expect(sayings({ schedules: { day: schedules.day }, policies: {} })).toEqual([
      'Schedule day: nobody is on call from 2026-03-02 04:00 until 2026-03-02 08:00 (Europe/Berlin), and 14 more times.',
    ]);
  });

  it('finds the times at which no level of a policy leads to anybody', () => {
    const ladder = policy('ladder', [day], [night]);
    const [gapsOfDay, gapsOfNight, ...rest] = coverage({ ...exampleCatalog, schedules, policies: { ladder } }, NOW, NOW + FORTNIGHT_MS);
    expect([gapsOfDay?.kind, gapsOfNight?.kind]).toEqual(['schedule-gaps', 'schedule-gaps']);
    const gaps = Array.from({ length: 14 }, (_, index) => {
      const from = Date.parse('2026-03-02T06:00Z') + index * 24 * HOUR_MS;
      return { from, until: from + HOUR_MS };
    });
    expect(rest).toEqual([{ kind: 'policy-gaps', policy: 'ladder', timeZone: 'Europe/Berlin', gaps }]);
  });

  it('is content with a gap in a schedule when another target or level is behind it', () => {
    const beside = policy('beside', [day, { kind: 'team', id: 'payments' }]);
    const below = policy('below', [day], [{ kind: 'person', id: 'bo' }]);
    expect(
      coverage({ ...exampleCatalog, schedules, policies: { beside, below } }, NOW, NOW + FORTNIGHT_MS).map(({ kind }) => kind),
    ).toEqual(['schedule-gaps', 'schedule-gaps']);
  });

  it('finds levels and policies that lead to nobody at all', () => {
    const teams = { ...exampleCatalog.teams, empty: { id: 'empty', name: 'Empty', members: [] } };
    const policies = {
      hollow: policy('hollow', [{ kind: 'team', id: 'empty' }], [{ kind: 'person', id: 'bo' }]),
      void: policy('void'),
      lost: policy('lost', [
        { kind: 'person', id: 'zoe' },
        { kind: 'schedule', id: 'gone' },
      ]),
    };
    const whole = 'from 2026-03-02 04:00 until 2026-03-16 04:00 (Europe/Berlin)';
    expect(sayings({ teams, policies })).toEqual([
      'Policy hollow: level 1 leads to nobody. Give it a target that somebody is behind.',
      `Policy void: no level leads to anybody ${whole}. A page then wakes nobody.`,
      'Policy lost: level 1 leads to nobody. Give it a target that somebody is behind.',
      `Policy lost: no level leads to anybody ${whole}. A page then wakes nobody.`,
    ]);
  });

  it('finds observers, who could not acknowledge', () => {
    const watched = { watched: office('watched', '00:00', '00:00', ['ana', 'dee']) };
    expect(sayings({ schedules: watched, policies: {} })).toEqual([
      'Schedule watched: dee is an observer and could not acknowledge a page. Raise the rank or change the rotation.',
    ]);
  });
});
