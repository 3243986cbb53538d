import type { Command } from '../command.ts';
import type { Effect, EffectKind } from '../domain/kernel.ts';
import { refusalSentence } from '../domain/registry.ts';
import type { Clock } from '../kit/clock.ts';
import type { Randomness } from '../kit/randomness.ts';
import { card } from '../readings/card.ts';
import { createDeliverer, type Deliverer, type Performer, type Seen } from './deliver.ts';
import { createDoor, type Door } from './door.ts';
import { createRankByGroups, type RankByGroups } from './group-ranks.ts';
import { type CommandSet, createCommandSet } from './hear/commands.ts';
import { createHear } from './hear/hear.ts';
import type { Messages } from './messages.ts';
import type { PassMoment } from './moment.ts';
import { createAskPerformer } from './performers/ask.ts';
import { createGroupPerformer } from './performers/group.ts';
import { createNotifyPerformer, type NotifyPorts } from './performers/notify.ts';
import { createPostmortemPerformer } from './performers/postmortem.ts';
import { createRoomPerformer } from './performers/room.ts';
import { createStepPerformer } from './performers/step.ts';
import type { CurrentCatalog, Forge, Hear, Pager, Platform, Step, Submit } from './ports.ts';
import { createReadings, type EngineReadings } from './readings.ts';
import { LANES, type Lane, type Queue, type Store } from './store-port.ts';

/** Everything the machine is made of. `compose.ts` chooses the real ones, tests smaller ones. */
export interface BotParts {
  readonly store: Store;
  readonly queue: (nextDue: (lane: Lane) => Promise<number | null>) => Queue;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly catalog: CurrentCatalog;
  readonly messages: Messages;
  readonly commands: readonly Command[];
  readonly platforms: readonly Platform[];
  /** Pagers by name; the chat pager needs the platforms. */
  readonly pagers: readonly Pager[];
  readonly steps: readonly Step[];
  readonly forge: Forge;
  /** Fills `templates/postmortem.md.hbs`. */
  readonly renderPostmortem: (model: object) => string;
  readonly links: NotifyPorts['links'];
  readonly watch: Watch;
  readonly pass?: PassMoment;
  /** The first incident gets the number after this one; 0 unless this is the bot of a spool. */
  readonly numbersAfter?: number;
  /** Who hears instead of the bot itself: what platforms are started with. */
  readonly listening?: (hear: Hear) => Hear;
}
/** What metrics and logs are told. */
export interface Watch {
  submitted(seen: { readonly act: string; readonly code: string; readonly tookMs: number }): void;
  delivered(seen: Seen): void;
  bug(fault: unknown, where: string): void;
}
export interface Bot {
  readonly hear: Hear;
  readonly submit: Submit;
  readonly readings: EngineReadings;
  readonly commands: CommandSet;
  readonly store: Store;
  readonly door: Door;
  /** Calls `see` after something was committed, until the answered function is called. */
  onCommit(see: () => void): () => void;
  start(): Promise<void>;
  /** Asks whether on-call changed hands, where a group follows it: after the configuration changed. */
  look(): Promise<void>;
  /** Stops intake, lets what is under way finish within `graceMs`, gives back what has not begun, and leaves the rest to its leases. */
  stop(graceMs: number): Promise<void>;
  /** Is anything being decided or delivered just now. */
  busy(): boolean;
  /** Looks into every lane: something may be owed that nobody here promised. */
  sweep(): void;
}

export function createBot(parts: BotParts): Bot {
  const { store, clock, randomness, catalog, watch } = parts;
  const queue = parts.queue((lane) => deliverer.nextDue(lane));
  const wake: Queue['wake'] = (...word) => queue.wake(...word);
  const pass: PassMoment = parts.pass ?? (() => undefined);
  const watchers = new Set<() => void>();
  const committed = (): void => {
    for (const see of watchers) see();
  };
  const door = createDoor({
    store,
    catalog,
    clock,
    randomness,
    numbersAfter: parts.numbersAfter ?? 0,
    wake,
    pass,
    committed,
    observe: watch.submitted,
  });
  const readings = createReadings(store, door.states, catalog, clock);
  const performers = createPerformers(parts, door, readings);
  const deliverer = createDeliverer({
    store,
    door,
    clock,
    randomness,
    performers: (kind) => performers[kind],
    observe: watch.delivered,
    bug: watch.bug,
    pass,
    wake,
    took: (effects) => queue.took(effects),
    look: (lane) => queue.look(lane),
  });
  const commands = createCommandSet(parts.commands);
  const submit = guarded(door, watch, createRankByGroups(parts.platforms, catalog, clock));
  const { messages } = parts;
  const hear = createHear({ commands, submit, readings, switchStates: readings.switchStates, messages, catalog, clock });
  const onCommit: Bot['onCommit'] = (see) => {
    watchers.add(see);
    return () => void watchers.delete(see);
  };
  const heardBy = parts.listening?.(hear) ?? hear;
  const life = lifecycle({ platforms: parts.platforms, clock, queue, deliverer, door, hear: heardBy, catalog, bug: watch.bug });
  const sweep = (): void => {
    for (const lane of LANES) wake(lane, clock.now());
  };
  return { hear, submit, readings, commands, store, door, onCommit, sweep, ...life };
}

/** A bug in a decision is told with a number the person can quote; a store that failed is told as it is. */
function guarded(door: Door, watch: Watch, rankOf: RankByGroups): Submit {
  return async (submission) => {
    try {
      return await door.submit({ ...submission, rank: await rankOf(submission.actor) });
    } catch (fault) {
      watch.bug(fault, submission.act.type);
      return { ok: false, code: 'not_kept', sentence: refusalSentence('not_kept', {}) };
    }
  };
}

function createPerformers(parts: BotParts, door: Door, readings: EngineReadings): Readonly<Record<EffectKind, Performer>> {
  const { store, catalog, messages, clock } = parts;
  const { states } = door;
  const byName = <T extends { readonly name: string }>(all: readonly T[]): Readonly<Record<string, T>> =>
    Object.fromEntries(all.map((one) => [one.name, one]));
  const cards = async (incident: number) => {
    const view = await readings.incident(incident);
    if (view === null) return null;
    const model = card(view, catalog());
    return { card: messages.document('card', model), digest: messages.document('digest', model) };
  };
  const platforms = byName(parts.platforms);
  const room = createRoomPerformer({ store, states, catalog, messages, platforms, cards, consoleUrl: parts.links.incident });
  const steps = Object.fromEntries(parts.steps.map((step) => [step.kind, step]));
  return {
    ask: createAskPerformer(door),
    'page.notify': createNotifyPerformer({ states, catalog, messages, pagers: byName(parts.pagers), links: parts.links }),
    'room.open': room,
    'room.keep': room,
    'room.say': room,
    'room.invite': room,
    'room.archive': room,
    'group.keep': createGroupPerformer({ states, catalog, clock, platforms }),
    'direct.say': room,
    'step.run': createStepPerformer({ states, clock, steps }),
    'postmortem.publish': createPostmortemPerformer({ store, states, catalog, forge: parts.forge, render: parts.renderPostmortem }),
  } satisfies Record<Effect['kind'], Performer>;
}

interface Living {
  readonly platforms: readonly Platform[];
  readonly clock: Clock;
  readonly queue: Queue;
  readonly deliverer: Deliverer;
  readonly door: Door;
  readonly hear: Hear;
  readonly catalog: CurrentCatalog;
  readonly bug: Watch['bug'];
}

function lifecycle({ platforms, clock, queue, deliverer, door, hear, catalog, bug }: Living) {
  // Files change while nothing runs: who is on call now may be others than those who were told last.
  const look = async (): Promise<void> => {
    const followed = Object.values(catalog().chat).flatMap(({ onCall }) => Object.keys(onCall));
    for (const schedule of new Set(followed)) await door.submit({ act: { type: 'oncall.look', schedule }, actor: 'clock' });
  };
  return {
    look,
    async start(): Promise<void> {
      // Paging first: a platform that is slow to connect keeps nobody from being woken.
      await queue.start((lane) => deliverer.deliver(lane));
      // Without the database nobody can be asked; that is no reason not to hear.
      await look().catch((fault: unknown) => bug(fault, 'who is on call'));
      for (const platform of platforms) await platform.start(hear);
    },
    async stop(graceMs: number): Promise<void> {
      const until = clock.monotonic() + graceMs;
      const leftMs = (): number => Math.max(0, until - clock.monotonic());
      for (const platform of platforms) await platform.stop();
      deliverer.stop();
      await queue.stop(leftMs());
      await deliverer.finished(leftMs());
      await door.drained();
    },
    busy: (): boolean => queue.busy() || deliverer.busy() || door.busy(),
  };
}
