import { describe, expect, it } from 'vitest';
import type { FollowupAct } from '../../src/domain/followups/acts.ts';
import { followupDomain } from '../../src/domain/followups/domain.ts';
import type { FollowupEvent } from '../../src/domain/followups/events.ts';
import { ITEMS_MAX, REMARKS_MAX } from '../../src/domain/followups/shapes.ts';
import { type IncidentState, initialIncident } from '../../src/domain/incidents/state.ts';
import type { Context } from '../../src/domain/kernel.ts';
import { type Given, given, NOW } from '../support/given.ts';

const PLATFORMS = ['console', 'slack'];
const about = { incident: 42, platforms: PLATFORMS };

function beside(status: IncidentState['status'], more: Partial<IncidentState> = {}): Partial<Context> {
  const incident: IncidentState = { ...initialIncident('incident/42'), status, title: 'Checkout is down', platforms: PLATFORMS, ...more };
  return { states: new Map([['incident/42', incident]]) };
}
function followups(events: readonly Given<FollowupEvent>[] = []) {
  return given(followupDomain, 'followup/42', events);
}
function added(item: number): Given<FollowupEvent> {
  return { type: 'followup.added', data: { ...about, item, text: `Item ${item}`, owner: null, dueAt: null, kind: 'prevent' } };
}
const add: FollowupAct = {
  type: 'followup.add',
  incident: 42,
  text: 'Alert on queue depth',
  owner: 'bo',
  dueAt: NOW + 86_400_000,
  kind: 'detect',
};
const publish: FollowupAct = { type: 'followup.publish', incident: 42 };
const published: FollowupAct = {
  type: 'followup.published',
  incident: 42,
  url: 'https://github.com/example/postmortems/pull/7',
  branch: 'postmortem/inc-42',
  path: 'postmortems/2026/inc-42-checkout-is-down.md',
  commit: 'a'.repeat(40),
  forge: 'github',
};

describe('action items', () => {
  it('are numbered, and their owner hears of it on every platform', () => {
    const after = followups([added(1)]).when(add, beside('investigating'));
    after.happens([
      {
        type: 'followup.added',
        data: { ...about, item: 2, text: 'Alert on queue depth', owner: 'bo', dueAt: NOW + 86_400_000, kind: 'detect' },
      },
    ]);
    expect(after.effects).toEqual([
      { kind: 'room.keep', platform: 'console', incident: 42 },
      { kind: 'room.keep', platform: 'slack', incident: 42 },
      { kind: 'direct.say', platform: 'console', person: 'bo', incident: 42, message: 'followup-assigned' },
      { kind: 'direct.say', platform: 'slack', person: 'bo', incident: 42, message: 'followup-assigned' },
    ]);
    expect(followupDomain.summary(after.state)).toEqual({ open: true, incident: 42 });
  });

  it('need not be told to whoever takes one', () => {
    const after = followups().when(add, { ...beside('resolved'), actor: 'person:bo' });
    expect(after.effects.map(({ kind }) => kind)).toEqual(['room.keep', 'room.keep']);
    expect(after.state.items[0]).toMatchObject({ owner: 'bo', addedBy: 'person:bo', doneAt: null });
  });

  it('are done once', () => {
    const done: FollowupAct = { type: 'followup.done', incident: 42, item: 1 };
    const after = followups([added(1)]).when(done, beside('resolved'));
    after.happens([{ type: 'followup.completed', data: { ...about, item: 1, text: 'Item 1' } }]);
    expect(after.state.items[0]?.doneAt).toBe(NOW);
    expect(followupDomain.summary(after.state).open).toBe(false);
    after.when(done, beside('resolved')).refused('followup_done_already', { item: '1' });
    after.when({ ...done, item: 9 }, beside('resolved')).refused('no_such_followup', { item: '9', open: '' });
    followups([added(1), added(2)])
      .when({ ...done, item: 9 }, beside('resolved'))
      .refused('no_such_followup', { item: '9', open: '1, 2' });
  });

  it('are refused without an owner anybody knows, with a due date that is over, or without end', () => {
    followups()
      .when({ ...add, owner: 'zed' }, beside('resolved'))
      .refused('unknown_owner', { owner: 'zed' });
    followups()
      .when({ ...add, owner: 'constructor' }, beside('resolved'))
      .refused('unknown_owner');
    followups()
      .when({ ...add, dueAt: NOW }, beside('resolved'))
      .refused('due_in_the_past');
    const full = Array.from({ length: ITEMS_MAX }, (_, index) => added(index + 1));
    followups(full)
      .when(add, beside('resolved'))
      .refused('too_many_followups', { limit: String(ITEMS_MAX) });
  });
});

describe('remarks', () => {
  it.each(['factor', 'well', 'badly', 'lucky', 'impact', 'summary'] as const)('of kind %s are kept with who said them and when', (kind) => {
    const after = followups().when({ type: 'followup.remark', incident: 42, kind, text: 'Two\nlines' }, beside('triage'));
    after.happens([{ type: 'followup.remarked', data: { ...about, kind, text: 'Two\nlines' } }]);
    expect(after.state.remarks).toEqual([{ kind, text: 'Two\nlines', by: 'person:ana', at: NOW }]);
  });

  it('have an end', () => {
    const full = Array.from(
      { length: REMARKS_MAX },
      (): Given<FollowupEvent> => ({ type: 'followup.remarked', data: { ...about, kind: 'well', text: 'x' } }),
    );
    followups(full)
      .when({ type: 'followup.remark', incident: 42, kind: 'well', text: 'x' }, beside('resolved'))
      .refused('too_many_remarks', { limit: String(REMARKS_MAX) });
  });
});

describe('publishing the postmortem', () => {
  it.each(['mitigated', 'resolved', 'closed', 'canceled', 'declined'] as const)('is a promise once the incident is %s', (status) => {
    const after = followups().when(publish, beside(status));
    after.happens([{ type: 'followup.publish-requested', data: about }]);
    expect(after.effects).toEqual([{ kind: 'postmortem.publish', incident: 42 }]);
  });

  it.each(['triage', 'investigating', 'identified'] as const)('waits while the incident is %s', (status) => {
    followups().when(publish, beside(status)).refused('too_early_to_publish', { incident: '42', status });
  });

  it('is allowed again, and says whether anything changed', () => {
    const first = followups()
      .when(publish, beside('resolved'))
      .when(published, { ...beside('resolved'), actor: 'allclear' });
    const { type: _type, incident: _incident, ...where } = published;
    first.happens([{ type: 'followup.published', data: { ...about, ...where, changed: true } }]);
    expect(first.effects).toEqual([
      { kind: 'room.keep', platform: 'console', incident: 42 },
      { kind: 'room.keep', platform: 'slack', incident: 42 },
      { kind: 'room.say', platform: 'console', incident: 42, message: 'postmortem-published' },
      { kind: 'room.say', platform: 'slack', incident: 42, message: 'postmortem-published' },
    ]);
    const again = first.when(publish, beside('resolved')).when(published, beside('resolved'));
    expect(again.events[0]?.data).toMatchObject({ changed: false });
    const edited = again.when({ ...published, commit: 'b'.repeat(40) }, beside('resolved'));
    expect(edited.events[0]?.data).toMatchObject({ changed: true });
    expect(edited.state.published).toEqual({ ...where, commit: 'b'.repeat(40), at: NOW });
  });

  it('that failed is loud, and forgotten once it worked', () => {
    const failed: FollowupAct = { type: 'followup.publish-failed', incident: 42, reason: 'auth', detail: 'GitHub answered 401' };
    const after = followups().when(failed, beside('resolved'));
    expect(after.effects).toEqual([
      { kind: 'room.say', platform: 'console', incident: 42, message: 'postmortem-failed' },
      { kind: 'room.say', platform: 'slack', incident: 42, message: 'postmortem-failed' },
    ]);
    expect(after.state.failure).toEqual({ reason: 'auth', detail: 'GitHub answered 401', at: NOW });
    expect(after.when(published, beside('resolved')).state.failure).toBeNull();
  });
});

describe('an incident that cannot be followed up', () => {
  const acts: readonly FollowupAct[] = [
    add,
    publish,
    { type: 'followup.done', incident: 42, item: 1 },
    { type: 'followup.remark', incident: 42, kind: 'well', text: 'x' },
  ];

  it('does not exist', () => {
    for (const act of acts) followups().when(act, beside('none')).refused('nothing_to_follow_up', { incident: '42' });
  });

  it('was merged into another, which is named', () => {
    for (const act of acts)
      followups()
        .when(act, beside('merged', { mergedInto: 7 }))
        .refused('followed_up_elsewhere', { incident: '42', into: '7' });
  });

  it('still takes what a forge reports late', () => {
    expect(followups().when(published, beside('merged', { mergedInto: 7 })).events).toHaveLength(1);
  });
});
