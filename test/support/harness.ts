import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Command } from '../../src/command.ts';
import type { Catalog } from '../../src/domain/catalog.ts';
import { type Bot, type BotParts, createBot } from '../../src/engine/bot.ts';
import { createMessages } from '../../src/engine/messages.ts';
import type { Forge, Outcome, PageNotice, Pager, Reply } from '../../src/engine/ports.ts';
import { parseDuration } from '../../src/kit/duration.ts';
import { loadTemplates } from '../../src/kit/templates.ts';
import { createLocalQueue } from '../../src/queue/local.ts';
import { plainText } from '../../src/readings/plain-text.ts';
import type { PostmortemFile } from '../../src/readings/postmortem-file.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { exampleCatalog } from './catalog.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { type MemoryPlatform, memoryPlatform } from './memory-platform.ts';
import { seededRandomness } from './seeded-randomness.ts';

/** 2026-03-02T03:00Z, a Monday night in Berlin; `bo` is on call for payments. */
export const NIGHT = Date.parse('2026-03-02T03:00:00Z');

/** A page as it reached somebody. */
interface Ring {
  readonly person: string;
  readonly pager: string;
  readonly notice: PageNotice;
}

export interface Harness {
  readonly bot: Bot;
  readonly clock: FakeClock;
  readonly room: MemoryPlatform;
  readonly published: readonly PostmortemFile[];
  readonly bugs: readonly unknown[];
  /** Types a command line as a person, in the room of an incident or outside of any. */
  types(person: string, words: string, options?: { readonly incident?: number; readonly key?: string }): Promise<Said>;
  /** "5m", played moment by moment. */
  fastForward(duration: string): Promise<void>;
  settle(): Promise<void>;
  /** A page that rang for the person (the oldest not expected yet) and whose subject matches. */
  expectsPage(person: string, subject: RegExp, pager?: string): PageNotice;
  /** A new message in a room or to a person, the oldest that matches. */
  expectsMessage(to: string | RegExp, text: RegExp): void;
  /** Fails on every page or message nobody expected. */
  expectsNothingElse(): void;
  /** What rang and was said and is not yet expected. */
  forget(): void;
  /** Makes a pager answer this from now on; null delivers again. */
  pagerFails(pager: string, outcome: Outcome | null): void;
  /** Types of all events so far. */
  eventTypes(): Promise<readonly string[]>;
  close(): Promise<void>;
}
export interface Said {
  readonly reply: Reply;
  /** The reply as text. */
  readonly text: string;
}

export interface HarnessOptions {
  readonly catalog?: Catalog;
  readonly startAt?: number;
  readonly parts?: Partial<BotParts>;
}

/** The whole bot on a database in memory, with a clock that is moved by hand and phones that remember. */
export async function harness(options: HarnessOptions = {}): Promise<Harness> {
  const catalog = options.catalog ?? exampleCatalog;
  const clock = fakeClock(options.startAt ?? NIGHT);
  const room = memoryPlatform('console');
  const rings: Ring[] = [];
  const failures = new Map<string, Outcome>();
  const published: PostmortemFile[] = [];
  const bugs: unknown[] = [];
  const { store } = await openSqliteStore(':memory:');
  const bot = createBot({
    store,
    ...partsOf({ catalog, clock, rings, failures, published, bugs }),
    platforms: [room],
    commands: await loadCommands(),
    ...options.parts,
  });
  await bot.start();
  const settle = (): Promise<void> => settled(bot);
  await settle();
  let delivery = 0;
  return {
    bot,
    clock,
    room,
    published,
    bugs,
    settle,
    async types(person, words, { incident, key } = {}) {
      delivery += 1;
      const known = catalog.people[person] !== undefined;
      const reply = await bot.hear({
        platform: 'console',
        key: key ?? `typed-${delivery}`,
        person: known ? person : null,
        userName: person,
        incident: incident ?? null,
        said: { kind: 'words', words },
      });
      await settle();
      return { reply, text: textOf(reply, catalog, clock.now()) };
    },
    fastForward: (duration) => clock.advance(parseDuration(duration) ?? fail(`no duration: ${duration}`), settle),
    expectsPage: (person, subject, pager) => expectPage(rings, person, subject, pager),
    expectsMessage: (to, text) => expectMessage(room, to, text, catalog, clock.now()),
    expectsNothingElse() {
      expect(rings.map((ring) => `${ring.person} by ${ring.pager}: ${ring.notice.subject}`)).toEqual([]);
      expect(room.said.map(({ to, document }) => `${to}: ${plainText(document, readerOf(catalog, clock.now()))}`)).toEqual([]);
    },
    forget() {
      rings.length = 0;
      room.said.length = 0;
    },
    pagerFails: (pager, outcome) => void (outcome === null ? failures.delete(pager) : failures.set(pager, outcome)),
    eventTypes: async () => (await store.entries({ after: 0, limit: 10_000 })).map(({ type }) => type),
    async close() {
      await bot.stop(1_000);
      await store.close();
      expect(bugs).toEqual([]);
    },
  };
}

interface Fakes {
  readonly catalog: Catalog;
  readonly clock: FakeClock;
  readonly rings: Ring[];
  readonly failures: ReadonlyMap<string, Outcome>;
  readonly published: PostmortemFile[];
  readonly bugs: unknown[];
}

function partsOf({ catalog, clock, rings, failures, published, bugs }: Fakes): Omit<BotParts, 'store' | 'platforms' | 'commands'> {
  const current = (): Catalog => catalog;
  const postmortems = loadTemplates('templates');
  return {
    clock,
    queue: (nextDue) => createLocalQueue(clock, nextDue, (fault) => bugs.push(fault)),
    randomness: seededRandomness(42),
    catalog: current,
    messages: createMessages('templates/messages', current),
    pagers: ['chat', 'email', 'webhook'].map((name) => rememberingPager(name, rings, failures)),
    steps: [],
    forge: rememberingForge(published),
    renderPostmortem: (model) => postmortems.render('postmortem', model),
    links: {
      acknowledge: (page, person, notification) => `https://allclear.example.org/ack/${page}/${person}/${notification}`,
      incident: (incident) => `https://allclear.example.org/incidents/${incident}`,
    },
    watch: { submitted: () => undefined, delivered: () => undefined, bug: (fault) => bugs.push(fault) },
  };
}

function rememberingPager(name: string, rings: Ring[], failures: ReadonlyMap<string, Outcome>): Pager {
  const seen = new Set<string>();
  return {
    name,
    unreachable: (person) => (name === 'email' && person.email === null ? 'has no e-mail address' : null),
    async page(notice, { key }) {
      const failure = failures.get(name);
      if (failure !== undefined) return failure;
      if (!seen.has(key)) rings.push({ person: notice.person.id, pager: name, notice });
      seen.add(key);
      return { outcome: 'done' };
    },
  };
}

function rememberingForge(published: PostmortemFile[]): Forge {
  return {
    name: 'memory',
    async publish(file) {
      published.push(file);
      const { incident, branch, path } = file;
      return {
        outcome: 'done',
        acts: [{ type: 'followup.published', incident, url: null, branch, path, commit: 'a'.repeat(40), forge: 'memory' }],
      };
    },
  };
}

/** Every command of `commands/`, as the bot itself loads them. */
export async function loadCommands(): Promise<readonly Command[]> {
  const files = readdirSync('commands').filter((file) => file.endsWith('.ts'));
  return Promise.all(files.sort().map(async (file) => (await import(join(process.cwd(), 'commands', file))).default as Command));
}

/** Nothing decided or delivered for two turns of the event loop: what was begun is played to its end. */
async function settled(bot: Bot): Promise<void> {
  for (let calm = 0; calm < 2; calm = bot.busy() ? 0 : calm + 1) await new Promise((resolve) => setImmediate(resolve));
}

function readerOf(catalog: Catalog, now: number) {
  return { personName: (id: string) => catalog.people[id]?.name ?? id, timeZone: 'UTC', now, commandPrefix: '/incident' };
}

function textOf(reply: Reply, catalog: Catalog, now: number): string {
  return plainText(reply.document, readerOf(catalog, now));
}

function expectPage(rings: Ring[], person: string, subject: RegExp, pager: string | undefined): PageNotice {
  const at = rings.findIndex(
    (ring) => ring.person === person && (pager === undefined || ring.pager === pager) && subject.test(ring.notice.subject),
  );
  const rang = rings.map((ring) => `${ring.person} by ${ring.pager}: ${ring.notice.subject}`);
  expect(at, `no page for ${person} like ${subject}; what rang: ${JSON.stringify(rang)}`).toBeGreaterThanOrEqual(0);
  return (rings.splice(at, 1)[0] as Ring).notice;
}

function expectMessage(room: MemoryPlatform, to: string | RegExp, text: RegExp, catalog: Catalog, now: number): void {
  const said = room.said.map((one) => ({ to: one.to, text: plainText(one.document, readerOf(catalog, now)) }));
  const at = said.findIndex((one) => (typeof to === 'string' ? one.to === to : to.test(one.to)) && text.test(one.text));
  expect(at, `no message to ${to} like ${text}; what was said: ${JSON.stringify(said, null, 1)}`).toBeGreaterThanOrEqual(0);
  room.said.splice(at, 1);
}

function fail(message: string): never {
  throw new Error(message);
}
