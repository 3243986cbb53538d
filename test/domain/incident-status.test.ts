import { describe, expect, it } from 'vitest';
import type { IncidentAct } from '../../src/domain/incidents/acts.ts';
import { incidentDomain } from '../../src/domain/incidents/domain.ts';
import type { IncidentEvent } from '../../src/domain/incidents/events.ts';
import { initialIncident } from '../../src/domain/incidents/state.ts';
import { isLive, nextStatuses, Status } from '../../src/domain/incidents/status.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { given, NOW, stateAfter } from '../support/given.ts';
import { declaredEvent } from '../support/incident-past.ts';

const STREAM = 'incident/42';
const paging: IncidentEvent = {
  type: 'incident.paging',
  data: { page: '42-1', policy: 'payments', person: null, urgency: 'high', reason: 'Checkout is down' },
};
const become = (status: Status): IncidentAct => ({ type: 'incident.status', incident: 42, status, reason: null });
const resolve: IncidentAct = { type: 'incident.resolve', incident: 42, summary: 'rolled back' };
const reopen: IncidentAct = { type: 'incident.reopen', incident: 42, reason: 'it is back' };
const past = (...more: readonly IncidentEvent[]) => given(incidentDomain, STREAM, [declaredEvent({ alertGroup: 'abc' }), paging, ...more]);
const resolved: IncidentEvent = { type: 'incident.resolved', data: { summary: null, switchesOn: [] } };
const merged: IncidentEvent = { type: 'incident.merged', data: { into: 7 } };
const canceled: IncidentEvent = { type: 'incident.canceled', data: { reason: 'a test' } };

describe('the status', () => {
  it('moves on and back while people work on it', () => {
    past()
      .when({ type: 'incident.status', incident: 42, status: 'mitigated', reason: 'rolled back to v41' })
      .happens([{ type: 'incident.status-changed', data: { from: 'investigating', to: 'mitigated', reason: 'rolled back to v41' } }]);
    expect(past().when(become('mitigated'), { now: NOW + 5 }).state.mitigatedAt).toBe(NOW + 5);
    expect(past().when(become('mitigated')).when(become('identified')).state).toMatchObject({ status: 'identified', mitigatedAt: null });
  });

  it.each(Status.options.filter((status) => status !== 'none'))('goes from %s only where the table says', (from) => {
    for (const to of Status.options) {
      const story = given(incidentDomain, STREAM, [declaredEvent({ status: from })]).when(become(to));
      if (nextStatuses(from).includes(to)) expect(story.state.status).toBe(to);
      else story.refused('status_not_reachable', { from, to, next: nextStatuses(from).join(', ') });
    }
  });

  it('is closed after it is resolved', () => {
    past(resolved)
      .when(become('closed'))
      .happens([{ type: 'incident.closed', data: {} }]);
  });

  it('declined ends what was only triaged', () => {
    const declined = given(incidentDomain, STREAM, [declaredEvent({ status: 'triage' }), paging]).when(become('declined'));
    expect(declined.effects).toContainEqual(stop('the incident was declined'));
    expect(declined.state.nextUpdateAt).toBeNull();
  });
});

describe('resolving', () => {
  const switches = new Map([
    ['switch/read-only', { level: 1 }],
    ['switch/payments-off', { level: 0 }],
  ]);

  it('lists the switches that are still on', () => {
    past()
      .when(resolve, { states: switches })
      .happens([{ type: 'incident.resolved', data: { summary: 'rolled back', switchesOn: ['read-only'] } }]);
  });

  it('stops every page and releases the alerts', () => {
    const { effects, state } = past().when(resolve, { now: NOW + 9 });
    expect(effects.slice(0, 2)).toEqual([
      stop('the incident is resolved'),
      { kind: 'ask', act: { type: 'alert.release', group: 'abc', endedAt: NOW + 9 } },
    ]);
    expect(state).toMatchObject({ status: 'resolved', resolvedAt: NOW + 9, mitigatedAt: NOW + 9, nextUpdateAt: null });
  });

  it('happens by itself when its alerts are over and the route says so', () => {
    const over = (isOver: boolean): IncidentAct => ({ type: 'incident.alerts-resolved', incident: 42, group: 'abc', resolve: isOver });
    past()
      .when(over(true), { states: switches })
      .happens([{ type: 'incident.resolved', data: { summary: 'Every alert is resolved', switchesOn: ['read-only'] } }]);
    past()
      .when(over(false))
      .happens([{ type: 'incident.alerts-resolved', data: { group: 'abc' } }]);
    past(resolved).when(over(true)).nothingHappens();
  });
});

describe('reopening', () => {
  it('needs an end, and brings the rhythm of updates back', () => {
    const again = past(resolved).when(reopen, { now: NOW + 60_000 });
    again.happens([{ type: 'incident.reopened', data: { reason: 'it is back' } }]);
    expect(again.state).toMatchObject({ status: 'investigating', resolvedAt: null, mitigatedAt: null });
    expect(again.effects[0]).toMatchObject({ dueAt: NOW + 16 * MINUTE_MS, act: { type: 'incident.remind', number: 0 } });
    past().when(reopen).refused('not_over', { incident: '42', status: 'investigating' });
  });

  it('takes a merged incident back as one of its own', () => {
    expect(past(merged).when(reopen).state).toMatchObject({ status: 'investigating', mergedInto: null });
  });
});

describe('merging', () => {
  const merge = (into: number): IncidentAct => ({ type: 'incident.merge', incident: 42, into });
  const other = (change = {}) => new Map([['incident/7', stateAfter(incidentDomain, 'incident/7', [declaredEvent(change)])]]);

  it('stops the pages of the duplicate and tells the other one', () => {
    const { effects, state } = past().when(merge(7), { states: other() });
    expect(state).toMatchObject({ status: 'merged', mergedInto: 7 });
    expect(effects.slice(0, 3)).toEqual([
      { kind: 'ask', act: { type: 'incident.absorb', incident: 7, number: 42, title: 'Checkout is down' } },
      stop('merged into inc-7'),
      { kind: 'ask', act: { type: 'alert.release', group: 'abc', endedAt: NOW } },
    ]);
    past()
      .when({ type: 'incident.absorb', incident: 42, number: 9, title: 'Cards fail' })
      .happens([{ type: 'incident.absorbed', data: { number: 9, title: 'Cards fail' } }]);
  });

  it('is refused into itself, into nothing, into what is over, and between drill and earnest', () => {
    past().when(merge(42)).refused('merge_into_itself');
    const nothing = new Map([['incident/7', initialIncident('incident/7')]]);
    past().when(merge(7), { states: nothing }).refused('no_such_incident', { incident: '7' });
    past()
      .when(merge(7), { states: other({ status: 'resolved' }) })
      .refused('incident_over', { incident: '7', status: 'resolved' });
    past()
      .when(merge(7), { states: other({ kind: 'drill' }) })
      .refused('merge_drill', { incident: '7' });
  });
});

describe('what is over', () => {
  const live: readonly IncidentAct[] = [
    resolve,
    { type: 'incident.page', incident: 42, person: 'bo', policy: null, reason: null },
    { type: 'incident.regrade', incident: 42, severity: 'sev2' },
    { type: 'incident.update', incident: 42, text: 'still looking', nextMs: null },
    { type: 'incident.assign', incident: 42, role: 'ic', person: 'bo' },
    { type: 'incident.handover', incident: 42, role: 'ic', person: 'bo', briefing: null },
    { type: 'incident.accept-handover', incident: 42, role: 'ic' },
    { type: 'incident.merge', incident: 42, into: 7 },
    { type: 'incident.cancel', incident: 42, reason: 'a test' },
  ];

  it.each(live)('refuses $type', (act) => {
    past(canceled).when(act).refused('incident_over', { incident: '42', status: 'canceled' });
    given(incidentDomain, STREAM).when(act).refused('no_such_incident', { incident: '42' });
  });

  it('still takes notes', () => {
    past(canceled)
      .when({ type: 'incident.note', incident: 42, text: 'it was a drill of theirs' })
      .happens([{ type: 'incident.noted', data: { text: 'it was a drill of theirs' } }]);
  });

  it('is what no list of open incidents shows', () => {
    for (const status of Status.options) {
      const state = { ...initialIncident(STREAM), status };
      expect(incidentDomain.summary(state)).toEqual({ open: isLive(status), incident: 42 });
    }
  });
});

describe('canceling', () => {
  it('stops everything', () => {
    const { effects } = past().when({ type: 'incident.cancel', incident: 42, reason: 'a test' });
    expect(effects[0]).toEqual(stop('the incident was canceled'));
  });
});

function stop(reason: string) {
  return { kind: 'ask', act: { type: 'page.stop', page: '42-1', reason } };
}
