import { describe, expect, it } from 'vitest';
import type { SwitchEvent } from '../../src/domain/switches/events.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { postmortemModel } from '../../src/readings/postmortem.ts';
import {
  acknowledged,
  declared,
  levelReached,
  pageStarted,
  postmortemInput,
  type StoryEvent,
  TROUBLE_AT,
} from '../support/postmortem-story.ts';

const at = (minute: number): number => TROUBLE_AT + minute * MINUTE_MS;
function model(...story: StoryEvent[]) {
  return postmortemModel(postmortemInput([declared(0), ...story]));
}

describe('roles', () => {
  it('list every holder with the time they held it', () => {
    const { roles } = model(
      { atMinute: 1, type: 'incident.role-assigned', data: { role: 'ic', roleName: 'Incident Commander', person: 'bo', replaced: null } },
      { atMinute: 2, type: 'incident.role-assigned', data: { role: 'ops', roleName: 'Operations Lead', person: 'ana', replaced: null } },
      { atMinute: 9, type: 'incident.handover-accepted', data: { role: 'ic', roleName: 'Incident Commander', from: 'bo', to: 'cy' } },
    );
    expect(roles).toEqual([
      { role: 'Incident Commander', person: 'Bo Berg', fromAt: at(1), untilAt: at(9) },
      { role: 'Operations Lead', person: 'Ana Lima', fromAt: at(2), untilAt: null },
      { role: 'Incident Commander', person: 'Cy Okafor', fromAt: at(9), untilAt: null },
    ]);
  });
});

describe('pages', () => {
  const delivery = { page: '42-1', notification: '0-1', person: 'bo', pager: 'email' };

  it('say whom they tried and how long the acknowledgement took', () => {
    const { pages, pagedPeopleCount } = model(
      pageStarted(1),
      levelReached(1, 0, 'bo'),
      { atMinute: 1, type: 'page.delivered', data: delivery },
      { atMinute: 2, type: 'page.undelivered', data: { ...delivery, reason: 'timeout', detail: 'no answer' } },
      levelReached(6, 1, 'cy'),
      acknowledged(7, 'cy'),
      acknowledged(8, 'bo'),
      { atMinute: 9, type: 'page.stopped', data: { page: '42-1', reason: 'the incident is resolved' } },
    );
    expect(pagedPeopleCount).toBe(2);
    expect(pages).toEqual([
      {
        page: '42-1',
        policy: 'payments',
        startedAt: at(1),
        tried: ['Bo Berg', 'Cy Okafor'],
        deliveredCount: 1,
        failedCount: 1,
        acknowledgedBy: 'Cy Okafor',
        acknowledgedMs: 6 * MINUTE_MS,
        end: 'acknowledged',
        position: 20,
      },
    ]);
  });

  it('say when nobody answered, or nobody had to', () => {
    const { pages } = model(
      pageStarted(1),
      pageStarted(2, '42-2'),
      { atMinute: 3, type: 'page.exhausted', data: { page: '42-1', people: ['bo'] } },
      { atMinute: 4, type: 'page.stopped', data: { page: '42-2', reason: 'the incident is resolved' } },
    );
    expect(pages.map(({ end }) => end)).toEqual(['exhausted: nobody acknowledged', 'stopped: the incident is resolved']);
  });
});

describe('switches', () => {
  const about = { switch: 'read-only', name: 'Read-only mode', kind: 'read-only' as const, incident: 42, platforms: ['console'] };
  const asked = { request: 'r1', from: 0, to: 1, change: 'off → on', requestedBy: 'cy' };
  type Flip = Extract<SwitchEvent, { type: 'switch.flipped' }>['data'];
  function flipped(atMinute: number, data: Partial<Flip>): StoryEvent {
    const times = { expiresAt: null, warnAt: null, reviewDueAt: null, reviewers: [], reviewersMore: 0 };
    const flip = {
      ...about,
      ...asked,
      ...times,
      version: 1,
      way: 'approved' as const,
      digest: null,
      approvedBy: ['bo'],
      reason: 'stop the bleeding',
    };
    return { atMinute, by: 'person:bo', type: 'switch.flipped', data: { ...flip, ...data } };
  }

  it('say who asked, who agreed, and how', () => {
    const { switches, switchesOn } = model(
      { atMinute: 1, type: 'switch.declined', data: { ...about, ...asked, person: 'ana', reason: 'not yet' } },
      { atMinute: 2, type: 'switch.lapsed', data: { ...about, ...asked, needed: 1, given: 0 } },
      { atMinute: 2, type: 'switch.request-voided', data: { ...about, ...asked } },
      flipped(3, {}),
      { atMinute: 4, type: 'switch.rehearsed', data: { ...about, ...asked, approvedBy: ['bo'], reason: 'drill' } },
      flipped(5, { way: 'break-glass', approvedBy: [], from: 1, to: 0, change: 'on → off' }),
      {
        atMinute: 6,
        type: 'switch.reviewed',
        data: { ...about, flip: 2, change: 'on → off', brokenBy: 'cy', person: 'bo', verdict: 'confirm', note: 'right so' },
      },
      flipped(7, { way: 'expired', requestedBy: null, approvedBy: [], from: 1, to: 0, change: 'on → off' }),
    );
    expect(switches.map(({ how, askedBy, approvedBy, reason }) => [how, askedBy, approvedBy.join(), reason])).toEqual([
      ['declined by Ana Lima', 'Cy Okafor', '', 'not yet'],
      ['lapsed with 0 of 1 approvals', 'Cy Okafor', '', ''],
      ['void: flipped meanwhile', 'Cy Okafor', '', ''],
      ['approved', 'Cy Okafor', 'Bo Berg', 'stop the bleeding'],
      ['rehearsed, not flipped', 'Cy Okafor', 'Bo Berg', 'drill'],
      ['break-glass', 'Cy Okafor', '', 'stop the bleeding'],
      ['break-glass confirmed by Bo Berg', 'Cy Okafor', '', 'right so'],
      ['time was up', null, '', 'stop the bleeding'],
    ]);
    expect(switchesOn).toEqual([]);
  });

  it('say what is still on', () => {
    expect(model(flipped(3, {}), flipped(4, { switch: 'payments-off', name: 'Payments off' }), flipped(5, { to: 0 })).switchesOn).toEqual([
      'Payments off',
    ]);
  });
});
