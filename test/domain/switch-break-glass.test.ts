import { describe, expect, it } from 'vitest';
import type { Catalog, SwitchDefinition } from '../../src/domain/catalog.ts';
import type { SwitchAct } from '../../src/domain/switches/acts.ts';
import { switchDomain } from '../../src/domain/switches/domain.ts';
import type { SwitchState } from '../../src/domain/switches/state.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { given, NOW } from '../support/given.ts';

const breakGlass = {
  type: 'switch.break-glass',
  switch: 'read-only',
  to: 1,
  reason: 'Nobody answers and data is being lost',
  confirm: 'read-only',
  incident: null,
  ttlMs: null,
} as const satisfies SwitchAct;
const confirm = { type: 'switch.review', switch: 'read-only', flip: 1, verdict: 'confirm', note: null } as const satisfies SwitchAct;
const reviewDue = (flip: number): SwitchAct => ({ type: 'switch.review-due', switch: 'read-only', flip });
const revert: SwitchAct = { type: 'switch.revert', switch: 'read-only', reason: 'Repaired' };

const fresh = () => given(switchDomain, 'switch/read-only');
const broken = () => fresh().when(breakGlass, by('cy'));
const by = (id: string, at = NOW) => ({ actor: `person:${id}`, now: at }) as const;
const clock = (at: number) => ({ actor: 'clock', now: at }) as const;
function catalogWith(change: Partial<SwitchDefinition>): Catalog {
  const definition = exampleCatalog.switches['read-only'] as SwitchDefinition;
  return { ...exampleCatalog, switches: { ...exampleCatalog.switches, 'read-only': { ...definition, ...change } } };
}
/** On by agreement of two, then turned off by broken glass ten minutes later. */
function turnedOffAlone(catalog: Catalog) {
  return fresh()
    .when(
      { type: 'switch.request', switch: 'read-only', to: 1, reason: 'Failing over', incident: null, ttlMs: null },
      { ...by('cy'), catalog },
    )
    .when({ type: 'switch.approve', switch: 'read-only', request: 'r1' }, { ...by('bo'), catalog })
    .when({ ...breakGlass, to: 0 }, { ...by('cy', NOW + 10 * MINUTE_MS), catalog });
}

describe('breaking the glass', () => {
  it('flips at once by one person and leaves a review due', () => {
    const { events, state } = broken();
    expect(events).toMatchObject([
      {
        type: 'switch.flipped',
        data: {
          to: 1,
          way: 'break-glass',
          requestedBy: 'cy',
          approvedBy: [],
          reviewDueAt: NOW + 30 * MINUTE_MS,
          expiresAt: NOW + HOUR_MS,
          reviewers: ['ana', 'bo'],
        },
      },
    ]);
    expect(state).toMatchObject({ level: 1, approved: { level: 0 }, reviews: [{ flip: 1, brokenBy: 'cy' }] });
  });
  it('costs a real reason and the name typed again', () => {
    fresh()
      .when({ ...breakGlass, reason: 'because I said so' }, by('cy'))
      .refused('switch_reason_too_short', { charsMin: '20' });
    fresh()
      .when({ ...breakGlass, confirm: 'yes' }, by('cy'))
      .refused('switch_not_confirmed', { id: 'read-only' });
    fresh().when(breakGlass, { actor: 'allclear' }).refused('switch_needs_person');
  });
  it('goes around approvals and around nothing else', () => {
    broken().when(breakGlass, by('bo')).refused('switch_already_there');
    fresh()
      .when({ ...breakGlass, to: 5 }, by('cy'))
      .refused('switch_no_such_level');
    fresh()
      .when({ ...breakGlass, ttlMs: 2 * HOUR_MS }, by('cy'))
      .refused('switch_too_long');
    const catalog = catalogWith({ conflicts: ['payments-off'] });
    const on: SwitchState = { ...switchDomain.initial('switch/payments-off'), level: 1 };
    fresh()
      .when(breakGlass, { ...by('cy'), catalog, states: new Map([['switch/payments-off', on]]) })
      .refused('switch_conflict');
  });
});

describe('a review', () => {
  it('confirmed, makes the flip as good as an approved one', () => {
    const { events, state } = broken().when(confirm, by('bo'));
    expect(events).toMatchObject([{ type: 'switch.reviewed', data: { flip: 1, verdict: 'confirm', person: 'bo', brokenBy: 'cy' } }]);
    expect(state).toMatchObject({ level: 1, reviews: [], approved: { version: 1, level: 1, expiresAt: NOW + HOUR_MS } });
  });
  it('rejected, turns it back', () => {
    const { events, state } = broken().when({ ...confirm, verdict: 'revert', note: 'It was only the cache' }, by('bo'));
    expect(events.map(({ type }) => type)).toEqual(['switch.reviewed', 'switch.flipped']);
    expect(events[1]?.data).toMatchObject({ to: 0, way: 'rejected', requestedBy: 'bo', reason: 'It was only the cache' });
    expect(state).toMatchObject({ level: 0, reviews: [] });
  });
  it('comes from somebody else, who may approve', () => {
    fresh().when(breakGlass, by('bo')).when(confirm, by('bo')).refused('switch_own_review');
    fresh().when(breakGlass, by('bo')).when(confirm, by('cy')).refused('switch_may_not_review', { approvers: 'Ana Lima, Bo Berg' });
    broken().when(confirm, { actor: 'allclear' }).refused('switch_needs_person');
  });
  it('is given once', () => {
    broken().when(confirm, by('bo')).when(confirm, by('ana')).refused('switch_nothing_to_review', { switch: 'Read-only mode', flip: '1' });
    fresh().when(confirm, by('bo')).refused('switch_nothing_to_review');
  });
  it('is still due after somebody has turned it off, and then flips nothing', () => {
    const off = broken().when(revert, by('cy'));
    expect(off.state.reviews).toMatchObject([{ flip: 1 }]);
    expect(off.when({ ...confirm, verdict: 'revert' }, by('bo')).events.map(({ type }) => type)).toEqual(['switch.reviewed']);
  });
});

describe('broken glass nobody reviewed', () => {
  it('is turned back when the time is up, and says so', () => {
    const { events, state } = broken().when(reviewDue(1), clock(NOW + 30 * MINUTE_MS));
    expect(events.map(({ type }) => type)).toEqual(['switch.review-missed', 'switch.flipped']);
    expect(events[1]?.data).toMatchObject({ to: 0, way: 'unreviewed', requestedBy: null });
    expect(state).toMatchObject({ level: 0, reviews: [] });
  });
  it('is only told of when the switch was flipped since', () => {
    const { events } = broken()
      .when(revert, by('cy'))
      .when(reviewDue(1), clock(NOW + 30 * MINUTE_MS));
    expect(events.map(({ type }) => type)).toEqual(['switch.review-missed']);
  });
  it('is asked about in vain once somebody has looked', () => {
    broken()
      .when(confirm, by('bo'))
      .when(reviewDue(1), clock(NOW + 30 * MINUTE_MS))
      .nothingHappens();
  });
  it('is undone to what two people had agreed on, until their time is up', () => {
    const catalog = catalogWith({ approvalsOff: 1 });
    const undone = turnedOffAlone(catalog).when(reviewDue(2), { ...clock(NOW + 40 * MINUTE_MS), catalog });
    expect(undone.events[1]?.data).toMatchObject({
      to: 1,
      way: 'unreviewed',
      expiresAt: NOW + HOUR_MS,
      warnAt: NOW + 55 * MINUTE_MS,
      version: 3,
    });
    expect(undone.state).toMatchObject({ level: 1, approved: { level: 1, expiresAt: NOW + HOUR_MS } });
  });
  it('stays off when what two people had agreed on is over, or conflicts with what is on now', () => {
    const late = catalogWith({ approvalsOff: 1, reviewMs: 2 * HOUR_MS });
    const over = turnedOffAlone(late).when(reviewDue(2), { ...clock(NOW + 130 * MINUTE_MS), catalog: late });
    expect(over.events.map(({ type }) => type)).toEqual(['switch.review-missed']);
    expect(over.state).toMatchObject({ level: 0, approved: { version: 2, level: 0 } });

    const catalog = catalogWith({ approvalsOff: 1, conflicts: ['payments-off'] });
    const on: SwitchState = { ...switchDomain.initial('switch/payments-off'), level: 1 };
    const conflicting = turnedOffAlone(catalog).when(reviewDue(2), {
      ...clock(NOW + 40 * MINUTE_MS),
      catalog,
      states: new Map([['switch/payments-off', on]]),
    });
    expect(conflicting.state.level).toBe(0);
  });
  it('does not buy time: off and on again by one person ends when two had agreed it would', () => {
    const onAgain = turnedOffAlone(catalogWith({})).when(breakGlass, by('cy', NOW + 50 * MINUTE_MS));
    expect(onAgain.state.expiresAt).toBe(NOW + 110 * MINUTE_MS);
    const undone = onAgain.when(reviewDue(3), clock(NOW + 58 * MINUTE_MS));
    expect(undone.events[1]).toMatchObject({ data: { change: 'stays on', expiresAt: NOW + HOUR_MS, warnAt: null } });
    expect(undone.state).toMatchObject({ level: 1, expiresAt: NOW + HOUR_MS });
  });
});
