import { describe, expect, it } from 'vitest';
import type { Catalog, SwitchDefinition } from '../../src/domain/catalog.ts';
import type { SwitchAct } from '../../src/domain/switches/acts.ts';
import { switchDomain } from '../../src/domain/switches/domain.ts';
import type { SwitchState } from '../../src/domain/switches/state.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';
import { type SwitchBoardRow, switchBoard, switchFlags } from '../../src/readings/switch-board.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { given, NOW } from '../support/given.ts';

const request: SwitchAct = { type: 'switch.request', switch: 'payments-off', to: 1, reason: 'Double charges', incident: null, ttlMs: null };
const approve: SwitchAct = { type: 'switch.approve', switch: 'payments-off', request: 'r1' };
const breakGlass: SwitchAct = {
  type: 'switch.break-glass',
  switch: 'payments-off',
  to: 1,
  reason: 'Nobody answers and cards are charged twice',
  confirm: 'payments-off',
  incident: null,
  ttlMs: null,
};
const by = (id: string) => ({ actor: `person:${id}` }) as const;
const asked = () => given(switchDomain, 'switch/payments-off').when(request, by('cy'));

function rowOf(state: SwitchState, now = NOW, catalog = exampleCatalog): SwitchBoardRow {
  const row = switchBoard(catalog, { [state.id]: state }, now).find(({ id }) => id === state.id);
  if (row === undefined) throw new Error('every switch of the catalog is on the board');
  return row;
}

describe('the switch board', () => {
  it('shows every switch of the catalog, also those nobody has ever flipped', () => {
    const rows = switchBoard(exampleCatalog, {}, NOW);
    expect(rows.map(({ id, standing, leftMs }) => [id, standing, leftMs])).toEqual([
      ['read-only', 'off', null],
      ['payments-off', 'off', null],
    ]);
    expect(rows[0]).toMatchObject({
      name: 'Read-only mode',
      approvals: 1,
      approvalsOff: 0,
      mayApprove: ['ana', 'bo'],
      writePaths: [{ name: 'orders' }, {}, {}],
    });
  });
  it('shows what waits for approval, and who could still give it', () => {
    expect(rowOf(asked().state, NOW + MINUTE_MS).pending).toMatchObject({
      request: 'r1',
      change: 'off → on',
      requestedBy: 'cy',
      needed: 1,
      mayApprove: ['ana', 'bo'],
      leftMs: 9 * MINUTE_MS,
    });
    const two: Catalog = withDefinition({ approvals: 2 });
    const half = given(switchDomain, 'switch/payments-off')
      .when(request, { ...by('cy'), catalog: two })
      .when(approve, { ...by('bo'), catalog: two });
    expect(rowOf(half.state, NOW, two).pending).toMatchObject({ approvedBy: ['bo'], mayApprove: ['ana'] });
    expect(rowOf(asked().state, NOW + HOUR_MS).pending).toMatchObject({ mayApprove: [], leftMs: 0 });
  });
  it('shows since when it is on, by whom and for how long', () => {
    const on = asked().when(approve, by('bo')).state;
    expect(rowOf(on, NOW + 20 * MINUTE_MS)).toMatchObject({
      isOn: true,
      standing: 'on',
      since: NOW,
      by: 'cy',
      approvedBy: ['bo'],
      leftMs: 40 * MINUTE_MS,
      isBrokenGlass: false,
    });
    expect(rowOf(on, NOW + 2 * HOUR_MS).leftMs).toBe(0);
  });
  it('shows broken glass until somebody has confirmed it', () => {
    const broken = given(switchDomain, 'switch/payments-off').when(breakGlass, by('bo'));
    expect(rowOf(broken.state)).toMatchObject({
      isBrokenGlass: true,
      reviews: [{ flip: 1, brokenBy: 'bo', mayReview: ['ana', 'cy'], leftMs: 30 * MINUTE_MS }],
    });
    const confirmed = broken.when({ type: 'switch.review', switch: 'payments-off', flip: 1, verdict: 'confirm', note: null }, by('ana'));
    expect(rowOf(confirmed.state)).toMatchObject({ isOn: true, isBrokenGlass: false, reviews: [] });
  });
  it('shows what is in the way', () => {
    const catalog = withDefinition({ conflicts: ['read-only'] });
    const readOnly: SwitchState = { ...switchDomain.initial('switch/read-only'), level: 1 };
    const rows = switchBoard(catalog, { 'read-only': readOnly }, NOW);
    expect(rows.map(({ blockedBy }) => blockedBy)).toEqual([[], ['read-only']]);
  });
});

describe('the flags of the switches', () => {
  it('say how each stands, and nothing of people or reasons', () => {
    const { state } = asked().when(approve, by('bo'));
    const flags = switchFlags(exampleCatalog, { 'payments-off': { ...state, incident: 7 } });
    expect(flags).toEqual([
      { key: 'read-only', kind: 'read-only', level: 0, version: 0, since: null, incident: null },
      { key: 'payments-off', kind: 'kill', level: 1, version: 1, since: NOW, incident: 7 },
    ]);
    const off = switchFlags(exampleCatalog, { 'payments-off': { ...state, level: 0, incident: 7 } });
    expect(off[1]).toMatchObject({ level: 0, incident: null });
  });
});

function withDefinition(change: Partial<SwitchDefinition>): Catalog {
  const definition = exampleCatalog.switches['payments-off'] as SwitchDefinition;
  return { ...exampleCatalog, switches: { ...exampleCatalog.switches, 'payments-off': { ...definition, ...change } } };
}
