import { describe, expect, it } from 'vitest';
import type { Catalog, SwitchDefinition } from '../../src/domain/catalog.ts';
import type { SwitchAct } from '../../src/domain/switches/acts.ts';
import { switchDomain } from '../../src/domain/switches/domain.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { given, NOW } from '../support/given.ts';

const request = {
  type: 'switch.request',
  switch: 'read-only',
  to: 1,
  reason: 'The primary is corrupting rows',
  incident: null,
  ttlMs: null,
} as const satisfies SwitchAct;
const approve: SwitchAct = { type: 'switch.approve', switch: 'read-only', request: 'r1' };
const extend = { type: 'switch.extend', switch: 'read-only', ttlMs: HOUR_MS, reason: 'The copy is not done' } as const satisfies SwitchAct;
const warn = (version: number, expiresAt: number): SwitchAct => ({ type: 'switch.warn', switch: 'read-only', version, expiresAt });
const expire = (version: number, expiresAt: number): SwitchAct => ({ type: 'switch.expire', switch: 'read-only', version, expiresAt });
const ENDS_AT = NOW + HOUR_MS;

const on = () => given(switchDomain, 'switch/read-only').when(request, by('cy')).when(approve, by('bo'));
const by = (id: string, at = NOW) => ({ actor: `person:${id}`, now: at }) as const;
const clock = (at: number) => ({ actor: 'clock', now: at }) as const;
function catalogWith(change: Partial<SwitchDefinition>): Catalog {
  const definition = exampleCatalog.switches['read-only'] as SwitchDefinition;
  return { ...exampleCatalog, switches: { ...exampleCatalog.switches, 'read-only': { ...definition, ...change } } };
}

describe('a switch that is on', () => {
  it('warns those who answer for it, then turns itself off', () => {
    const warned = on().when(warn(1, ENDS_AT), clock(ENDS_AT - 5 * MINUTE_MS));
    expect(warned.events).toMatchObject([
      { type: 'switch.warned', data: { version: 1, level: 1, expiresAt: ENDS_AT, people: ['cy', 'bo'] } },
    ]);
    const expired = warned.when(expire(1, ENDS_AT), clock(ENDS_AT));
    expect(expired.events).toMatchObject([
      { type: 'switch.flipped', data: { from: 1, to: 0, way: 'expired', requestedBy: null, version: 2 } },
    ]);
    expect(expired.state).toMatchObject({ level: 0, expiresAt: null, approved: { level: 0 } });
  });
  it('turns itself off even when the catalog knows it no longer', () => {
    const { state } = on().when(expire(1, ENDS_AT), { ...clock(ENDS_AT), catalog: { ...exampleCatalog, switches: {} } });
    expect(state).toMatchObject({ level: 0, name: 'Read-only mode' });
  });
  it('ignores timers of an earlier flip and of an end it no longer has', () => {
    const off = on().when({ type: 'switch.revert', switch: 'read-only', reason: 'Repaired' }, by('cy'));
    off.when(expire(1, ENDS_AT), clock(ENDS_AT)).nothingHappens();
    off.when(warn(1, ENDS_AT), clock(ENDS_AT)).nothingHappens();
    const onAgain = off.when(request, by('cy')).when({ ...approve, request: 'r2' } as SwitchAct, by('bo'));
    onAgain.when(expire(1, ENDS_AT), clock(ENDS_AT)).nothingHappens();
    expect(onAgain.state).toMatchObject({ level: 1, version: 3 });
  });
  it('voids what was asked of it when its time is up', () => {
    const catalog = catalogWith({ kind: 'brownout', levels: 3 });
    const more = on().when({ ...request, to: 2 }, { ...by('cy'), catalog });
    const expired = more.when(expire(1, ENDS_AT), { ...clock(ENDS_AT), catalog });
    expect(expired.events).toMatchObject([
      { type: 'switch.request-voided', data: { change: 'level 1 → level 2' } },
      { data: { change: 'level 1 → off' } },
    ]);
    expired
      .when({ ...approve, request: 'r2' } as SwitchAct, { ...by('bo', ENDS_AT), catalog })
      .refused('switch_request_void', { request: 'r2' });
  });
  it('is warned about halfway when it lasts no longer than the warning comes before', () => {
    const brief = given(switchDomain, 'switch/read-only')
      .when({ ...request, ttlMs: 4 * MINUTE_MS }, by('cy'))
      .when(approve, by('bo'));
    expect(brief.events[1]?.data).toMatchObject({ warnAt: NOW + 2 * MINUTE_MS, expiresAt: NOW + 4 * MINUTE_MS });
  });
});

describe('an extension', () => {
  const later = NOW + 50 * MINUTE_MS;

  it('by somebody else who may approve moves the end, and the old timers ask in vain', () => {
    const extended = on().when(extend, by('ana', later));
    expect(extended.events).toMatchObject([
      { type: 'switch.extended', data: { version: 1, person: 'ana', expiresAt: later + HOUR_MS, warnAt: later + 55 * MINUTE_MS } },
    ]);
    extended.when(warn(1, ENDS_AT), clock(ENDS_AT)).nothingHappens();
    extended.when(expire(1, ENDS_AT), clock(ENDS_AT)).nothingHappens();
    expect(extended.when(expire(1, later + HOUR_MS), clock(later + HOUR_MS)).state.level).toBe(0);
    expect(extended.state.approved).toEqual({ version: 1, level: 1, expiresAt: later + HOUR_MS });
  });
  it('does not come from who asked for the flip, nor from who may not approve', () => {
    const byCommander = given(switchDomain, 'switch/read-only').when(request, by('bo')).when(approve, by('ana'));
    byCommander.when(extend, by('bo', later)).refused('switch_may_not_extend', { approvers: 'Ana Lima' });
    byCommander.when(extend, by('cy', later)).refused('switch_may_not_extend', { approvers: 'Ana Lima' });
    on().when(extend, { actor: 'clock', now: later }).refused('switch_needs_person');
  });
  it('comes from anybody where nobody has to approve', () => {
    const catalog = catalogWith({ approvals: 0 });
    const alone = given(switchDomain, 'switch/read-only').when(request, { ...by('cy'), catalog });
    expect(alone.when(extend, { ...by('cy', later), catalog }).state.expiresAt).toBe(later + HOUR_MS);
  });
  it('leaves broken glass unapproved', () => {
    const broken = given(switchDomain, 'switch/read-only').when(
      {
        type: 'switch.break-glass',
        switch: 'read-only',
        to: 1,
        reason: 'Nobody answers, data is lost',
        confirm: 'read-only',
        incident: null,
        ttlMs: null,
      },
      by('cy'),
    );
    expect(broken.when(extend, by('bo', NOW + MINUTE_MS)).state.approved).toEqual({ version: 0, level: 0, expiresAt: null });
  });
  it('is refused for what is off, for too long, for no longer than now, and without a reason', () => {
    given(switchDomain, 'switch/read-only').when(extend, by('bo')).refused('switch_is_off', { switch: 'Read-only mode' });
    on()
      .when({ ...extend, ttlMs: HOUR_MS + 1 }, by('ana', later))
      .refused('switch_too_long');
    on()
      .when({ ...extend, ttlMs: 10 }, by('ana', later))
      .refused('switch_too_short');
    on()
      .when({ ...extend, ttlMs: 10 * MINUTE_MS }, by('ana', later))
      .refused('switch_lasts_longer', { switch: 'Read-only mode' });
    on()
      .when({ ...extend, reason: '?' }, by('ana', later))
      .refused('switch_reason_too_short');
  });
});
