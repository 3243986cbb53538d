import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type ConsolePlatform, createConsolePlatform } from './chat/console/platform.ts';
import { createDirectMessages } from './chat/direct-messages.ts';
import type { DiscordPlatform } from './chat/discord/platform.ts';
import { createNotes, sparedNotes } from './chat/notes.ts';
import type { SlackPlatform } from './chat/slack/platform.ts';
import { choosePlatforms } from './chat-platforms.ts';
import { SignerKeyError } from './checkpoint-key.ts';
import type { Command } from './command.ts';
import type { Settings } from './config/environment.ts';
import { loadConfiguration } from './config/load.ts';
import { type Problem, sayProblem } from './config/problem.ts';
import { runbookSecrets } from './config/runbook-secrets.ts';
import type { Catalog } from './domain/catalog.ts';
import { type EmergencyBot, livingOn, openLifeline, routedConsole } from './emergency.ts';
import { type Bot, type BotParts, createBot, type Watch } from './engine/bot.ts';
import type { Checkpointer } from './engine/checkpointer.ts';
import { heldByOne } from './engine/held-platform.ts';
import type { Lifeline, LifelineNews } from './engine/lifeline.ts';
import { createMessages } from './engine/messages.ts';
import type { CurrentCatalog, Forge, Platform } from './engine/ports.ts';
import type { Retention } from './engine/retention.ts';
import type { Store } from './engine/store-port.ts';
import { EngineError, type Engines, holdDataDirectory, openEngines } from './engines.ts';
import { openForge } from './forge/index.ts';
import type { Clock } from './kit/clock.ts';
import { createHttpClient, type HttpClient } from './kit/http.ts';
import { type Randomness, token } from './kit/randomness.ts';
import { deriveKey } from './kit/signing.ts';
import { loadTemplates, TemplateError } from './kit/templates.ts';
import { createPagers, PAGER_NAMES } from './pagers/index.ts';
import { sources } from './sources/index.ts';
import { createSteps } from './steps/index.ts';
import type { DataLock } from './store/data-lock.ts';
import { keptSecret } from './store/secret-files.ts';
import { checkpointerOf, retentionOf } from './upkeep.ts';
import { createLinks, type Links } from './web/links.ts';

/** What the machine gives: time, chance, its variables and its files. */
export interface Host {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
  /** Made once the store is open, because metrics read it. */
  readonly watch: (store: Store) => Watch;
  /** Told when the database goes away and when it is back. */
  readonly lifeline?: (news: LifelineNews) => void;
}
export interface Composed {
  readonly bot: Bot;
  readonly chat: ConsolePlatform;
  /** Null unless they are configured. */
  readonly slack: SlackPlatform | null;
  readonly discord: DiscordPlatform | null;
  /** Null where the ledger is on this disk. */
  readonly lifeline: Pick<Lifeline<EmergencyBot>, 'isAway'> | null;
  readonly catalog: CurrentCatalog;
  readonly checkpointer: Checkpointer;
  /** Null keeps everything for ever. */
  readonly retention: Retention | null;
  readonly links: Links;
  /** Signs everything this installation signs for itself. */
  readonly secret: string;
  /** Reads the configuration again; the old one stays in force when the new one has problems. */
  reload(): Promise<readonly Problem[]>;
  /** Stops intake, finishes what is under way or leaves it to its lease, signs a last checkpoint, frees the data directory. */
  stop(graceMs: number): Promise<void>;
}
export type Composition = { readonly ok: true; readonly composed: Composed } | { readonly ok: false; readonly problems: readonly string[] };

/** Folder of the project, so that it may be started from anywhere. */
export const HOME = fileURLToPath(new URL('..', import.meta.url));
/** What the configuration may name: chat worlds only when they can be reached. */
export function builtIn({ slack, discord }: Pick<Settings, 'slack' | 'discord'>) {
  const platforms = ['console', ...(slack === null ? [] : ['slack']), ...(discord === null ? [] : ['discord'])];
  return { pagers: PAGER_NAMES, platforms, sources: sources.map(({ name }) => name) };
}

/** Chooses what stands behind each port. Expected problems (configuration, a directory in use or not writable) come back as sentences. */
export async function compose(settings: Settings, host: Host, publicUrl: () => string): Promise<Composition> {
  const loaded = await loadConfiguration({ file: settings.configFile, builtIn: builtIn(settings) });
  if (!loaded.ok) return { ok: false, problems: loaded.problems.map(sayProblem) };
  let lock: DataLock | null = null;
  try {
    lock = holdDataDirectory(settings);
    if (!lock.held) return { ok: false, problems: [sayInUse(settings, lock.by)] };
    return { ok: true, composed: await composeLocked(settings, host, loaded.catalog, publicUrl, lock) };
  } catch (fault) {
    if (lock?.held === true) lock.release();
    const sentence = sayStartFault(fault, settings);
    if (sentence === null) throw fault;
    return { ok: false, problems: [sentence] };
  }
}

async function composeLocked(
  settings: Settings,
  host: Host,
  first: Catalog,
  publicUrl: () => string,
  lock: Extract<DataLock, { held: true }>,
): Promise<Composed> {
  let catalog = first;
  const assembled = await assemble(settings, host, () => catalog, publicUrl);
  return {
    ...assembled,
    catalog: () => catalog,
    async reload() {
      const again = await loadConfiguration({ file: settings.configFile, builtIn: builtIn(settings) });
      if (!again.ok) return again.problems;
      catalog = again.catalog;
      await assembled.bot.look();
      return [];
    },
    async stop(graceMs) {
      await assembled.bot.stop(graceMs);
      await Promise.all([assembled.checkpointer.stop(), assembled.retention?.stop()]);
      await assembled.close();
      lock.release();
    },
  };
}

function sayInUse({ dataDirectory }: Settings, by: string): string {
  return `${dataDirectory} is in use by another Allclear (process ${by}). Stop it first, or set ALLCLEAR_DATA.`;
}

/** What the machine or its operator must mend before Allclear can start, or null for a bug. */
function sayStartFault(fault: unknown, { dataDirectory }: Settings): string | null {
  if (fault instanceof TemplateError || fault instanceof SignerKeyError || fault instanceof EngineError) return fault.message;
  if (!(fault instanceof Error) || !('code' in fault)) return null;
  if (fault.code === 'ERR_SQLITE_ERROR')
    return `The ledger in ${dataDirectory} cannot be used: ${fault.message}. Set ALLCLEAR_DATA, or put a copy back.`;
  const { code, path } = fault as NodeJS.ErrnoException;
  return path === undefined ? null : `${path} cannot be used (${code}). Make it writable for this user, or set ALLCLEAR_DATA.`;
}

type Assembled = Pick<Composed, 'bot' | 'chat' | 'slack' | 'discord' | 'lifeline' | 'checkpointer' | 'retention' | 'links' | 'secret'> & {
  close(): Promise<void>;
};

async function assemble(settings: Settings, host: Host, catalog: CurrentCatalog, publicUrl: () => string): Promise<Assembled> {
  const { clock, randomness } = host;
  // Metrics read the store, so the watch is made after it; until then trouble with it ends the start.
  let watch: Watch | null = null;
  const trouble = (fault: unknown, where: string): void => watch?.bug(fault, where);
  const replica = token(randomness);
  const engines = await openEngines(settings, { clock, replica, trouble });
  const { store, database, unhurried, pace } = engines;
  let lifeline: Lifeline<EmergencyBot> | null = null;
  const spare = (incident?: number): EmergencyBot | null => (lifeline?.isAway() === true ? lifeline.emergency(incident) : null);
  const roomUrl = (incident: number): string => `${publicUrl()}/incidents/${incident}`;
  const chat = createConsolePlatform({ database, unhurried, tellOthers: engines.told, clock, roomUrl });
  const secret = settings.secret ?? keptSecret(join(settings.dataDirectory, 'secret.key'), () => token(randomness));
  const links = createLinks({ key: deriveKey(secret, 'links'), publicUrl, clock });
  const http = createHttpClient({ allow: settings.httpAllow });
  const notes = (platform: string) => sparedNotes(createNotes(database, platform, unhurried), () => spare()?.notes(platform) ?? null);
  const commands = await loadCommands(join(HOME, 'commands'));
  const readings = (): Bot['readings'] => main.readings;
  const { slack, discord, others } = choosePlatforms(settings, { clock, pace, catalog, secret, notes, trouble, commands, readings });
  const pagersOn = (console: ConsolePlatform) => openPagers(settings, host, catalog, [console, ...others], { http, trouble });
  const { pagers, close: closePagers } = pagersOn(chat);
  watch = host.watch(store);
  const postmortems = loadTemplates(join(HOME, 'templates'));
  const parts: BotParts = {
    store,
    queue: engines.queue,
    clock,
    randomness,
    catalog,
    messages: createMessages(join(HOME, 'templates', 'messages'), catalog),
    commands,
    platforms: [chat, ...others.map((platform) => listenedByOne(platform, settings, engines, host, trouble))],
    pagers,
    steps: createSteps({ http, secret: runbookSecrets(host.variables, host.readFile) }),
    forge: await chooseForge(settings, catalog()),
    renderPostmortem: (model) => postmortems.render('postmortem', model),
    links,
    watch,
    listening: (hear) => (heard) => (lifeline?.hear ?? hear)(heard),
  };
  const main = createBot(parts);
  if (engines.probe !== null) {
    lifeline = openLifeline(main, engines.probe, host.lifeline, {
      dataDirectory: settings.dataDirectory,
      main: parts,
      database,
      roomUrl,
      platforms: others,
      pagers: (console) => pagersOn(console).pagers,
      console: chat,
      process: replica,
    });
  }
  return {
    bot: joinReplicas(lifeline === null ? main : livingOn(main, lifeline), chat, engines),
    chat: routedConsole(chat, spare),
    slack,
    discord,
    lifeline,
    links,
    secret,
    checkpointer: checkpointerOf(settings, engines, host),
    retention: retentionOf(settings, engines, main, clock, trouble),
    async close() {
      closePagers();
      await Promise.all([slack?.close(), discord?.close()]);
      await engines.close();
    },
  };
}

/** A connection that a chat world makes for everything that is said there is held by one replica; requests come to any of them. */
function listenedByOne(platform: Platform, { slack }: Settings, { chatLease }: Engines, { clock }: Host, trouble: Trouble): Platform {
  const { name } = platform;
  const isConnection = name === 'discord' || (name === 'slack' && slack?.appToken !== null);
  if (chatLease === null || !isConnection) return platform;
  return heldByOne(platform, chatLease(name), clock, (fault) => trouble(fault, `the connection to ${name}`));
}
type Trouble = (fault: unknown, where: string) => void;

/** Other replicas' commits are forgotten from memory and told like our own; their messages reach our browsers. */
function joinReplicas(bot: Bot, chat: ConsolePlatform, { news }: Engines): Bot {
  if (news === null) return bot;
  const { states } = bot.door;
  news.onCommit((streams) => {
    if (streams === null) states.forgetAll();
    else for (const stream of streams) states.forget(stream);
  });
  news.onMessage((room) => chat.told(room));
  return {
    ...bot,
    onCommit(see) {
      const ends = [bot.onCommit(see), news.onCommit(see)];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

/** Direct messages go where a person reads them; the console, the first of the platforms, knows everybody. */
function openPagers(
  settings: Settings,
  { clock }: Host,
  catalog: CurrentCatalog,
  platforms: readonly [ConsolePlatform, ...Platform[]],
  { http, trouble }: { readonly http: HttpClient; readonly trouble: (fault: unknown, where: string) => void },
) {
  const [chat, ...others] = platforms;
  return createPagers({
    mail: settings.mail,
    clock,
    catalog,
    templates: loadTemplates(join(HOME, 'templates', 'email')),
    http,
    secret: settings.webhookSecret,
    direct: createDirectMessages({ platforms: others, fallback: chat, clock, bug: (fault) => trouble(fault, 'a direct message') }),
  });
}

/** GitHub when a token and a repository are set, else a repository on this machine. */
function chooseForge(settings: Settings, { organization }: Catalog): Promise<Forge> {
  if (settings.github !== null) return openForge({ forge: 'github', settings: settings.github });
  const author = { name: `Allclear for ${organization}`, email: 'allclear@localhost' };
  return openForge({ forge: 'local-git', settings: { directory: settings.postmortemDirectory, baseBranch: 'main', author } });
}

/** Every file of the folder is one command: operators may add their own. */
export async function loadCommands(directory: string): Promise<readonly Command[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.ts')).sort();
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(pathToFileURL(join(directory, file)).href)) as { readonly default: Command };
      return module.default;
    }),
  );
}
