import { describe, expect, it } from 'vitest';
import type { Catalog, SwitchDefinition } from '../../src/domain/catalog.ts';
import { initialIncident } from '../../src/domain/incidents/state.ts';
import type { SwitchAct } from '../../src/domain/switches/acts.ts';
import { switchDomain } from '../../src/domain/switches/domain.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { given, NOW } from '../support/given.ts';

const STREAM = 'switch/read-only';
const turnOn: SwitchAct = {
  type: 'switch.request',
  switch: 'read-only',
  to: 1,
  reason: 'The primary is corrupting rows',
  incident: null,
  ttlMs: null,
};
const approve: SwitchAct = { type: 'switch.approve', switch: 'read-only', request: 'r1' };

const fresh = () => given(switchDomain, STREAM);
const asked = () => fresh().when(turnOn, { actor: 'person:cy' });
const by = (id: string, at = NOW) => ({ actor: `person:${id}`, now: at }) as const;

function catalogWith(change: Partial<SwitchDefinition>): Catalog {
  const definition = exampleCatalog.switches['read-only'] as SwitchDefinition;
  return { ...exampleCatalog, switches: { ...exampleCatalog.switches, 'read-only': { ...definition, ...change } } };
}

describe('a flip request', () => {
  it('waits for somebody else when the policy wants one', () => {
    const { events, state } = asked();
    expect(events).toMatchObject([
      {
        type: 'switch.requested',
        data: {
          request: 'r1',
          from: 0,
          to: 1,
          change: 'off → on',
          requestedBy: 'cy',
          needed: 1,
          version: 0,
          expiresAt: NOW + 10 * MINUTE_MS,
          approvers: ['ana', 'bo'],
        },
      },
    ]);
    expect(state).toMatchObject({ level: 0, version: 0, pending: { request: 'r1', approvedBy: [] } });
  });

  it('flips when somebody else approves, for as long as the definition says', () => {
    const { events, state } = asked().when(approve, by('bo', NOW + MINUTE_MS));
    const flippedAt = NOW + MINUTE_MS;
    expect(events.map(({ type }) => type)).toEqual(['switch.approved', 'switch.flipped']);
    expect(events[1]?.data).toMatchObject({
      from: 0,
      to: 1,
      version: 1,
      way: 'approved',
      requestedBy: 'cy',
      approvedBy: ['bo'],
      expiresAt: flippedAt + HOUR_MS,
      warnAt: flippedAt + 55 * MINUTE_MS,
      reviewDueAt: null,
    });
    expect(state).toMatchObject({ level: 1, version: 1, since: flippedAt, by: 'cy', pending: null });
  });

  it('carries one digest from the wish over the approval to the flip', () => {
    const request = asked();
    const digests = [...request.events, ...request.when(approve, by('bo')).events].map(({ data }) => 'digest' in data && data.digest);
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(digests).size).toBe(1);
  });

  it('lasts as short as the asker wants', () => {
    const { state } = fresh()
      .when({ ...turnOn, ttlMs: 4 * MINUTE_MS } as SwitchAct, by('cy'))
      .when(approve, by('bo'));
    expect(state.expiresAt).toBe(NOW + 4 * MINUTE_MS);
  });

  it('flips at once where the policy asks nobody else', () => {
    const { events } = fresh().when(turnOn, { ...by('cy'), catalog: catalogWith({ approvals: 0 }) });
    expect(events).toMatchObject([
      { type: 'switch.flipped', data: { to: 1, way: 'alone', requestedBy: 'cy', approvedBy: [], request: null } },
    ]);
  });

  it('turns off at once where turning off needs nobody', () => {
    const on = asked().when(approve, by('bo'));
    const off: SwitchAct = { type: 'switch.request', switch: 'read-only', to: 0, reason: 'Repaired', incident: null, ttlMs: null };
    const { state } = on.when(off, by('cy'));
    expect(state).toMatchObject({ level: 0, version: 2, expiresAt: null, approved: { level: 0 } });
  });

  it('needs as many different people as the policy says', () => {
    const catalog = catalogWith({ approvals: 2, approvers: ['payments'] });
    const first = fresh()
      .when(turnOn, { ...by('cy'), catalog })
      .when(approve, { ...by('bo'), catalog });
    expect(first.events.map(({ type }) => type)).toEqual(['switch.approved']);
    first.when(approve, { ...by('bo'), catalog }).refused('switch_approved_already', { request: 'r1' });
    expect(first.when(approve, { ...by('ana'), catalog }).state).toMatchObject({ level: 1, approvedBy: ['bo', 'ana'] });
  });

  it('does not count an approver who has lost the right since', () => {
    const catalog = catalogWith({ approvals: 2, approvers: ['ana', 'bo', 'cy'] });
    const narrower = catalogWith({ approvals: 2, approvers: ['ana', 'cy'] });
    const first = fresh()
      .when(turnOn, { ...by('cy'), catalog })
      .when(approve, { ...by('bo'), catalog });
    const second = first.when(approve, { ...by('ana'), catalog: narrower });
    expect(second.events).toMatchObject([{ type: 'switch.approved', data: { given: 1, needed: 2 } }]);
    expect(second.state.level).toBe(0);
  });

  it('follows a policy that was made stricter while it waited', () => {
    const { state } = asked().when(approve, { ...by('bo'), catalog: catalogWith({ approvals: 2 }) });
    expect(state.level).toBe(0);
  });
});

describe('refused is a request', () => {
  const refusedFor = (change: Partial<Extract<SwitchAct, { type: 'switch.request' }>>) =>
    fresh().when({ ...turnOn, ...change } as SwitchAct, by('cy'));

  it('without a reason', () => {
    refusedFor({ reason: '' }).refused('switch_reason_too_short', { charsMin: '5' });
    refusedFor({ reason: 'ok' }).refused('switch_reason_too_short');
  });
  it('for a switch or level there is not', () => {
    given(switchDomain, 'switch/nope')
      .when({ ...turnOn, switch: 'nope' } as SwitchAct, by('cy'))
      .refused('switch_unknown', { switch: 'nope', known: 'read-only, payments-off' });
    given(switchDomain, 'switch/constructor')
      .when({ ...turnOn, switch: 'constructor' } as SwitchAct, by('cy'))
      .refused('switch_unknown');
    refusedFor({ to: 2 }).refused('switch_no_such_level', { switch: 'Read-only mode', levels: '1' });
  });
  it('for what is so already', () => {
    refusedFor({ to: 0 }).refused('switch_already_there', { switch: 'Read-only mode', level: 'off' });
  });
  it('while another one is open', () => {
    asked()
      .when(turnOn, by('ana'))
      .refused('switch_request_pending', { switch: 'Read-only mode', request: 'r1', change: 'off → on', by: '<@cy>' });
  });
  it('for longer than the definition allows, or for no time at all', () => {
    refusedFor({ ttlMs: HOUR_MS + 1 }).refused('switch_too_long', { switch: 'Read-only mode', most: '1h' });
    refusedFor({ ttlMs: 1_000 }).refused('switch_too_short', { switch: 'Read-only mode', least: '1m' });
  });
  it('for an incident there is not', () => {
    const states = new Map([['incident/9', initialIncident('incident/9')]]);
    fresh()
      .when({ ...turnOn, incident: 9 } as SwitchAct, { ...by('cy'), states })
      .refused('switch_incident_unknown', { incident: '9' });
  });
  it('by nobody who answers for it', () => {
    for (const actor of ['allclear', 'clock', 'source:alertmanager', 'person:ghost'] as const)
      fresh().when(turnOn, { actor }).refused('switch_needs_person');
  });
  it('that too few people could ever approve', () => {
    const catalog = catalogWith({ approvers: ['bo'] });
    fresh()
      .when(turnOn, { ...by('bo'), catalog })
      .refused('switch_too_few_approvers', { switch: 'Read-only mode', id: 'read-only', needed: '1', have: '0' });
  });
  it('while a conflicting switch is on, whichever of the two names the other', () => {
    const on = given(switchDomain, 'switch/payments-off')
      .when({ ...turnOn, switch: 'payments-off' } as SwitchAct, by('bo'))
      .when({ ...approve, switch: 'payments-off' } as SwitchAct, by('ana')).state;
    const states = new Map([['switch/payments-off', on]]);
    const named = catalogWith({ conflicts: ['payments-off'] });
    const paymentsOff = { ...(exampleCatalog.switches['payments-off'] as SwitchDefinition), conflicts: ['read-only'] };
    const naming = { ...exampleCatalog, switches: { ...exampleCatalog.switches, 'payments-off': paymentsOff } };
    for (const catalog of [named, naming]) {
      expect(switchDomain.acts['switch.request']?.reads?.(turnOn, catalog)).toEqual(['switch/payments-off']);
      fresh()
        .when(turnOn, { ...by('cy'), catalog, states })
        .refused('switch_conflict', { switch: 'Read-only mode', other: 'payments-off', otherName: 'Payments off' });
      const waiting = fresh().when(turnOn, { ...by('cy'), catalog });
      waiting.when(approve, { ...by('bo'), catalog, states }).refused('switch_conflict');
    }
  });
});
