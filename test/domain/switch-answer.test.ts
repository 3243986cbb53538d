import { describe, expect, it } from 'vitest';
import type { Catalog, SwitchDefinition } from '../../src/domain/catalog.ts';
import type { SwitchAct } from '../../src/domain/switches/acts.ts';
import { switchDomain } from '../../src/domain/switches/domain.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { given, NOW } from '../support/given.ts';

const turnOn: SwitchAct = {
  type: 'switch.request',
  switch: 'read-only',
  to: 1,
  reason: 'The primary is corrupting rows',
  incident: null,
  ttlMs: null,
};
const approve: SwitchAct = { type: 'switch.approve', switch: 'read-only', request: 'r1' };
const decline: SwitchAct = { type: 'switch.decline', switch: 'read-only', request: 'r1', reason: 'The replica is fine' };
const lapse: SwitchAct = { type: 'switch.lapse', switch: 'read-only', request: 'r1' };
const breakGlass: SwitchAct = {
  type: 'switch.break-glass',
  switch: 'read-only',
  to: 1,
  reason: 'Nobody answers and data is being lost',
  confirm: 'read-only',
  incident: null,
  ttlMs: null,
};
const DIES_AT = NOW + 10 * MINUTE_MS;

const asked = (asker = 'cy') => given(switchDomain, 'switch/read-only').when(turnOn, by(asker));
const by = (id: string, at = NOW) => ({ actor: `person:${id}`, now: at }) as const;
function catalogWith(change: Partial<SwitchDefinition>): Catalog {
  const definition = exampleCatalog.switches['read-only'] as SwitchDefinition;
  return { ...exampleCatalog, switches: { ...exampleCatalog.switches, 'read-only': { ...definition, ...change } } };
}

describe('an approval', () => {
  it('never comes from who asked, not even from an admin', () => {
    asked('ana').when(approve, by('ana')).refused('switch_own_request', { approvers: 'Bo Berg' });
  });
  it('comes only from commanders and admins when the definition names nobody', () => {
    asked('bo').when(approve, by('cy')).refused('switch_not_approver', { approvers: 'Ana Lima, Bo Berg' });
  });
  it('comes only from the people and team members the definition names, and from nobody who may only watch', () => {
    const catalog = catalogWith({ approvers: ['payments', 'dee'] });
    const request = given(switchDomain, 'switch/read-only').when(turnOn, { ...by('bo'), catalog });
    expect(request.events[0]?.data).toMatchObject({ approvers: ['ana', 'cy'], approversMore: 0 });
    request.when(approve, { ...by('dee'), catalog }).refused('switch_not_approver', { approvers: 'Ana Lima, Bo Berg, Cy Okafor' });
    expect(request.when(approve, { ...by('cy'), catalog }).state.level).toBe(1);
  });
  it('needs somebody who answers for it', () => {
    asked().when(approve, { actor: 'allclear' }).refused('switch_needs_person');
  });
  it('counts until the request dies and not a millisecond longer, even when the timer is late', () => {
    expect(asked().when(approve, by('bo', DIES_AT - 1)).state.level).toBe(1);
    asked().when(approve, by('bo', DIES_AT)).refused('switch_request_lapsed', { request: 'r1' });
  });
  it('works once', () => {
    const used = asked().when(approve, by('bo'));
    used.when(approve, by('ana')).refused('switch_request_used', { request: 'r1' });
    const off = used.when({ type: 'switch.revert', switch: 'read-only', reason: 'Repaired' }, by('cy'));
    off.when(approve, by('ana')).refused('switch_request_used', { request: 'r1' });
  });
  it('is for one request and no other', () => {
    const second = asked().when(decline, by('bo')).when(turnOn, by('cy'));
    second.when({ ...approve, request: 'r9' } as SwitchAct, by('bo')).refused('switch_request_unknown', { request: 'r9' });
    second.when(approve, by('bo')).refused('switch_request_declined', { request: 'r1' });
    expect(second.when({ ...approve, request: 'r2' } as SwitchAct, by('bo')).state.level).toBe(1);
  });
  it('is void when the switch was flipped meanwhile, even if it was flipped back', () => {
    const flipped = asked().when(breakGlass, by('bo'));
    expect(flipped.events.map(({ type }) => type)).toEqual(['switch.request-voided', 'switch.flipped']);
    const back = flipped.when({ type: 'switch.revert', switch: 'read-only', reason: 'A mistake' }, by('cy'));
    back.when(approve, by('ana')).refused('switch_request_void', { request: 'r1' });
  });
  it('is void when what was asked is not what is stored', () => {
    const request = asked();
    for (const change of [
      { to: 0 },
      { ttlMs: 5 * MINUTE_MS },
      { reason: 'Another one' },
      { incident: 7 },
      { version: 1 },
      { requestedBy: 'ana' },
    ]) {
      const [event] = request.events;
      if (event?.type !== 'switch.requested') throw new Error('the request was made');
      const forged = { ...event, data: { ...event.data, ...change } };
      const story = given(switchDomain, 'switch/read-only', [forged]).when(approve, by('bo'));
      // A forged version is not part of what is compared: the number of flips there really were is.
      if ('version' in change) expect(story.state.level).toBe(1);
      else story.refused('switch_request_void', { request: 'r1' });
    }
  });
  it('does not come too late for a definition that has gone or shrunk', () => {
    asked()
      .when(approve, { ...by('bo'), catalog: { ...exampleCatalog, switches: {} } })
      .refused('switch_unknown', { switch: 'read-only', known: '' });
    asked()
      .when(approve, { ...by('bo'), catalog: catalogWith({ levels: 0 }) })
      .refused('switch_no_such_level');
  });
});

describe('a decline', () => {
  it('blocks the request for good', () => {
    const declined = asked().when(decline, by('bo'));
    declined.happens([
      {
        type: 'switch.declined',
        data: {
          switch: 'read-only',
          name: 'Read-only mode',
          kind: 'read-only',
          incident: null,
          platforms: ['console'],
          request: 'r1',
          from: 0,
          to: 1,
          change: 'off → on',
          requestedBy: 'cy',
          person: 'bo',
          reason: 'The replica is fine',
        },
      },
    ]);
    declined.when(approve, by('ana')).refused('switch_request_declined', { request: 'r1' });
    declined.when(decline, by('ana')).refused('switch_request_declined', { request: 'r1' });
  });
  it('blocks it even when somebody approved before', () => {
    const catalog = catalogWith({ approvals: 2, approvers: ['payments'] });
    const first = given(switchDomain, 'switch/read-only')
      .when(turnOn, { ...by('cy'), catalog })
      .when(approve, { ...by('bo'), catalog });
    const declined = first.when(decline, { ...by('ana'), catalog });
    declined.when(approve, { ...by('ana'), catalog }).refused('switch_request_declined', { request: 'r1' });
    expect(declined.state).toMatchObject({ level: 0, pending: null });
  });
  it('may come from who asked, too, and from nobody else who may not approve', () => {
    expect(asked('cy').when(decline, by('cy')).state.pending).toBeNull();
    asked('bo').when(decline, by('cy')).refused('switch_may_not_decline', { approvers: 'Ana Lima, Bo Berg' });
  });
  it('says why', () => {
    asked()
      .when({ ...decline, reason: 'no' } as SwitchAct, by('bo'))
      .refused('switch_reason_too_short', { charsMin: '5' });
  });
});

describe('a request nobody answers', () => {
  it('lapses when its timer asks, and another may be made', () => {
    const lapsed = asked().when(lapse, { actor: 'clock', now: DIES_AT });
    expect(lapsed.events).toMatchObject([{ type: 'switch.lapsed', data: { request: 'r1', given: 0, needed: 1 } }]);
    lapsed.when(approve, by('bo')).refused('switch_request_lapsed', { request: 'r1' });
    expect(lapsed.when(turnOn, by('cy')).state.pending).toMatchObject({ request: 'r2' });
  });
  it('is not asked about any more once it was answered', () => {
    asked().when(approve, by('bo')).when(lapse, { actor: 'clock' }).nothingHappens();
    asked().when(decline, by('bo')).when(lapse, { actor: 'clock' }).nothingHappens();
    asked().when(decline, by('bo')).when(turnOn, by('cy')).when(lapse, { actor: 'clock' }).nothingHappens();
  });
});

describe('turning off', () => {
  const on = () => asked().when(approve, by('bo'));
  const revert: SwitchAct = { type: 'switch.revert', switch: 'read-only', reason: 'Repaired' };

  it('happens at once where it needs nobody, whatever else is being asked', () => {
    const catalog = catalogWith({ levels: 3, kind: 'brownout' });
    const more = on().when({ ...turnOn, to: 2 } as SwitchAct, { ...by('cy'), catalog });
    const off = more.when(revert, { ...by('cy'), catalog });
    expect(off.events.map(({ type }) => type)).toEqual(['switch.request-voided', 'switch.flipped']);
    expect(off.state).toMatchObject({ level: 0, pending: null, closed: { request: 'r2', end: 'void' } });
  });
  it('waits for others where it needs them, and is refused while something else waits', () => {
    const catalog = catalogWith({ approvalsOff: 1 });
    const request = on().when(revert, { ...by('cy'), catalog });
    expect(request.state.pending).toMatchObject({ request: 'r2', to: 0, ttlMs: null, needed: 1 });
    request.when(revert, { ...by('bo'), catalog }).refused('switch_request_pending');
    expect(request.when({ ...approve, request: 'r2' } as SwitchAct, { ...by('bo'), catalog }).state).toMatchObject({
      level: 0,
      expiresAt: null,
    });
  });
  it('is refused for what is off', () => {
    given(switchDomain, 'switch/read-only')
      .when(revert, by('cy'))
      .refused('switch_already_there', { switch: 'Read-only mode', level: 'off' });
  });
});
