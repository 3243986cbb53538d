import { join } from 'node:path';
import { type ConsolePlatform, createConsolePlatform } from './chat/console/platform.ts';
import { createNotes, type Notes } from './chat/notes.ts';
import { type Bot, type BotParts, createBot } from './engine/bot.ts';
import type { Emergency } from './engine/emergency.ts';
import { isEmergencyCommand } from './engine/emergency-words.ts';
import { createLifeline, type Lifeline, type LifelineNews } from './engine/lifeline.ts';
import type { Attempt, Pager, Platform } from './engine/ports.ts';
import type { Store, StreamHead } from './engine/store-port.ts';
import { SPOOLS } from './engines.ts';
import { createLocalQueue } from './queue/local.ts';
import { bringChatTables, createSpool, keepKnown, type OpenedSpool, orphanedSpools, readKnown } from './store/spool.ts';
import type { OpenedStore } from './store/sqlite.ts';

export interface EmergencyBot extends Emergency {
  /** The console's rooms of what was declared since. */
  readonly chat: ConsolePlatform;
  notes(platform: string): Notes;
}
export interface EmergencyParts {
  readonly dataDirectory: string;
  /** Of the bot whose database it is; a bot on a spool is made of the same parts. */
  readonly main: BotParts;
  readonly database: OpenedStore['database'];
  readonly roomUrl: (incident: number) => string;
  /** Those that need no database of ours. */
  readonly platforms: readonly Platform[];
  readonly pagers: (console: ConsolePlatform) => readonly Pager[];
  /** Hears of news in rooms and inboxes, here or brought into the database. */
  readonly console: Pick<ConsolePlatform, 'told' | 'brought'>;
  /** This process among others on the same disk. */
  readonly process: string;
}

/** Every overridable schedule, open alert and switch is remembered, up to these many of each kind. */
const KNOWN_MAX = 1_000;
/** The ledger is looked over this often for what an emergency will have to know. */
const REMEMBER_EVERY_MS = 10_000;

/** Bots on spools: what makes them, what finds those an earlier life left, and what they will have to know. */
function createEmergencies(parts: EmergencyParts) {
  const directory = join(parts.dataDirectory, SPOOLS);
  const { clock, randomness } = parts.main;
  let rememberedAt = Number.NEGATIVE_INFINITY;
  let remembered = '';
  return {
    async open(): Promise<EmergencyBot> {
      const spool = await createSpool(directory, randomness, clock.now());
      await spool.seed(readKnown(directory) ?? []);
      return emergencyOn(spool, parts);
    },
    orphans: async (): Promise<readonly EmergencyBot[]> => (await orphanedSpools(directory)).map((spool) => emergencyOn(spool, parts)),
    async remember(): Promise<void> {
      if (clock.monotonic() - rememberedAt < REMEMBER_EVERY_MS) return;
      rememberedAt = clock.monotonic();
      const heads = await knownOf(parts.main.store);
      const text = JSON.stringify(heads);
      if (text === remembered) return;
      keepKnown(directory, heads, parts.process);
      remembered = text;
    },
  };
}

async function knownOf(ledger: Store): Promise<readonly StreamHead[]> {
  const kinds = await Promise.all([
    ledger.streams({ kind: 'schedule', limit: KNOWN_MAX }),
    ledger.streams({ kind: 'switch', limit: KNOWN_MAX }),
    ledger.streams({ kind: 'alerts', open: true, limit: KNOWN_MAX }),
  ]);
  return kinds.flat();
}

function emergencyOn(spool: OpenedSpool, parts: EmergencyParts): EmergencyBot {
  const { main, roomUrl, console } = parts;
  const chat = createConsolePlatform({ database: spool.database, clock: main.clock, roomUrl });
  chat.watch((change) => console.told(change.kind === 'inbox' ? `@${change.person}` : `inc-${change.incident}`));
  let bot: Bot | null = null;
  const halt = async (graceMs: number): Promise<void> => {
    const running = bot;
    bot = null;
    await running?.stop(graceMs);
  };
  return {
    spool,
    chat,
    notes: (platform) => createNotes(spool.database, platform),
    async resume() {
      bot = createBot(botParts(spool, chat, parts));
      await bot.start();
      return bot;
    },
    halt,
    async bringNotes() {
      (await bringChatTables(spool.database, parts.database)).forEach(console.brought);
    },
    async discard() {
      await halt(0);
      await spool.remove();
    },
    async close() {
      await halt(0);
      await spool.close();
    },
  };
}

/** The same as the main one, except for what needs the database, and for the keys of what it delivers. */
function botParts(spool: OpenedSpool, chat: ConsolePlatform, { main, platforms, pagers }: EmergencyParts): BotParts {
  const keyed = (attempt: Attempt): Attempt => ({ ...attempt, key: `${spool.name}-${attempt.key}` });
  const { listening: _listening, ...shared } = main;
  return {
    ...shared,
    store: spool.store,
    numbersAfter: spool.numbersAfter,
    queue: (nextDue) =>
      createLocalQueue(main.clock, nextDue, (fault, lane) => main.watch.bug(fault, `the queue of ${lane} of ${spool.name}`)),
    commands: main.commands.filter(({ name }) => isEmergencyCommand(name)),
    // Connected already, and heard by the main bot: here they only deliver.
    platforms: [chat, ...platforms].map((platform) => ({
      ...platform,
      start: async () => undefined,
      stop: async () => undefined,
      deliver: (promise, attempt) => platform.deliver(promise, keyed(attempt)),
    })),
    pagers: pagers(chat).map((pager) => ({
      name: pager.name,
      unreachable: (person) => pager.unreachable(person),
      page: (notice, attempt) => pager.page(notice, keyed(attempt)),
    })),
  };
}

/** The console as its pages see it: rooms of what was declared while the database is away are beside the spool. */
export function routedConsole(main: ConsolePlatform, spare: (incident?: number) => EmergencyBot | null): ConsolePlatform {
  const at = (incident?: number): ConsolePlatform => spare(incident)?.chat ?? main;
  return {
    ...main,
    post: (words) => at(words.incident).post(words),
    messages: (incident, limit) => at(incident).messages(incident, limit),
    message: (incident, id) => at(incident).message(incident, id),
    card: (incident) => at(incident).card(incident),
    inbox: (person, limit) => at().inbox(person, limit),
    mark: (name) => at().mark(name),
    isMarked: (name) => at().isMarked(name),
  };
}

/** The same bot, which goes on while its database is away. */
export function livingOn(main: Bot, lifeline: Lifeline<EmergencyBot>): Bot {
  const { hear, submit, readings, onCommit } = lifeline;
  return {
    ...main,
    hear,
    submit,
    readings,
    onCommit,
    async start() {
      // What an earlier life left behind is rung for before anything else.
      await lifeline.start();
      await main.start();
    },
    async stop(graceMs) {
      await Promise.all([lifeline.stop(graceMs), main.stop(graceMs)]);
    },
  };
}

/** What goes on while the database is away, and brings it into the ledger afterwards. */
export function openLifeline(
  main: Bot,
  probe: () => Promise<unknown>,
  told: ((news: LifelineNews) => void) | undefined,
  parts: EmergencyParts,
): Lifeline<EmergencyBot> {
  const { clock, messages } = parts.main;
  return createLifeline({ main, clock, messages, probe, ...createEmergencies(parts), told: told ?? (() => undefined) });
}
