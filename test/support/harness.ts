import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Command } from '../../src/command.ts';
import type { Catalog } from '../../src/domain/catalog.ts';
import type { Actor, AskedAct } from '../../src/domain/kernel.ts';
import type { Bot, BotParts } from '../../src/engine/bot.ts';
import type { Moment } from '../../src/engine/moment.ts';
import type { Answer, Heard, Outcome, PageNotice, Reply, Step } from '../../src/engine/ports.ts';
import { parseDuration } from '../../src/kit/duration.ts';
import type { Document } from '../../src/readings/document.ts';
import { plainText } from '../../src/readings/plain-text.ts';
import type { PostmortemFile } from '../../src/readings/postmortem-file.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { type Life, rememberingForge, startLife, type World } from './bot-life.ts';
import { exampleCatalog } from './catalog.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { expectLaws } from './ledger-laws.ts';
import { type MemoryPlatform, memoryPlatform, type Shown } from './memory-platform.ts';
import { rememberingPagers } from './remembering-pager.ts';

/** 2026-03-02T03:00Z, a Monday night in Berlin; `bo` is on call for payments. */
export const NIGHT = Date.parse('2026-03-02T03:00:00Z');

export interface Harness {
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
  /** Types a command line as a person, in the room of an incident or outside of any. */
  types(person: string, words: string, where?: Where): Promise<Said>;
  /** Presses the newest button of this label that the person can see: in rooms, on cards, or written to them. */
  presses(person: string, label: string | RegExp): Promise<Said>;
  fills(person: string, command: string, values: Readonly<Record<string, string>>, where?: Where): Promise<Said>;
  pins(person: string, message: Partial<Pinned> & { readonly message: string }, where: Where): Promise<Said>;
  /** Asks an act at the one door, as a surface without words does (link, webhook). */
  asks(actor: Actor, act: AskedAct, key?: string): Promise<Answer>;
  /** "5m", played moment by moment. */
  fastForward(duration: string): Promise<void>;
  settle(): Promise<void>;
  /** Stops the bot (unless it died), lets so much time pass without it, and starts it again on the same ledger. */
  restarts(down?: string): Promise<void>;
  /** The process dies at the next such moment. */
  diesAt(moment: Moment): void;
  /** What `allclear.yaml` says from now on. */
  reconfigures(catalog: Catalog): void;
  /** A page that rang for the person (the oldest not expected yet) and whose subject matches. */
  expectsPage(person: string, subject: RegExp, pager?: string): PageNotice;
  /** A new message in a room or to a person (`@bo`), the oldest that matches; answers its text. */
  expectsMessage(to: string | RegExp, text: RegExp, platform?: string): string;
  /** Fails on every page or message nobody expected. */
  expectsNothingElse(): void;
  /** What rang and was said and is not yet expected. */
  forget(): void;
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
export interface Where {
  readonly incident?: number;
  readonly key?: string;
  readonly platform?: string;
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
  const directory = options.onDisk === true ? mkdtempSync(join(tmpdir(), 'allclear-')) : null;
  const file = directory === null ? ':memory:' : join(directory, 'ledger.db');
  let { store } = await openSqliteStore(file);
  let life: Life = await startLife(world, store);
  const settle = (): Promise<void> => life.settle();
  await settle();

  const platform = (name: string): MemoryPlatform => platforms.find((one) => one.name === name) ?? impossible(`no platform ${name}`);
  const text = (document: Document): string => plainText(document, readerOf(catalog, clock.now()));
  const numbers = { delivery: 0 };
  const hears = async (person: string, said: Heard['said'], where: Where): Promise<Said> => {
    numbers.delivery += 1;
    const reply = await life.bot.hear({
      platform: where.platform ?? platforms[0]?.name ?? '',
      key: where.key ?? `delivery-${numbers.delivery}`,
      person: Object.hasOwn(catalog.people, person) ? person : null,
      userName: person,
      incident: where.incident ?? null,
      said,
    });
    await settle();
    return { reply, text: text(reply.document) };
  };
  const types: Harness['types'] = (person, words, where = {}) => hears(person, { kind: 'words', words }, where);
  const looks = (): readonly { readonly to: string; readonly text: string }[] =>
    platforms.flatMap(({ said }) => said).map((one) => ({ to: one.to, text: text(one.document) }));
  const expectsNothingElse = (): void => {
    expect(rings.map((ring) => `${ring.person} by ${ring.pager}: ${ring.notice.subject}`)).toEqual([]);
    expect(looks().map((one) => `${one.to}: ${one.text}`)).toEqual([]);
  };
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
    types,
    async presses(person, label) {
      const { command, incident } = findButton(platforms, person, label);
      return types(person, command, incident === null ? {} : { incident });
    },
    fills: (person, command, values, where = {}) => hears(person, { kind: 'form', command, values }, where),
    pins: (person, message, where) =>
      hears(person, { kind: 'pin', pinned: true, text: 'look', author: person, at: clock.now(), url: null, ...message }, where),
    async asks(actor, act, key) {
      const answer = await life.bot.submit({ act, actor, ...(key === undefined ? {} : { key }) });
      await settle();
      return answer;
    },
    fastForward: (duration) => clock.advance(durationOf(duration), settle),
    async restarts(down = '0s') {
      if (!life.isDead()) await life.bot.stop(1_000);
      await clock.advance(durationOf(down), async () => undefined);
      if (directory !== null) {
        await store.close();
        ({ store } = await openSqliteStore(file));
      }
      life = await startLife(world, store);
      await settle();
    },
    diesAt: (moment) => life.dieAt(moment),
    reconfigures: (changed) => {
      catalog = changed;
    },
    expectsPage(person, subject, pager) {
      const at = rings.findIndex(
        (ring) => ring.person === person && (pager === undefined || ring.pager === pager) && subject.test(ring.notice.subject),
      );
      const rang = rings.map((ring) => `${ring.person} by ${ring.pager}: ${ring.notice.subject}`);
      expect(at, `no page for ${person} like ${subject}; what rang: ${JSON.stringify(rang)}`).toBeGreaterThanOrEqual(0);
      return rings.splice(at, 1)[0]?.notice ?? impossible('no page');
    },
    expectsMessage(to, wanted, name) {
      const fits = (one: Shown): boolean => (typeof to === 'string' ? one.to === to : to.test(one.to)) && wanted.test(text(one.document));
      for (const one of name === undefined ? platforms : [platform(name)]) {
        const at = one.said.findIndex(fits);
        const [found] = at < 0 ? [] : one.said.splice(at, 1);
        if (found !== undefined) return text(found.document);
      }
      return impossible(`no message to ${String(to)} like ${wanted}; what was said: ${JSON.stringify(looks(), null, 1)}`);
    },
    expectsNothingElse,
    forget() {
      rings.length = 0;
      for (const { said } of platforms) said.length = 0;
    },
    card: (incident) => text(platforms[0]?.card(incident)?.card ?? impossible(`no card of inc-${incident}`)),
    timeline: async (incident) => (await life.bot.readings.timeline(incident)).map((line) => line.text),
    pagerFails: fail,
    eventTypes: async () => (await store.entries({ after: 0, limit: 10_000 })).map(({ type }) => type),
    async close() {
      if (!life.isDead()) await life.bot.stop(1_000);
      await expectLaws(store);
      await store.close();
      if (directory !== null) rmSync(directory, { recursive: true, force: true });
      expect(world.bugs).toEqual([]);
      expectsNothingElse();
    },
  };
}

/** Every command of `commands/`, as the bot itself loads them. */
export async function loadCommands(): Promise<readonly Command[]> {
  const files = readdirSync('commands').filter((file) => file.endsWith('.ts'));
  return Promise.all(files.sort().map(async (file) => (await import(join(process.cwd(), 'commands', file))).default as Command));
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
