import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { act, type Domain, event, refuse } from '../../src/domain/kernel.ts';
import { given, NOW } from './given.ts';

interface Lamp {
  readonly on: boolean;
}
interface Turned {
  readonly type: 'lamp.turned';
  readonly data: { readonly on: boolean };
}
interface Turn {
  readonly type: 'lamp.turn';
  readonly on: boolean;
}

const lampDomain: Domain<Lamp, Turned, Turn> = {
  kind: 'lamp',
  fold: 1,
  events: { 'lamp.turned': event({ schema: 1, data: z.strictObject({ on: z.boolean() }), say: (data) => `Lamp is ${String(data.on)}` }) },
  acts: { 'lamp.turn': act({ data: z.strictObject({ on: z.boolean() }), permission: 'anyone', stream: () => 'lamp/1' }) },
  refusals: { lamp_same: (values) => `The lamp is already ${values['was']}.` },
  initial: () => ({ on: false }),
  evolve: (_state, turned) => ({ on: turned.data.on }),
  decide: (state, turn) =>
    state.on === turn.on ? refuse('lamp_same', { was: String(state.on) }) : [{ type: 'lamp.turned', data: { on: turn.on } }],
  react: (turned) => [{ kind: 'ask', act: { type: 'lamp.turn' }, dueAt: turned.at + 1 }],
  summary: (state) => ({ open: state.on, incident: null }),
};
const turnedOn: Turned = { type: 'lamp.turned', data: { on: true } };

describe('given', () => {
  test('tells what happens, what is owed and what is true afterwards', () => {
    const after = given(lampDomain, 'lamp/1').when({ type: 'lamp.turn', on: true }).happens([turnedOn]);
    expect(after.state).toEqual({ on: true });
    expect(after.effects).toEqual([{ kind: 'ask', act: { type: 'lamp.turn' }, dueAt: NOW + 1 }]);
    after.when({ type: 'lamp.turn', on: true }).refused('lamp_same', { was: 'true' });
  });

  test('fails on anything but what was expected', () => {
    const on = given(lampDomain, 'lamp/1', [turnedOn]);
    expect(() => on.when({ type: 'lamp.turn', on: false }).nothingHappens()).toThrow();
    expect(() => on.when({ type: 'lamp.turn', on: false }).refused('lamp_same')).toThrow();
    expect(() => on.when({ type: 'lamp.turn', on: true }).happens([turnedOn])).toThrow();
    expect(() => on.when({ type: 'lamp.turn', on: true }).nothingHappens()).toThrow();
    expect(() => on.when({ type: 'lamp.turn', on: true }).refused('lamp_same', { was: 'false' })).toThrow();
  });

  test('holds the domain to its contract', () => {
    const turn: Turn = { type: 'lamp.turn', on: true };
    const extra: Domain<Lamp, Turned, Turn> = {
      ...lampDomain,
      decide: () => [{ type: 'lamp.turned', data: { on: true, colour: 'red' } as Turned['data'] }],
    };
    expect(() => given(extra, 'lamp/1').when(turn)).toThrow(/passes its schema/);
    expect(() => given(lampDomain, 'lamp/2').when(turn)).toThrow(/goes to this stream/);
    expect(() => given({ ...lampDomain, refusals: {} }, 'lamp/1', [turnedOn]).when(turn)).toThrow(/no sentence/);
    expect(() => given({ ...lampDomain, evolve: () => ({ on: true, since: new Date(0) }) }, 'lamp/1').when(turn)).toThrow(/survives JSON/);
    const mutating: Domain<Lamp, Turned, Turn> = { ...lampDomain, evolve: (state) => Object.assign(state, { on: true }) };
    expect(() => given(mutating, 'lamp/1').when(turn)).toThrow(TypeError);
  });
});
