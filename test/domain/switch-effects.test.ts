import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/domain/catalog.ts';
import { type IncidentState, initialIncident } from '../../src/domain/incidents/state.ts';
import type { Effect } from '../../src/domain/kernel.ts';
import type { SwitchAct } from '../../src/domain/switches/acts.ts';
import { switchDomain } from '../../src/domain/switches/domain.ts';
import { APPROVERS_TOLD_MAX } from '../../src/domain/switches/limits.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { given, NOW } from '../support/given.ts';

const request = {
  type: 'switch.request',
  switch: 'read-only',
  to: 1,
  reason: 'Failing over',
  incident: 7,
  ttlMs: null,
} as const satisfies SwitchAct;
const approve: SwitchAct = { type: 'switch.approve', switch: 'read-only', request: 'r1' };
const breakGlass: SwitchAct = { ...request, type: 'switch.break-glass', reason: 'Nobody answers, data is lost', confirm: 'read-only' };

const live: IncidentState = { ...initialIncident('incident/7'), status: 'investigating', platforms: ['console', 'slack'] };
const during = (incident: IncidentState = live) => new Map([['incident/7', incident]]);
const by = (id: string, at = NOW) => ({ actor: `person:${id}`, now: at, states: during() }) as const;
const asked = () => given(switchDomain, 'switch/read-only').when(request, by('cy'));

const asks = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'ask' ? [{ ...effect.act, at: effect.dueAt ?? null, by: effect.actor ?? null }] : []));
const said = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'room.say' ? [`${effect.platform} ${effect.message}`] : []));
const letters = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'direct.say' ? [`${effect.platform} ${effect.person} ${effect.message}`] : []));
const kept = (effects: readonly Effect[]) => effects.flatMap((effect) => (effect.kind === 'room.keep' ? [effect.platform] : []));

describe('what a switch owes', () => {
  it('for a request: the room, those who may approve, and the question whether it lapsed', () => {
    const { effects } = asked();
    expect(asks(effects)).toEqual([{ type: 'switch.lapse', switch: 'read-only', request: 'r1', at: NOW + 10 * MINUTE_MS, by: 'clock' }]);
    expect(said(effects)).toEqual(['console switch-requested', 'slack switch-requested']);
    expect(letters(effects)).toEqual([
      'console ana switch-approve',
      'console bo switch-approve',
      'slack ana switch-approve',
      'slack bo switch-approve',
    ]);
    expect(kept(effects)).toEqual(['console', 'slack']);
  });
  it('for a flip: its end and the warning before it, and an answer to the run that waits', () => {
    const { effects } = asked().when(approve, by('bo'));
    const timer = { switch: 'read-only', version: 1, expiresAt: NOW + HOUR_MS, by: 'clock' };
    expect(asks(effects)).toEqual([
      { type: 'switch.warn', ...timer, at: NOW + 55 * MINUTE_MS },
      { type: 'switch.expire', ...timer, at: NOW + HOUR_MS },
      { type: 'run.switch-flipped', incident: 7, switch: 'read-only', to: 1, at: null, by: null },
    ]);
    expect(said(effects)).toEqual(['console switch-flipped', 'slack switch-flipped']);
    expect(letters(effects)).toEqual([]);
  });
  it('for a decline or lapse: the room and the run', () => {
    const decline: SwitchAct = { type: 'switch.decline', switch: 'read-only', request: 'r1', reason: 'Not needed' };
    const lapse: SwitchAct = { type: 'switch.lapse', switch: 'read-only', request: 'r1' };
    const run = [{ type: 'run.switch-declined', incident: 7, switch: 'read-only', at: null, by: null }];
    const declined = asked().when(decline, by('bo')).effects;
    expect(asks(declined)).toEqual(run);
    expect(said(declined)).toContain('slack switch-declined');
    const lapsed = asked().when(lapse, { actor: 'clock' }).effects;
    expect(asks(lapsed)).toEqual(run);
    expect(said(lapsed)).toContain('slack switch-lapsed');
  });
  it('for broken glass: a loud message, those who may review, the review question; and the run of what it voided', () => {
    const { effects } = asked().when(breakGlass, by('ana'));
    expect(said(effects)).toEqual([
      'console switch-voided',
      'slack switch-voided',
      'console switch-glass-broken',
      'slack switch-glass-broken',
    ]);
    expect(letters(effects)).toEqual(['console bo switch-review', 'slack bo switch-review']);
    expect(asks(effects)).toContainEqual({
      type: 'switch.review-due',
      switch: 'read-only',
      flip: 1,
      at: NOW + 30 * MINUTE_MS,
      by: 'clock',
    });
    expect(asks(effects)).toContainEqual({ type: 'run.switch-declined', incident: 7, switch: 'read-only', at: null, by: null });
  });
  it('for a review missed, a rejection, a warning and an end: somebody must look', () => {
    const broken = given(switchDomain, 'switch/read-only').when(breakGlass, by('ana'));
    const missed = broken.when({ type: 'switch.review-due', switch: 'read-only', flip: 1 }, { actor: 'clock' });
    expect(said(missed.effects)).toEqual([
      'console switch-review-missed',
      'slack switch-review-missed',
      'console switch-undone',
      'slack switch-undone',
    ]);
    const rejected = broken.when({ type: 'switch.review', switch: 'read-only', flip: 1, verdict: 'revert', note: null }, by('bo'));
    expect(said(rejected.effects)).toEqual([
      'console switch-reviewed',
      'slack switch-reviewed',
      'console switch-undone',
      'slack switch-undone',
    ]);
    const on = asked().when(approve, by('bo'));
    const expiresAt = NOW + HOUR_MS;
    const warned = on.when({ type: 'switch.warn', switch: 'read-only', version: 1, expiresAt }, { actor: 'clock' });
    expect(letters(warned.effects)).toContain('slack cy switch-warned');
    expect(said(warned.effects)).toContain('slack switch-warned');
    const expired = on.when({ type: 'switch.expire', switch: 'read-only', version: 1, expiresAt }, { actor: 'clock', now: expiresAt });
    expect(said(expired.effects)).toEqual(['console switch-expired', 'slack switch-expired']);
    expect(asks(expired.effects)).toEqual([{ type: 'run.switch-flipped', incident: 7, switch: 'read-only', to: 0, at: null, by: null }]);
  });
  it('for an extension: new timers', () => {
    const at = NOW + 30 * MINUTE_MS;
    const { effects } = asked()
      .when(approve, by('bo'))
      .when({ type: 'switch.extend', switch: 'read-only', ttlMs: HOUR_MS, reason: 'Not done yet' }, by('ana', at));
    expect(asks(effects).map(({ type, at: dueAt }) => [type, dueAt])).toEqual([
      ['switch.warn', at + 55 * MINUTE_MS],
      ['switch.expire', at + HOUR_MS],
    ]);
  });
  it('outside of incidents, where no room listens: letters to those who are needed, and to who waits for an answer', () => {
    const alone = given(switchDomain, 'switch/read-only').when({ ...request, incident: null }, by('cy'));
    expect(letters(alone.effects)).toEqual(['console ana switch-approve', 'console bo switch-approve']);
    expect(alone.effects.map(({ kind }) => kind)).not.toContain('room.say');
    const on = alone.when(approve, by('bo'));
    expect(letters(on.effects)).toEqual(['console cy switch-flipped']);
    const off = { type: 'switch.revert', switch: 'read-only', reason: 'It is over' } as const;
    expect(letters(on.when(off, by('cy', NOW + MINUTE_MS)).effects)).toEqual([]);
    const declined = { type: 'switch.decline', switch: 'read-only', request: 'r1', reason: 'Not now' } as const;
    expect(letters(alone.when(declined, by('bo')).effects)).toEqual(['console cy switch-declined']);
    // Who takes their own request back knows.
    expect(letters(alone.when(declined, by('cy')).effects)).toEqual([]);
    const lapse = { type: 'switch.lapse', switch: 'read-only', request: 'r1' } as const;
    expect(letters(alone.when(lapse, { actor: 'clock', now: NOW + HOUR_MS }).effects)).toEqual(['console cy switch-lapsed']);
  });
  it('outside of incidents: broken glass is told to who may review it, and what came of that to who broke it', () => {
    const reason = 'Orders are being lost right now';
    const glass = {
      type: 'switch.break-glass',
      switch: 'read-only',
      to: 1,
      reason,
      confirm: 'read-only',
      incident: null,
      ttlMs: null,
    } as const;
    const broken = given(switchDomain, 'switch/read-only').when(glass, by('ana'));
    expect(letters(broken.effects)).toEqual(['console bo switch-review']);
    const review = { type: 'switch.review', switch: 'read-only', flip: 1, verdict: 'confirm', note: null } as const;
    expect(letters(broken.when(review, by('bo')).effects)).toEqual(['console ana switch-reviewed']);
  });
  it('is asked of at most so many people at once', () => {
    const crowd = Array.from({ length: 30 }, (_, index) => [
      `chief${index}`,
      { ...(exampleCatalog.people['bo'] as Catalog['people'][string]), id: `chief${index}` },
    ]);
    const catalog = { ...exampleCatalog, people: { ...exampleCatalog.people, ...Object.fromEntries(crowd) } };
    const { events, effects } = given(switchDomain, 'switch/read-only').when(request, { ...by('cy'), catalog });
    expect(letters(effects)).toHaveLength(APPROVERS_TOLD_MAX * 2);
    expect(events[0]?.data).toMatchObject({ approversMore: 32 - APPROVERS_TOLD_MAX });
  });
});

describe('in a drill', () => {
  const drill = { ...by('cy'), states: during({ ...live, kind: 'drill' }) };

  it('everything takes place except the flip, and the run goes on', () => {
    const request1 = given(switchDomain, 'switch/read-only').when(request, drill);
    const rehearsed = request1.when(approve, { ...drill, actor: 'person:bo' });
    expect(rehearsed.events.map(({ type }) => type)).toEqual(['switch.approved', 'switch.rehearsed']);
    expect(rehearsed.state).toMatchObject({ level: 0, version: 0, pending: null });
    expect(asks(rehearsed.effects)).toEqual([{ type: 'run.switch-flipped', incident: 7, switch: 'read-only', to: 1, at: null, by: null }]);
    rehearsed.when(approve, { ...drill, actor: 'person:ana' }).refused('switch_request_used');
  });
  it('no glass is broken in earnest either', () => {
    const { events, state } = given(switchDomain, 'switch/read-only').when(breakGlass, drill);
    expect(events.map(({ type }) => type)).toEqual(['switch.rehearsed']);
    expect(state).toMatchObject({ level: 0, reviews: [] });
  });
});

describe('the summary of a switch', () => {
  it('is open while it is on, asked for or under review, and names the incident of what happened last', () => {
    const summaryOf = (state: ReturnType<typeof asked>['state']) => switchDomain.summary(state);
    expect(summaryOf(switchDomain.initial('switch/read-only'))).toEqual({ open: false, incident: null });
    const on = asked().when(approve, by('bo'));
    expect(summaryOf(asked().state)).toEqual({ open: true, incident: 7 });
    expect(summaryOf(on.state)).toEqual({ open: true, incident: 7 });
    const off = on.when({ type: 'switch.revert', switch: 'read-only', reason: 'Repaired' }, by('cy'));
    expect(summaryOf(off.state)).toEqual({ open: false, incident: 7 });
    const broken = given(switchDomain, 'switch/read-only')
      .when(breakGlass, by('ana'))
      .when({ type: 'switch.revert', switch: 'read-only', reason: 'Repaired' }, by('cy'));
    expect(summaryOf(broken.state)).toEqual({ open: true, incident: 7 });
  });
});
