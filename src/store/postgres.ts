import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Lease, Store } from '../engine/store-port.ts';
import type { Clock } from '../kit/clock.ts';
import type { NewsHub, Wire } from '../kit/news.ts';
import { createHistory } from './history.ts';
import { createAnswers } from './postgres-answers.ts';
import { createPostgresAppend } from './postgres-append.ts';
import { createAudience } from './postgres-audience.ts';
import { type LEASES, openLease } from './postgres-lease.ts';
import { migratePostgres } from './postgres-migrate.ts';
import { listenForNews } from './postgres-news.ts';
import { createPostgresOutbox } from './postgres-outbox.ts';
import { BY_INDEX, openPool, prepared, QUIET } from './postgres-pool.ts';
import { tellByDatabase, tellByWire } from './postgres-telling.ts';
import { openWriter } from './postgres-write.ts';
import type { OpenedStore } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** Connections of one replica for everything but appending and delivering, which wait for nobody who reads. */
const CONNECTIONS_MAX = 4;
/** A claim of each lane at the same time. */
const DELIVERING_MAX = 4;

export interface PostgresOptions {
  /** Told of connections that were lost while nobody used them; a new one is made when it is needed. */
  readonly broken: (fault: Error) => void;
  /** This replica's own name among the others; any that no other has. */
  readonly replica: string;
  /** Opens it also while nobody answers there; `ready` says when somebody does. */
  readonly mayBeAway?: boolean;
  /** Where the other replicas are told while it is well; null or absent tells them by the database alone. */
  readonly wire?: Wire | null;
}
export interface OpenedPostgres extends OpenedStore {
  /** Resolves once the schema is this release's; rejects while that cannot be known. Asked again, it costs nothing after the first time. */
  ready(): Promise<void>;
  /** The server's wall clock. */
  now(): Promise<number>;
  /** Begins to listen to the other replicas, for `hub`; answers how to end it, which is done before the store is closed. */
  listen(hub: NewsHub, clock: Clock): () => Promise<void>;
  /** Something new is committed in this room of the console: the other replicas hear of it, if the database has not told them. */
  told(room: string): void;
  /** What only one replica may do. Released by whoever asked for it. */
  lease(name: keyof typeof LEASES): Lease;
}

/**
 * The scaled-out store: any number of replicas share one PostgreSQL (15 or newer). Everything that is awaited has a timeout.
 * A connection string with transaction pooling (PgBouncer) will not do: statements are prepared and locks belong to sessions.
 * Throws when the database cannot be reached or a migration fails.
 */
export async function openPostgresStore(url: string, options: PostgresOptions): Promise<OpenedPostgres> {
  const { broken, replica, mayBeAway = false, wire = null } = options;
  const ready = once(() => migratePostgres(url));
  await ready().catch((fault: unknown) => {
    if (!mayBeAway || !isUnreachable(fault)) throw fault;
  });
  const pool = openPool(url, { max: CONNECTIONS_MAX, ...(wire === null ? {} : QUIET) }, broken);
  const appending = openWriter(url, broken);
  const delivering = openPool(url, { max: DELIVERING_MAX, ...BY_INDEX }, broken);
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const promised = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: prepared(delivering) }) });
  const { append, end } = createPostgresAppend(appending, replica);
  const audience = createAudience();
  const telling = wire === null ? tellByDatabase(append, audience) : tellByWire(wire, { append, replica, pool, broken });
  const store: Store = {
    ...createHistory(database),
    answered: createAnswers(database),
    append: telling.append,
    outbox: createPostgresOutbox(promised),
    async close() {
      end();
      await Promise.all([database.destroy(), promised.destroy(), appending.end()]);
    },
  };
  return {
    store,
    database,
    unhurried: database,
    ready,
    now: () => serverTime(database),
    listen: (hub, clock) => listenForNews(url, { hub, audience, clock, broken }),
    told: telling.told,
    lease: (name) => openLease(url, name, broken),
  };
}

async function serverTime(database: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ now: number }>`select (extract(epoch from clock_timestamp()) * 1000)::int8 as now`.execute(database);
  return rows[0]?.now ?? Number.NaN;
}

/** Does it until it has worked once; those who ask meanwhile wait for the same attempt. */
function once(work: () => Promise<void>): () => Promise<void> {
  let attempt: Promise<void> | null = null;
  return () => {
    attempt ??= work().catch((fault: unknown) => {
      attempt = null;
      throw fault;
    });
    return attempt;
  };
}

/** Codes of the system and of PostgreSQL (https://www.postgresql.org/docs/current/errcodes-appendix.html) for a server that may come back. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  '53300',
  '57P01',
  '57P02',
  '57P03',
]);

function isUnreachable(fault: unknown): boolean {
  if (!(fault instanceof Error)) return false;
  if ('code' in fault && UNREACHABLE.has(String(fault.code))) return true;
  // The driver's own words for a server that does not answer have no code.
  return /timeout|terminated unexpectedly|ended unexpectedly/i.test(fault.message);
}
