import { expect } from 'vitest';
import type { z } from 'zod';
import {
  type Actor,
  type ActShape,
  type Context,
  type Domain,
  type Effect,
  type EventShape,
  isRefusal,
  type Recorded,
} from '../../src/domain/kernel.ts';
import { exampleCatalog } from './catalog.ts';

/** The moment domain tests happen at unless they say otherwise. */
export const NOW = Date.parse('2026-03-02T03:00:00Z');
const TOKEN = '00112233445566778899aabbccddeeff';

/** An event of the past; it happened at `NOW` and by Allclear unless it says otherwise. */
export type Given<E extends EventShape> = E & { readonly at?: number; readonly actor?: Actor };

export interface Situation<S, E extends EventShape, A extends ActShape> {
  readonly state: S;
  readonly history: readonly Recorded<E>[];
  /** Asks one act. `overrides` replace single fields of the usual context. */
  when(act: A, overrides?: Partial<Context>): Aftermath<S, E, A>;
}
/** What an act came to. It is a situation too, so that stories can go on with `.when`. */
export interface Aftermath<S, E extends EventShape, A extends ActShape> extends Situation<S, E, A> {
  /** The new events; empty after a refusal. */
  readonly events: readonly Recorded<E>[];
  /** The promises owed because of the new events, in order. */
  readonly effects: readonly Effect[];
  /** The refusal's sentence, or null. */
  readonly sentence: string | null;
  /** Exactly these events, in this order. */
  happens(events: readonly E[]): this;
  /** The expected no; `values` are compared when given. */
  refused(code: string, values?: Readonly<Record<string, string>>): this;
  /** Neither an event nor a refusal. */
  nothingHappens(): this;
}

/**
 * Tells a domain story: `given(domain, 'switch/read-only', past).when(act).happens(events)`.
 * On the way it holds the domain to its contract: events and acts pass their own schemas unchanged, acts go to this
 * stream, every event can be said, refusals have a sentence, states survive JSON (snapshots are stored so), and nothing
 * mutates what it was given (everything passed in is frozen).
 */
export function given<S, E extends EventShape, A extends ActShape>(
  domain: Domain<S, E, A>,
  stream: string,
  events: readonly Given<NoInfer<E>>[] = [],
): Situation<S, E, A> {
  const past = events.map((event, index) => record(domain, stream, event, index + 1, { at: NOW, actor: 'allclear' }));
  return situation(domain, stream, past, fold(domain, stream, past));
}

/** The state after `events`: what `context.states` holds for an act that reads `stream`. */
export function stateAfter<S, E extends EventShape, A extends ActShape>(
  domain: Domain<S, E, A>,
  stream: string,
  events: readonly Given<NoInfer<E>>[],
): S {
  return given(domain, stream, events).state;
}

/** The usual context with some fields replaced. */
export function contextOf(stream: string, overrides: Partial<Context> = {}): Context {
  return { now: NOW, actor: 'person:ana', catalog: exampleCatalog, stream, states: new Map(), token: TOKEN, ...overrides };
}

function situation<S, E extends EventShape, A extends ActShape>(
  domain: Domain<S, E, A>,
  stream: string,
  history: readonly Recorded<E>[],
  state: S,
): Situation<S, E, A> {
  return { state, history, when: (act, overrides) => ask(domain, stream, history, state, act, contextOf(stream, overrides)) };
}

function ask<S, E extends EventShape, A extends ActShape>(
  domain: Domain<S, E, A>,
  stream: string,
  history: readonly Recorded<E>[],
  before: S,
  act: A,
  context: Context,
): Aftermath<S, E, A> {
  checkAct(domain, stream, act);
  const decision = domain.decide(before, freeze(act), freeze(context));
  const sentence = isRefusal(decision) ? say(domain, decision.refused, decision.values) : null;
  const produced = isRefusal(decision) ? [] : decision;
  const events = produced.map((event, index) =>
    record(domain, stream, event, history.length + index + 1, { at: context.now, actor: context.actor }),
  );
  const effects: Effect[] = [];
  let state = before;
  for (const event of events) {
    state = evolve(domain, state, event);
    effects.push(...domain.react(event, state));
  }
  freeze(effects);
  return {
    ...situation(domain, stream, [...history, ...events], state),
    events,
    effects,
    sentence,
    happens(expected) {
      expect(decision).toEqual(expected);
      return this;
    },
    refused(code, values) {
      expect(decision).toMatchObject({ refused: code });
      if (values !== undefined) expect(decision).toEqual({ refused: code, values });
      return this;
    },
    nothingHappens() {
      expect(decision).toEqual([]);
      return this;
    },
  };
}

function fold<S, E extends EventShape, A extends ActShape>(domain: Domain<S, E, A>, stream: string, events: readonly Recorded<E>[]): S {
  let state = freeze(domain.initial(stream));
  for (const event of events) state = evolve(domain, state, event);
  return state;
}

function evolve<S, E extends EventShape, A extends ActShape>(domain: Domain<S, E, A>, before: S, event: Recorded<E>): S {
  const state = freeze(domain.evolve(before, event));
  expect(JSON.parse(JSON.stringify(state)), `the state after ${event.type} survives JSON`).toEqual(state);
  expect(domain.summary(state)).toEqual({ open: expect.any(Boolean), incident: expect.toSatisfy(isIncident) });
  return state;
}

function isIncident(incident: unknown): boolean {
  return incident === null || Number.isInteger(incident);
}

function record<S, E extends EventShape, A extends ActShape>(
  domain: Domain<S, E, A>,
  stream: string,
  event: Given<E>,
  version: number,
  usual: { readonly at: number; readonly actor: Actor },
): Recorded<E> {
  const row = domain.events[event.type];
  if (row === undefined) throw new Error(`${event.type} is not in the event catalogue of ${domain.kind}`);
  checkUnchanged(row.data, event.data, event.type);
  const said = row.say(event.data);
  expect(said, `${event.type} can be said`).toMatch(/^\S/);
  expect(said, `${event.type} is said without holes`).not.toMatch(/undefined|\[object|NaN/);
  return freeze({ ...usual, ...event, position: version, stream, version });
}

function checkAct<S, E extends EventShape, A extends ActShape>(domain: Domain<S, E, A>, stream: string, act: A): void {
  const row = domain.acts[act.type];
  if (row === undefined) throw new Error(`${act.type} is not in the act catalogue of ${domain.kind}`);
  const { type: _type, ...data } = act;
  checkUnchanged(row.data, data, act.type);
  const target = row.stream(data);
  if (target !== `${domain.kind}/new`) expect(target, `${act.type} goes to this stream`).toBe(stream);
}

function checkUnchanged(schema: z.ZodType, data: unknown, name: string): void {
  const parsed = schema.safeParse(data);
  expect(parsed.error?.issues ?? [], `${name} passes its schema`).toEqual([]);
  expect(parsed.data, `${name} is the same after its schema`).toEqual(data);
}

function say<S, E extends EventShape, A extends ActShape>(
  domain: Domain<S, E, A>,
  code: string,
  values: Readonly<Record<string, string>>,
): string {
  const row = domain.refusals[code];
  if (row === undefined) throw new Error(`${code} has no sentence in the refusals of ${domain.kind}`);
  const sentence = row(values);
  expect(sentence, `${code} is a whole sentence`).toMatch(/^\S.*[.?!`]$/s);
  expect(sentence, `${code} is said without holes`).not.toMatch(/undefined|\[object|NaN/);
  return sentence;
}

/** Deep; maps keep their set method, but no domain is handed one it could write to through its types. */
function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
  return value;
}
