import { describe, expect, it } from 'vitest';
import type { Actor } from '../../src/domain/kernel.ts';
import type { OncallActOf } from '../../src/domain/oncall/acts.ts';
import { OVERRIDES_PENDING_MAX } from '../../src/domain/oncall/decide.ts';
import { oncallDomain } from '../../src/domain/oncall/domain.ts';
import type { OncallEvent } from '../../src/domain/oncall/events.ts';
import { onCallAt } from '../../src/domain/oncall/schedule.ts';
import { HOUR_MS } from '../../src/kit/duration.ts';
import { upcast } from '../../src/ledger/upcast.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Given, given, NOW } from '../support/given.ts';

const STREAM = 'schedule/payments';
const DAY_MS = 24 * HOUR_MS;

/** At `NOW` bo is on call for payments; from 08:00Z it is cy. */
function ask(changes: Partial<OncallActOf<'oncall.override'>> = {}): OncallActOf<'oncall.override'> {
  return {
    type: 'oncall.override',
    schedule: 'payments',
    person: 'ana',
    replaces: 'bo',
    from: NOW + HOUR_MS,
    until: NOW + 3 * HOUR_MS,
    reason: 'dentist',
    ...changes,
  };
}
function made(changes: Partial<Extract<OncallEvent, { type: 'oncall.overridden' }>['data']> = {}, at = NOW - DAY_MS): Given<OncallEvent> {
  const data = { schedule: 'payments', override: 'aaaa0001', person: 'ana', replaces: 'bo', from: NOW - HOUR_MS, until: NOW + HOUR_MS };
  return { type: 'oncall.overridden', data: { ...data, reason: null, platforms: ['console'], ...changes }, at };
}
const remove = { type: 'oncall.remove-override', schedule: 'payments', override: 'aaaa0001' } as const;
const removed: OncallEvent = {
  type: 'oncall.override-removed',
  data: { schedule: 'payments', override: 'aaaa0001', person: 'ana', replaces: 'bo', platforms: ['console'] },
};
function letter(person: string, message: string) {
  return { kind: 'direct.say', platform: 'console', person, incident: null, message };
}
const payments = exampleCatalog.schedules['payments'];

function onCall(overrides: Parameters<typeof onCallAt>[1], at: number): readonly string[] {
  return payments === undefined ? [] : onCallAt(payments, overrides, at);
}

describe('an override', () => {
  it('puts the stand-in on call for its span', () => {
    const after = given(oncallDomain, STREAM)
      .when(ask())
      .happens([
        {
          type: 'oncall.overridden',
          data: {
            schedule: 'payments',
            override: '00112233',
            person: 'ana',
            replaces: 'bo',
            from: NOW + HOUR_MS,
            until: NOW + 3 * HOUR_MS,
            reason: 'dentist',
            platforms: ['console'],
          },
        },
      ]);
    const at = [0, 1, 2, 3].map((hours) => onCall(after.state.overrides, NOW + hours * HOUR_MS)[0]);
    expect(at).toEqual(['bo', 'ana', 'ana', 'bo']);
    const look = { kind: 'ask', act: { type: 'oncall.look', schedule: 'payments' }, actor: 'clock' } as const;
    expect(after.effects).toEqual([
      { ...look, dueAt: NOW + HOUR_MS },
      { ...look, dueAt: NOW + 3 * HOUR_MS },
      letter('bo', 'override-made'),
    ]);
  });

  it('is told to whoever has a shift more or less by it, unless they made it themselves', () => {
    const told = (actor: Actor): readonly unknown[] =>
      given(oncallDomain, STREAM)
        .when(ask(), { actor })
        .effects.filter(({ kind }) => kind === 'direct.say');
    expect(told('person:ana')).toEqual([letter('bo', 'override-made')]);
    expect(told('person:cy')).toEqual([letter('ana', 'override-made'), letter('bo', 'override-made')]);
    const back = given(oncallDomain, STREAM, [made()]).when(remove, { actor: 'person:bo' });
    expect(back.effects.at(-1)).toEqual(letter('ana', 'override-removed'));
  });

  it('of a ledger from before anybody was told is told to nobody', () => {
    const { data } = made() as Extract<OncallEvent, { type: 'oncall.overridden' }>;
    const { platforms: _since, ...old } = data;
    expect(upcast(oncallDomain.events, 'oncall.overridden', 1, old)).toEqual({ ...old, platforms: [] });
    const gone = { schedule: 'payments', override: 'aaaa0001', person: 'ana' };
    expect(upcast(oncallDomain.events, 'oncall.override-removed', 1, gone)).toEqual({ ...gone, replaces: null, platforms: [] });
  });

  it('is said in one line', () => {
    const { 'oncall.overridden': overridden, 'oncall.override-removed': gone } = oncallDomain.events;
    expect(overridden?.say(made().data)).toBe('<@ana> stands in for <@bo> on payments for 2h');
    expect(overridden?.say(made({ replaces: null, reason: 'swap' }).data)).toBe('<@ana> takes payments for 2h: swap');
    expect(gone?.say(removed.data)).toBe('Override aaaa0001 of payments by <@ana> was removed');
  });

  it('asked for since this morning begins now, for the past does not change', () => {
    const after = given(oncallDomain, STREAM).when(ask({ from: NOW - 5 * HOUR_MS }));
    expect(after.events).toMatchObject([{ data: { from: NOW, until: NOW + 3 * HOUR_MS } }]);
  });

  it('may take the whole span from whoever has it', () => {
    const after = given(oncallDomain, STREAM).when(ask({ replaces: null, until: NOW + 7 * HOUR_MS }));
    expect([1, 6, 7].map((hours) => onCall(after.state.overrides, NOW + hours * HOUR_MS)[0])).toEqual(['ana', 'ana', 'cy']);
  });

  it('may stand in for a stand-in', () => {
    const past = [made({ person: 'cy', from: NOW + HOUR_MS, until: NOW + 3 * HOUR_MS })];
    given(oncallDomain, STREAM, past)
      .when(ask({ replaces: 'bo' }))
      .refused('override_replaces_absent', { schedule: 'payments', replaces: 'bo' });
    const after = given(oncallDomain, STREAM, past).when(ask({ replaces: 'cy' }));
    expect(onCall(after.state.overrides, NOW + 2 * HOUR_MS)).toEqual(['ana']);
  });
});

describe('an override is refused', () => {
  const blank = given(oncallDomain, STREAM);

  it('for a schedule nobody knows, even one named like a part of every object', () => {
    for (const schedule of ['search', 'constructor']) {
      given(oncallDomain, `schedule/${schedule}`)
        .when(ask({ schedule }))
        .refused('override_schedule_unknown', { schedule, known: 'payments' });
    }
    const none = { ...exampleCatalog, schedules: {} };
    expect(blank.when(ask(), { catalog: none }).refused('override_schedule_unknown').sentence).toMatch(/nor any other/);
  });

  it('for people who are unknown, the same, or only watching', () => {
    blank.when(ask({ person: 'zoe' })).refused('override_person_unknown', { person: 'zoe' });
    blank.when(ask({ replaces: 'toString' })).refused('override_person_unknown', { person: 'toString' });
    blank.when(ask({ replaces: 'ana' })).refused('override_same_person', { person: 'ana' });
    blank.when(ask({ person: 'dee' })).refused('override_observer', { person: 'dee' });
  });

  it('when the person replaced is not on call then', () => {
    blank.when(ask({ replaces: 'cy' })).refused('override_replaces_absent', { schedule: 'payments', replaces: 'cy' });
    expect(blank.when(ask({ replaces: 'cy', until: NOW + 6 * HOUR_MS })).events).toHaveLength(1);
  });

  it('when it ends before it starts or is over already', () => {
    blank.when(ask({ until: NOW + HOUR_MS })).refused('override_ends_before_start');
    blank.when(ask({ until: NOW })).refused('override_ends_before_start');
    blank.when(ask({ from: NOW - HOUR_MS, until: NOW })).refused('override_past');
  });

  it('when it lasts longer than a month or lies more than 400 days ahead', () => {
    const from = NOW + HOUR_MS;
    blank.when(ask({ from, until: from + 31 * DAY_MS + 1 })).refused('override_too_long', { asked: '31d', most: '31d' });
    blank.when(ask({ from: NOW - DAY_MS, until: NOW + 31 * DAY_MS + 1 })).refused('override_too_long');
    expect(blank.when(ask({ from, until: from + 31 * DAY_MS })).events).toHaveLength(1);
    const far = NOW + 400 * DAY_MS + 1;
    blank.when(ask({ from: far, until: far + HOUR_MS })).refused('override_too_far', { most: '400d' });
  });

  it('when there are as many ahead as one schedule holds; those that are over do not count', () => {
    const full = Array.from({ length: OVERRIDES_PENDING_MAX }, (_, index) => made({ override: `a${index}` }));
    given(oncallDomain, STREAM, full)
      .when(ask({ replaces: null }))
      .refused('override_limit', { schedule: 'payments', most: '200' });
    const [, ...others] = full;
    expect(given(oncallDomain, STREAM, [made({ until: NOW }), ...others]).when(ask({ replaces: null })).events).toHaveLength(1);
  });
});

describe('removing an override', () => {
  it('ends one that has begun and leaves what was', () => {
    const after = given(oncallDomain, STREAM, [made()]).when(remove).happens([removed]);
    expect([-1, 0].map((hours) => onCall(after.state.overrides, NOW + hours * HOUR_MS)[0])).toEqual(['ana', 'bo']);
    after.when(remove, { now: NOW + 1 }).refused('override_over', { schedule: 'payments', override: 'aaaa0001' });
  });

  it('makes one that has not begun vanish', () => {
    const after = given(oncallDomain, STREAM, [made({ from: NOW + 1 }), made({ override: 'aaaa0002' })])
      .when(remove)
      .happens([removed]);
    expect(after.state.overrides.map(({ id }) => id)).toEqual(['aaaa0002']);
    after.when(remove).refused('override_unknown', { schedule: 'payments', override: 'aaaa0001' });
  });

  it('is refused when it is over', () => {
    given(oncallDomain, STREAM, [made({ until: NOW })])
      .when(remove)
      .refused('override_over');
  });
});

describe('the state of a schedule', () => {
  it('forgets overrides that ended two months before the next is made', () => {
    const long = made({ override: 'old', from: NOW - 70 * DAY_MS, until: NOW - 65 * DAY_MS }, NOW - 71 * DAY_MS);
    const recent = made({ override: 'recent', from: NOW - 50 * DAY_MS, until: NOW - 49 * DAY_MS }, NOW - 51 * DAY_MS);
    const { state } = given(oncallDomain, STREAM, [long, recent]).when(ask());
    expect(state.overrides.map(({ id }) => id)).toEqual(['recent', '00112233']);
    expect(oncallDomain.summary(state)).toEqual({ open: true, incident: null });
  });
});
