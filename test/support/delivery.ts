import type { Effect } from '../../src/domain/kernel.ts';
import { createDeliverer, type Deliverer, type Performer, type Seen } from '../../src/engine/deliver.ts';
import { createDoor, type Door } from '../../src/engine/door.ts';
import { outboxRows } from '../../src/engine/effects.ts';
import { createAskPerformer } from '../../src/engine/performers/ask.ts';
import type { Attempt, Outcome } from '../../src/engine/ports.ts';
import type { EffectRow, EffectState, Queue, Store } from '../../src/engine/store-port.ts';
import type { Clock } from '../../src/kit/clock.ts';
import { createLocalQueue } from '../../src/queue/local.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { exampleCatalog } from './catalog.ts';
import { commit, write } from './commits.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { seededRandomness } from './seeded-randomness.ts';

export const MORNING = Date.parse('2026-03-02T08:00:00Z');
export const DONE: Outcome = { outcome: 'done' };
const EVERY_STATE: readonly EffectState[] = ['pending', 'claimed', 'done', 'dead', 'superseded'];

/** What the far end of one kind of effect does; `name` is what the effect is called in the test. */
export type FarEnd = (name: string, attempt: Attempt, row: EffectRow) => Outcome | Promise<Outcome>;

/** Door, deliverer and queue on a database in memory, with far ends the test decides about. */
export interface Delivery {
  readonly store: Store;
  readonly door: Door;
  readonly clock: FakeClock;
  readonly deliverer: Deliverer;
  readonly queue: Queue;
  readonly seen: readonly Seen[];
  readonly bugs: unknown[];
  /** Names of what was begun, in order, repeats included. */
  readonly begun: readonly string[];
  /** Decides what comes of effects from now on. */
  answers(farEnd: FarEnd): void;
  /** Promises these because of one event. */
  owe(...effects: Effect[]): Promise<void>;
  /** Ten turns of the event loop: whatever does not wait for the clock or a far end has happened. */
  settle(): Promise<void>;
  advance(ms: number): Promise<void>;
  states(): Promise<readonly string[]>;
  row(id: string): Promise<EffectRow>;
  close(): Promise<void>;
}

export interface DeliveryOptions {
  readonly store?: Store;
  readonly clock?: FakeClock;
  /** Does not start the queue: the test says when a lane is looked at. */
  readonly byHand?: boolean;
  readonly performer?: Partial<Performer>;
  /** What the queue and the deliverer see of time. */
  readonly seenClock?: (clock: FakeClock) => Clock;
}

export async function delivery(options: DeliveryOptions = {}): Promise<Delivery> {
  const clock = options.clock ?? fakeClock(MORNING);
  const time = options.seenClock?.(clock) ?? clock;
  const store = options.store ?? (await openSqliteStore(':memory:')).store;
  const seen: Seen[] = [];
  const bugs: unknown[] = [];
  const begun: string[] = [];
  let farEnd: FarEnd = () => DONE;
  const randomness = seededRandomness(7);
  const wake: Queue['wake'] = (lane, dueAt) => queue.wake(lane, dueAt);
  const door = createDoor({ store, catalog: () => exampleCatalog, clock: time, randomness, wake });
  const performer: Performer = {
    async perform(effect, attempt, row) {
      begun.push(nameOf(effect));
      return farEnd(nameOf(effect), attempt, row);
    },
    buried: () => null,
    unknown: () => 'repeat',
    ...options.performer,
  };
  const ask = createAskPerformer(door);
  const deliverer = createDeliverer({
    store,
    door,
    clock: time,
    randomness,
    wake,
    took: () => undefined,
    look: (lane) => queue.look(lane),
    performers: (kind) => (kind === 'ask' ? ask : performer),
    observe: (one) => seen.push(one),
    bug: (fault) => bugs.push(fault),
  });
  const queue = createLocalQueue(
    time,
    (lane) => deliverer.nextDue(lane),
    (fault) => bugs.push(fault),
  );
  if (options.byHand !== true) await queue.start((lane) => deliverer.deliver(lane));
  await turns();
  let version = 0;
  return {
    ...{ store, door, clock, deliverer, queue, seen, bugs, begun },
    answers: (next) => {
      farEnd = next;
    },
    async owe(...effects) {
      const rows = outboxRows(
        effects.map((effect, number) => ({ entry: 0, number, effect })),
        clock.now(),
      );
      await store.append([commit([write('test/1', version)], { effects: rows })]);
      version += 1;
      for (const { lane, dueAt } of rows) queue.wake(lane, dueAt);
      await turns();
    },
    settle: turns,
    advance: (ms) => clock.advance(ms, turns),
    states: async () => (await store.outbox.list({ states: EVERY_STATE, limit: 1_000 })).map(({ id, state }) => `${id} ${state}`),
    row: async (id) => (await store.outbox.list({ states: EVERY_STATE, limit: 1_000 })).find((row) => row.id === id) as EffectRow,
    async close() {
      deliverer.stop();
      await queue.stop(0);
      await store.close();
    },
  };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function nameOf(effect: Effect): string {
  switch (effect.kind) {
    case 'page.notify':
      return effect.notification;
    case 'room.say':
    case 'direct.say':
      return effect.message;
    case 'step.run':
      return `${effect.step}-${effect.attempt}`;
    default:
      return effect.kind;
  }
}

export function notify(notification: string, dueAt?: number): Effect {
  const promise = { kind: 'page.notify', page: '1-1', notification, person: 'bo', pager: 'webhook' } as const;
  return dueAt === undefined ? promise : { ...promise, dueAt };
}
export function say(message: string, incident = 1, platform = 'console'): Effect {
  return { kind: 'room.say', platform, incident, message };
}
export function keep(incident = 1): Effect {
  return { kind: 'room.keep', platform: 'console', incident };
}
export function step(name: string, run = '1'): Effect {
  return { kind: 'step.run', run, step: name, attempt: 1 };
}

/** A far end whose answers are given one by one. */
export interface HeldAnswers {
  readonly farEnd: FarEnd;
  give(name: string, outcome: Outcome): void;
  waiting(): readonly string[];
  /** Signals of the attempts begun, by name. */
  readonly signals: ReadonlyMap<string, AbortSignal>;
}
export function heldAnswers(): HeldAnswers {
  const waiting = new Map<string, (outcome: Outcome) => void>();
  const signals = new Map<string, AbortSignal>();
  return {
    signals,
    farEnd: (name, attempt) => {
      signals.set(name, attempt.signal);
      return new Promise((resolve) => waiting.set(name, resolve));
    },
    give(name, outcome) {
      waiting.get(name)?.(outcome);
      waiting.delete(name);
    },
    waiting: () => [...waiting.keys()],
  };
}
