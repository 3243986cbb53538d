import { describe, expect, it } from 'vitest';
import type { IncidentAct } from '../../src/domain/incidents/acts.ts';
import { incidentDomain } from '../../src/domain/incidents/domain.ts';
import type { IncidentEvent } from '../../src/domain/incidents/events.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { type Given, given, NOW } from '../support/given.ts';
import { declaredEvent } from '../support/incident-past.ts';

const QUARTER_MS = 15 * MINUTE_MS;
const past = (...more: readonly Given<IncidentEvent>[]) =>
  given(incidentDomain, 'incident/42', [{ ...declaredEvent(), actor: 'person:cy' }, ...more]);
const update = (text: string, nextMs: number | null = null): IncidentAct => ({ type: 'incident.update', incident: 42, text, nextMs });
const remind = (number: number, dueAt: number): IncidentAct => ({ type: 'incident.remind', incident: 42, number, dueAt });
const at = (now: number) => ({ now, actor: 'clock' }) as const;

describe('an update', () => {
  it('promises the next one in the rhythm of the severity, or when its writer says', () => {
    past()
      .when(update('Rolling back'))
      .happens([{ type: 'incident.updated', data: { text: 'Rolling back', number: 1, nextAt: NOW + QUARTER_MS } }]);
    past()
      .when(update('Rolling back', 5 * MINUTE_MS))
      .happens([{ type: 'incident.updated', data: { text: 'Rolling back', number: 1, nextAt: NOW + 5 * MINUTE_MS } }]);
    const calm = given(incidentDomain, 'incident/42', [declaredEvent({ severity: 'sev4', updateEveryMs: null })]);
    expect(calm.when(update('Nobody notices')).events[0]?.data).toMatchObject({ nextAt: null });
  });

  it('moves the reminder', () => {
    const updated = past().when(update('Rolling back'), { now: NOW + 10 * MINUTE_MS });
    expect(updated.effects[0]).toEqual({
      kind: 'ask',
      actor: 'clock',
      dueAt: NOW + 25 * MINUTE_MS,
      act: { type: 'incident.remind', incident: 42, number: 1, dueAt: NOW + 25 * MINUTE_MS },
    });
    updated.when(remind(0, NOW + QUARTER_MS), at(NOW + QUARTER_MS)).nothingHappens();
  });
});

describe('a reminder', () => {
  const overdue = (remind: string[], number = 0): IncidentEvent => ({
    type: 'incident.update-overdue',
    data: { number, dueAt: NOW + QUARTER_MS, remind, againAt: NOW + 2 * QUARTER_MS },
  });

  it('comes when no update came, and comes again', () => {
    const first = past()
      .when(remind(0, NOW + QUARTER_MS), at(NOW + QUARTER_MS))
      .happens([overdue(['cy'])]);
    expect(first.effects[0]).toMatchObject({ dueAt: NOW + 2 * QUARTER_MS, act: { type: 'incident.remind', number: 0 } });
    first.when(remind(0, NOW + QUARTER_MS), at(NOW + QUARTER_MS)).nothingHappens();
  });

  it('goes to whoever does communication, else to the commander, else to the declarer', () => {
    const role = (id: string, person: string): IncidentEvent => ({
      type: 'incident.role-assigned',
      data: { role: id, roleName: id, person, replaced: null },
    });
    const due = at(NOW + QUARTER_MS);
    past(role('ic', 'bo'), role('comms', 'ana'))
      .when(remind(0, NOW + QUARTER_MS), due)
      .happens([overdue(['ana'])]);
    past(role('ic', 'bo'))
      .when(remind(0, NOW + QUARTER_MS), due)
      .happens([overdue(['bo'])]);
    given(incidentDomain, 'incident/42', [{ ...declaredEvent(), actor: 'source:alertmanager' }])
      .when(remind(0, NOW + QUARTER_MS), due)
      .happens([overdue([])]);
  });

  it('is moot once it is over', () => {
    past({ type: 'incident.resolved', data: { summary: null, switchesOn: [] } })
      .when(remind(0, NOW + QUARTER_MS), at(NOW + QUARTER_MS))
      .nothingHappens();
  });

  it('keeps a promise made by hand where the severity has no rhythm', () => {
    const calm = given(incidentDomain, 'incident/42', [declaredEvent({ severity: 'sev4', updateEveryMs: null })]);
    const promised = calm.when(update('Looking', 20 * MINUTE_MS));
    const due = NOW + 20 * MINUTE_MS;
    expect(promised.when(remind(1, due), at(due)).events[0]?.data).toMatchObject({ dueAt: due, againAt: due + QUARTER_MS });
  });

  it('follows the rhythm of a new severity, and never comes later than promised', () => {
    const regrade = (severity: string): IncidentAct => ({ type: 'incident.regrade', incident: 42, severity });
    const unset = given(incidentDomain, 'incident/42', [declaredEvent({ severity: null, updateEveryMs: null })]);
    expect(unset.when(regrade('sev1')).state.nextUpdateAt).toBe(NOW + QUARTER_MS);
    expect(past().when(regrade('sev3')).state.nextUpdateAt).toBe(NOW + QUARTER_MS);
    expect(past().when(regrade('sev4')).state.nextUpdateAt).toBeNull();
  });
});

describe('a pin', () => {
  const pin: IncidentAct = {
    type: 'incident.pin',
    incident: 42,
    platform: 'console',
    message: 'm1',
    text: 'CPU is at 100 %',
    author: 'Bo Berg',
    saidAt: NOW - MINUTE_MS,
    url: null,
  };
  const unpin: IncidentAct = { type: 'incident.unpin', incident: 42, platform: 'console', message: 'm1' };

  it('keeps the words with the time they were said at', () => {
    const { type: _type, incident: _incident, ...data } = pin;
    past()
      .when(pin)
      .happens([{ type: 'incident.pinned', data }]);
  });

  it('is taken once, withdrawn once, and may come back', () => {
    const pinned = past().when(pin);
    pinned.when(pin).refused('already_pinned');
    past().when(unpin).refused('not_pinned');
    const withdrawn = pinned.when(unpin).happens([{ type: 'incident.unpinned', data: { platform: 'console', message: 'm1' } }]);
    withdrawn.when(unpin).refused('not_pinned');
    expect(withdrawn.when(pin).state.pins).toEqual(['console m1']);
  });
});

describe('a room', () => {
  const opened: IncidentAct = { type: 'incident.room-opened', incident: 42, platform: 'console', room: 'inc-42', url: null };
  const failed: IncidentAct = { type: 'incident.room-failed', incident: 42, platform: 'console', reason: 'auth', detail: 'no permission' };

  it('is remembered once', () => {
    const there = past().when(opened);
    expect(there.state.rooms).toEqual({ console: { room: 'inc-42', url: null } });
    there.when(opened).nothingHappens();
    there.when(failed).nothingHappens();
  });

  it('that could not be opened is said elsewhere and told to the declarer', () => {
    const { state, effects } = past().when(failed);
    expect(state.roomless).toEqual({ console: 'no permission' });
    expect(effects).toContainEqual({ kind: 'direct.say', platform: 'console', person: 'cy', incident: 42, message: 'room-failed' });
    expect(past().when(failed).when(opened).state).toMatchObject({ roomless: {}, rooms: { console: { room: 'inc-42' } } });
  });

  it('is entered by those who are in it already', () => {
    expect(past().when(opened).effects).toEqual([
      { kind: 'room.keep', platform: 'console', incident: 42 },
      { kind: 'room.invite', platform: 'console', incident: 42, people: ['cy'] },
    ]);
  });
});
