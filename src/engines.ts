import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Settings } from './config/environment.ts';
import type { BotParts } from './engine/bot.ts';
import type { Lease, Store } from './engine/store-port.ts';
import type { Clock } from './kit/clock.ts';
import { sha256Hex } from './kit/hashing.ts';
import { createNewsHub, type News, type NewsHub } from './kit/news.ts';
import { createPace, type Pace } from './kit/pace.ts';
import { createLocalQueue } from './queue/local.ts';
import type { RedisNews } from './queue/redis-news.ts';
import type { SharedPace } from './queue/redis-pace.ts';
import { type DataLock, lockDataDirectory } from './store/data-lock.ts';
import type { PostgresOptions } from './store/postgres.ts';
import { type OpenedStore, openSqliteStore } from './store/sqlite.ts';

export const LEDGER_FILE = 'ledger.db';
/** Where a replica keeps what it does while the database is away. */
export const SPOOLS = 'spool';
/** Digits of what tells installations on one Redis apart. */
const PREFIX_DIGITS = 12;
/** Without Redis a replica finds what another one promised and died over by asking the database this often, for each lane. */
const LOOK_EVERY_MS = 1_000;

/** What keeps the ledger and wakes the deliverer: embedded, or PostgreSQL and Redis. */
export interface Engines extends OpenedStore {
  readonly queue: BotParts['queue'];
  /** How soon far ends may be asked again, known to all replicas that share a Redis. */
  readonly pace: Pace;
  /** The store as the signer of checkpoints may read it: among replicas it shows something to one of them only. */
  readonly signing: Store;
  /** Rejects while the ledger cannot be used; null where it is on this disk, and away only when the disk is. */
  readonly probe: (() => Promise<unknown>) | null;
  /** What only one replica may listen to; null when there can be only one. */
  readonly chatLease: ((platform: 'slack' | 'discord') => Lease) | null;
  /** What other replicas do; null when there can be none. */
  readonly news: News | null;
  /** Something new is committed in this room of the console: other replicas hear of it. */
  readonly told: (room: string) => void;
  close(): Promise<void>;
}
/** An engine that cannot be used; the message is a sentence for the operator, without any secret. */
export class EngineError extends Error {}

/** A ledger in PostgreSQL for a program that is over soon: who uses a connection that is lost hears of it. */
export const COMMAND_LINE: PostgresOptions = { replica: 'command line', broken: () => undefined };

export interface EngineHost {
  readonly clock: Clock;
  /** Our own name among the replicas. */
  readonly replica: string;
  /** Told of what goes wrong inside the engines, and where. */
  readonly trouble: (fault: unknown, where: string) => void;
}

/** Opens what the settings name; what is not named is not even loaded. Throws an `EngineError` when the database cannot be used. */
export async function openEngines(settings: Settings, host: EngineHost): Promise<Engines> {
  // Loaded before the store is opened: a package that is missing must not leave an open database behind.
  const queue = await chooseQueue(settings, host);
  const opened = settings.databaseUrl === null ? await openAlone(settings) : await openReplicated(settings.databaseUrl, settings, host);
  const { close: closePace, ...pace } = await choosePace(settings, host);
  return {
    ...opened,
    queue,
    pace,
    async close() {
      closePace();
      await opened.close();
    },
  };
}

/** Has this disk ever seen the ledger: then there is something to go on with while it is away. */
function hasSpools({ dataDirectory }: Settings): boolean {
  return existsSync(join(dataDirectory, SPOOLS));
}

type Ledger = Omit<Engines, 'queue' | 'pace'>;

async function openAlone(settings: Settings): Promise<Ledger> {
  const opened = await openEmbedded(settings);
  const { store } = opened;
  return { ...opened, signing: store, probe: null, chatLease: null, news: null, told: () => undefined, close: () => store.close() };
}

async function openReplicated(url: string, settings: Settings, host: EngineHost): Promise<Ledger> {
  const { clock, replica, trouble } = host;
  const broken = (fault: Error): void => trouble(fault, 'the connection to PostgreSQL');
  const hub = createNewsHub(replica);
  const wire = await chooseWire(settings, host, hub);
  const opened = await openPostgres(url, { replica, broken, mayBeAway: hasSpools(settings), wire }).catch((fault: unknown) => {
    wire?.close();
    throw fault;
  });
  const { store, database, unhurried } = opened;
  const endListening = opened.listen(hub, clock);
  const lease = opened.lease('checkpoints');
  async function agree(): Promise<void> {
    const askedAt = clock.monotonic();
    clock.agree?.(await opened.now(), askedAt);
  }
  await agree().catch(broken);
  return {
    store,
    database,
    unhurried,
    told: opened.told,
    news: hub,
    chatLease: opened.lease,
    async probe() {
      await opened.ready();
      await Promise.all([agree(), store.head()]);
    },
    signing: { ...store, entries: async (range) => ((await lease.held()) ? store.entries(range) : []) },
    async close() {
      wire?.close();
      await Promise.all([endListening(), lease.release()]);
      await store.close();
    },
  };
}

function openEmbedded({ dataDirectory }: Settings): Promise<OpenedStore> {
  return openSqliteStore(join(dataDirectory, LEDGER_FILE));
}

/** The ledger alone, for a command that is not the bot. Throws an `EngineError` when the database cannot be used. */
export function openLedgerStore(settings: Settings): Promise<OpenedStore> {
  return settings.databaseUrl === null ? openEmbedded(settings) : openPostgres(settings.databaseUrl, COMMAND_LINE);
}

/** The ledger in PostgreSQL; throws an `EngineError` when it cannot be used. */
export async function openPostgres(url: string, options: PostgresOptions) {
  const { openPostgresStore } = await import('./store/postgres.ts');
  try {
    return await openPostgresStore(url, options);
  } catch (fault) {
    throw new EngineError(`The database of DATABASE_URL cannot be used: ${reasonOf(fault)}. Start it, or correct DATABASE_URL.`, {
      cause: fault,
    });
  }
}

/** A connection that was refused on every address has no message of its own, only a code. */
function reasonOf(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unknown';
  if (fault.message !== '') return fault.message;
  return 'code' in fault ? String(fault.code) : fault.name;
}

async function chooseQueue(settings: Settings, { clock, trouble }: EngineHost): Promise<BotParts['queue']> {
  const { redisUrl: url, databaseUrl } = settings;
  const failed = (fault: unknown, lane: string): void => trouble(fault, `the queue of ${lane}`);
  const shared = databaseUrl === null ? {} : { lookEveryMs: LOOK_EVERY_MS };
  if (url === null) return (nextDue) => createLocalQueue(clock, nextDue, failed, shared);
  const { createBullmqQueue } = await import('./queue/bullmq.ts');
  const prefix = prefixOf(settings);
  return (nextDue) =>
    createBullmqQueue({ url, prefix, clock, nextDue, failed, warn: (sentence) => trouble(new EngineError(sentence), 'Redis') });
}

/** How replicas tell each other what they did: through Redis while it is well, else through PostgreSQL. */
async function chooseWire(settings: Settings, { clock, replica, trouble }: EngineHost, hub: NewsHub): Promise<RedisNews | null> {
  const { redisUrl: url } = settings;
  if (url === null) return null;
  const { openRedisNews } = await import('./queue/redis-news.ts');
  const warn = (sentence: string): void => trouble(new EngineError(sentence), 'Redis');
  return openRedisNews({ url, prefix: prefixOf(settings), clock, replica, hub, warn });
}

async function choosePace(settings: Settings, { clock }: EngineHost): Promise<SharedPace> {
  const { redisUrl: url } = settings;
  if (url === null) return { ...createPace(clock), close: () => undefined };
  const { openRedisPace } = await import('./queue/redis-pace.ts');
  return openRedisPace({ url, prefix: prefixOf(settings), clock });
}

/** Tells installations on one Redis apart. */
function prefixOf({ databaseUrl, dataDirectory }: Settings): string {
  return `allclear-${sha256Hex(databaseUrl === null ? resolve(dataDirectory) : databaseOf(databaseUrl)).slice(0, PREFIX_DIGITS)}`;
}

/** The board of the queues in Redis, at this path; null without Redis, where it is not even loaded. */
export async function openBoard(settings: Settings, path: string, failed: (fault: Error) => void) {
  if (settings.redisUrl === null) return null;
  const { openQueueBoard } = await import('./queue/board.ts');
  return openQueueBoard({ url: settings.redisUrl, prefix: prefixOf(settings), path, failed });
}

/** Which database it is, however somebody logs in to it. */
function databaseOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** The data directory for this process alone; replicas keep nothing there that another one may not touch. */
export function holdDataDirectory({ dataDirectory, databaseUrl }: Settings): DataLock {
  if (databaseUrl === null) return lockDataDirectory(dataDirectory);
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  return { held: true, release: () => undefined };
}
