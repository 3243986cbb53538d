import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Command } from '../../src/command.ts';
import type { Catalog } from '../../src/domain/catalog.ts';
import type { Actor, AskedAct } from '../../src/domain/kernel.ts';
import type { Bot, BotParts } from '../../src/engine/bot.ts';
import type { Moment } from '../../src/engine/moment.ts';
import type { Answer, Heard, Outcome, Reply, Step } from '../../src/engine/ports.ts';
import type { Store } from '../../src/engine/store-port.ts';
import { parseDuration } from '../../src/kit/duration.ts';
import type { Document } from '../../src/readings/document.ts';
import { plainText } from '../../src/readings/plain-text.ts';
import type { PostmortemFile } from '../../src/readings/postmortem-file.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { type Life, rememberingForge, startLife, type World } from './bot-life.ts';
import { exampleCatalog } from './catalog.ts';
import { type Expectations, expectations } from './expectations.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { expectLaws } from './ledger-laws.ts';
import { type MemoryPlatform, memoryPlatform } from './memory-platform.ts';
import { rememberingPagers } from './remembering-pager.ts';

/** 2026-03-02T03:00Z, a Monday night in Berlin; `bo` is on call for payments. */
export const NIGHT = Date.parse('2026-03-02T03:00:00Z');

export interface Harness extends Expectations, Voices {
  /** The bot that lives now; another one after a restart. */
  readonly bot: Bot;
  readonly clock: FakeClock;
  /** The first chat world; the others by name. */
  readonly room: MemoryPlatform;
  platform(name: string): MemoryPlatform;
  readonly published: readonly PostmortemFile[];
  readonly bugs: readonly unknown[];
  /** Keys of every page that left, repeats included. */
  readonly sentPages: readonly string[];
  /** Asks an act at the one door, as a surface without words does (link, webhook). */
  asks(actor: Actor, act: AskedAct, key?: string): Promise<Answer>;
  /** "5m", played moment by moment. */
  fastForward(duration: string): Promise<void>;
  settle(): Promise<void>;
  /** Stops the bot (unless it died), lets so much time pass without it, and starts it again on the same ledger. */
  restarts(down?: string): Promise<void>;
  /** The process dies at the next such moment. */
  diesAt(moment: Moment): void;
  /** Has it died, and was not started again. */
  readonly isDead: boolean;
  /** What `allclear.yaml` says from now on. */
  reconfigures(catalog: Catalog): void;
  /** The living card as text. */
  card(incident: number): string;
  timeline(incident: number): Promise<readonly string[]>;
  /** Makes a pager answer this from now on; null delivers again. */
  pagerFails(pager: string, outcome: Outcome | null): void;
  /** Types of all events so far. */
  eventTypes(): Promise<readonly string[]>;
  /** Fails on what nobody expected, on bugs, and on a ledger that breaks a law. */
  close(): Promise<void>;
}
/** How people make themselves heard. */
export interface Voices {
  /** Types a command line as a person, in the room of an incident or outside of any. */
  types(person: string, words: string, where?: Where): Promise<Said>;
  /** Presses the newest button of this label that the person can see: in rooms, on cards, or written to them. */
  presses(person: string, label: string | RegExp): Promise<Said>;
  fills(person: string, command: string, values: Readonly<Record<string, string>>, where?: Where): Promise<Said>;
  pins(person: string, message: Partial<Pinned> & { readonly message: string }, where: Where): Promise<Said>;
}
export interface Where {
  readonly incident?: number;
  readonly key?: string;
  readonly platform?: string;
  /** How long the person waits for what follows. */
  readonly waitsMs?: number;
}
type Pinned = Omit<Extract<Heard['said'], { kind: 'pin' }>, 'kind'>;
export interface Said {
  readonly reply: Reply;
  /** The reply as text. */
  readonly text: string;
}

export interface HarnessOptions {
  readonly catalog?: Catalog;
  readonly startAt?: number;
  /** Kinds of automated steps. */
  readonly steps?: readonly Step[];
  /** In a file instead of in memory, so that a restart reads what a disk kept. */
  readonly onDisk?: boolean;
  readonly parts?: Partial<BotParts>;
}

/** The whole bot on its own ledger, with a clock that is moved by hand and phones that remember. */
export async function harness(options: HarnessOptions = {}): Promise<Harness> {
  let catalog = options.catalog ?? exampleCatalog;
  const clock = fakeClock(options.startAt ?? NIGHT);
  const platforms = catalog.incidents.platforms.map(memoryPlatform);
  const { pagers, rings, sent, fail } = rememberingPagers();
  const published: PostmortemFile[] = [];
  const world: World = {
    catalog: () => catalog,
    clock,
    bugs: [],
    forge: rememberingForge(published),
    parts: { platforms, pagers, steps: options.steps ?? [], commands: await loadCommands(), ...options.parts },
  };
  const disk = openDisk(options.onDisk === true);
  let store = await disk.open();
  let life: Life = await startLife(world, store);
  const settle = (): Promise<void> => life.settle();
  await settle();

  const platform = (name: string): MemoryPlatform => platforms.find((one) => one.name === name) ?? impossible(`no platform ${name}`);
  const text = (document: Document): string => plainText(document, readerOf(catalog, clock.now()));
  const expecting = expectations({ platforms, rings, text });
  return {
    get bot() {
      return life.bot;
    },
    clock,
    room: platforms[0] ?? impossible('no platform'),
    platform,
    published,
    bugs: world.bugs,
    sentPages: sent,
    settle,
    ...expecting,
    ...voices({ platforms, catalog: world.catalog, clock, text, settle, hear: (heard) => life.bot.hear(heard) }),
    async asks(actor, act, key) {
      const answer = await life.bot.submit({ act, actor, ...(key === undefined ? {} : { key }) });
      await settle();
      return answer;
    },
    fastForward: (duration) => clock.advance(durationOf(duration), settle),
    async restarts(down = '0s') {
      if (!life.isDead()) await life.bot.stop(1_000);
      await clock.advance(durationOf(down), async () => undefined);
      store = await disk.reopen(store);
      life = await startLife(world, store);
      await settle();
    },
    diesAt: (moment) => life.dieAt(moment),
    get isDead() {
      return life.isDead();
    },
    reconfigures: (changed) => {
      catalog = changed;
    },
    card: (incident) => text(platforms[0]?.card(incident)?.card ?? impossible(`no card of inc-${incident}`)),
    timeline: async (incident) => (await life.bot.readings.timeline(incident)).map((line) => line.text),
    pagerFails: fail,
    eventTypes: async () => (await store.entries({ after: 0, limit: 10_000 })).map(({ type }) => type),
    async close() {
      if (!life.isDead()) await life.bot.stop(1_000);
      await expectLaws(store);
      await store.close();
      disk.remove();
      expect(world.bugs).toEqual([]);
      expecting.expectsNothingElse();
    },
  };
}

/** Every command of `commands/`, as the bot itself loads them. */
export async function loadCommands(): Promise<readonly Command[]> {
  const files = readdirSync('commands').filter((file) => file.endsWith('.ts'));
  return Promise.all(files.sort().map(async (file) => (await import(join(process.cwd(), 'commands', file))).default as Command));
}

interface Speaking {
  readonly platforms: readonly MemoryPlatform[];
  readonly catalog: () => Catalog;
  readonly clock: FakeClock;
  readonly text: (document: Document) => string;
  readonly settle: () => Promise<void>;
  readonly hear: (heard: Heard) => Promise<Reply>;
}

function voices({ platforms, catalog, clock, text, settle, hear }: Speaking): Voices {
  let deliveries = 0;
  const speak = async (person: string, said: Heard['said'], where: Where): Promise<Said> => {
    deliveries += 1;
    const reply = await hear({
      platform: where.platform ?? platforms[0]?.name ?? '',
      key: where.key ?? `delivery-${deliveries}`,
      person: Object.hasOwn(catalog().people, person) ? person : null,
      userName: person,
      incident: where.incident ?? null,
      ...(where.waitsMs === undefined ? {} : { waitsMs: where.waitsMs }),
      said,
    });
    await settle();
    return { reply, text: text(reply.document) };
  };
  return {
    types: (person, words, where = {}) => speak(person, { kind: 'words', words }, where),
    async presses(person, label) {
      const { command: words, incident } = findButton(platforms, person, label);
      return speak(person, { kind: 'words', words }, incident === null ? {} : { incident });
    },
    fills: (person, command, values, where = {}) => speak(person, { kind: 'form', command, values }, where),
    pins: (person, message, where) =>
      speak(person, { kind: 'pin', pinned: true, text: 'look', author: person, at: clock.now(), url: null, ...message }, where),
  };
}

/** Where the ledger is kept: in memory, where it outlives the bot too, or in a file of its own. */
function openDisk(onDisk: boolean) {
  const directory = onDisk ? mkdtempSync(join(tmpdir(), 'allclear-')) : null;
  const open = async (): Promise<Store> => (await openSqliteStore(directory === null ? ':memory:' : join(directory, 'ledger.db'))).store;
  return {
    open,
    async reopen(store: Store): Promise<Store> {
      if (directory === null) return store;
      await store.close();
      return open();
    },
    remove: () => (directory === null ? undefined : rmSync(directory, { recursive: true, force: true })),
  };
}

/** The newest button of that label in what the person can see, and the incident in whose room it is. */
function findButton(platforms: readonly MemoryPlatform[], person: string, label: string | RegExp) {
  const visible = platforms.flatMap((platform) => [
    ...[...platform.rooms.keys()].flatMap((incident) => {
      const document = platform.card(incident)?.card;
      return document === undefined ? [] : [{ incident, document }];
    }),
    ...platform.everSaid.filter(({ to, incident }) => incident !== null || to === `@${person}`),
  ]);
  const buttons = visible.flatMap(({ incident, document }) =>
    document.blocks.flatMap((block) => (block.kind === 'buttons' ? block.buttons.map((button) => ({ ...button, incident })) : [])),
  );
  const found = buttons.findLast((button) => (typeof label === 'string' ? button.label === label : label.test(button.label)));
  return (
    found ?? impossible(`no button ${String(label)} for ${person}; there are ${[...new Set(buttons.map((one) => one.label))].join(', ')}`)
  );
}

function readerOf(catalog: Catalog, now: number) {
  return { personName: (id: string) => catalog.people[id]?.name ?? id, timeZone: 'UTC', now, commandPrefix: '/incident' };
}

function durationOf(text: string): number {
  return parseDuration(text) ?? impossible(`no duration: ${text}`);
}

function impossible(message: string): never {
  throw new Error(message);
}
