import { describe, expect, it } from 'vitest';
import type { IncidentAct } from '../../src/domain/incidents/acts.ts';
import { incidentDomain } from '../../src/domain/incidents/domain.ts';
import type { IncidentEvent } from '../../src/domain/incidents/events.ts';
import { HOUR_MS } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { given, NOW } from '../support/given.ts';
import { declaredEvent } from '../support/incident-past.ts';

const STREAM = 'incident/42';
const WEEK_MS = 7 * 24 * HOUR_MS;
const catalog = { ...exampleCatalog, incidents: { ...exampleCatalog.incidents, archiveAfterMs: WEEK_MS } };
const opened: IncidentEvent = { type: 'incident.room-opened', data: { platform: 'console', room: 'C1', url: null } };
const resolved: IncidentEvent = { type: 'incident.resolved', data: { summary: null, switchesOn: [] } };
const planned: IncidentEvent = { type: 'incident.archive-planned', data: { remindAt: NOW + 1, archiveAt: NOW + 2 } };
const past = (...more: readonly IncidentEvent[]) => given(incidentDomain, STREAM, [declaredEvent(), opened, ...more]);
const shelve = (type: 'incident.archive-remind' | 'incident.archive', archiveAt = NOW + 2): IncidentAct => ({
  type,
  incident: 42,
  archiveAt,
});
const archive = (archived: boolean) => ({ kind: 'room.archive', platform: 'console', incident: 42, archived });

describe('the rooms of what is over', () => {
  it.each([
    ['closed', [resolved], { type: 'incident.status', incident: 42, status: 'closed', reason: null }],
    ['canceled', [], { type: 'incident.cancel', incident: 42, reason: 'a test' }],
  ] as const)('are to be archived a week after it was %s, and people are told a day before', (_name, before, act) => {
    const after = past(...before).when(act, { catalog });
    const archiveAt = NOW + WEEK_MS;
    const remindAt = archiveAt - 24 * HOUR_MS;
    expect(after.events.at(-1)).toMatchObject({ type: 'incident.archive-planned', data: { remindAt, archiveAt } });
    expect(after.effects).toContainEqual({
      kind: 'ask',
      act: shelve('incident.archive-remind', archiveAt),
      actor: 'clock',
      dueAt: remindAt,
    });
  });

  it('stay where the configuration says so', () => {
    past(resolved)
      .when({ type: 'incident.status', incident: 42, status: 'closed', reason: null })
      .happens([{ type: 'incident.closed', data: {} }]);
  });

  it('are told of in the room, then archived, and nothing else is done there', () => {
    const reminded = past(resolved, planned).when(shelve('incident.archive-remind'));
    expect(reminded.effects).toContainEqual({ kind: 'room.say', platform: 'console', incident: 42, message: 'archive-due' });
    expect(reminded.effects).toContainEqual({ kind: 'ask', act: shelve('incident.archive'), actor: 'clock', dueAt: NOW + 2 });
    expect(reminded.when(shelve('incident.archive')).effects).toEqual([archive(true)]);
  });

  it('are left alone by questions about another end, or after it was reopened', () => {
    past(resolved, planned)
      .when(shelve('incident.archive', NOW + 9))
      .happens([]);
    const reopened: IncidentEvent = { type: 'incident.reopened', data: { reason: 'it is back' } };
    past(resolved, planned, reopened).when(shelve('incident.archive-remind')).happens([]);
    past(resolved, planned, { type: 'incident.archived', data: {} }).when(shelve('incident.archive')).happens([]);
  });

  it('are opened again before anything is said in them', () => {
    const after = past(resolved, planned, { type: 'incident.archived', data: {} }).when({
      type: 'incident.reopen',
      incident: 42,
      reason: 'it is back',
    });
    expect(after.events.map(({ type }) => type)).toEqual(['incident.unarchived', 'incident.reopened']);
    expect(after.effects[0]).toEqual(archive(false));
  });
});

describe('what a room lacks', () => {
  const degrade = { type: 'incident.room-degraded', incident: 42, platform: 'console', what: 'its topic', detail: 'forbidden' } as const;

  it('is said, written to who leads, and told once', () => {
    const led: IncidentEvent = {
      type: 'incident.role-assigned',
      data: { role: 'ic', roleName: 'Incident Commander', person: 'bo', replaced: null },
    };
    const after = past(led).when(degrade);
    expect(after.effects).toContainEqual({ kind: 'room.say', platform: 'console', incident: 42, message: 'room-degraded' });
    expect(after.effects.filter(({ kind }) => kind === 'direct.say')).toMatchObject([{ person: 'bo', message: 'room-degraded' }]);
    after.when(degrade).happens([]);
    expect(after.when({ ...degrade, what: 'its pin' }).events).toHaveLength(1);
  });
});

describe('a captured message', () => {
  const pinned: IncidentEvent = {
    type: 'incident.pinned',
    data: { platform: 'slack', message: '1.2', text: 'the cause', author: 'Bo', saidAt: NOW, url: null },
  };
  const recapture = { type: 'incident.recapture', incident: 42, platform: 'slack', message: '1.2', text: 'the real cause' } as const;

  it('follows its edits and its end', () => {
    const edited = past(pinned).when(recapture);
    edited.happens([{ type: 'incident.pin-edited', data: { platform: 'slack', message: '1.2', text: 'the real cause' } }]);
    edited.when({ ...recapture, text: null }).happens([{ type: 'incident.pin-deleted', data: { platform: 'slack', message: '1.2' } }]);
  });

  it('is the only one that is followed', () => {
    past().when(recapture).happens([]);
    past(pinned)
      .when({ ...recapture, message: '9.9' })
      .happens([]);
  });
});
