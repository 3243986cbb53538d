import { Kysely, PostgresDialect } from 'kysely';
import type { Store } from '../engine/store-port.ts';
import type { Clock } from '../kit/clock.ts';
import { createHistory } from './history.ts';
import { createAnswers } from './postgres-answers.ts';
import { createPostgresAppend } from './postgres-append.ts';
import { type LEASES, type Lease, openLease } from './postgres-lease.ts';
import { migratePostgres } from './postgres-migrate.ts';
import { listenForNews, type News } from './postgres-news.ts';
import { createPostgresOutbox } from './postgres-outbox.ts';
import { openPool } from './postgres-pool.ts';
import type { OpenedStore } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** Connections of one replica for everything but appending, which has one of its own. */
const CONNECTIONS_MAX = 8;

export interface PostgresOptions {
  /** Told of connections that were lost while nobody used them; a new one is made when it is needed. */
  readonly broken: (fault: Error) => void;
  /** This replica's own name among the others; any that no other has. */
  readonly replica: string;
}
export interface OpenedPostgres extends OpenedStore {
  /** Begins to listen to the other replicas. Closed by whoever asked for it, before the store. */
  news(clock: Clock): News;
  /** What only one replica may do. Released by whoever asked for it. */
  lease(name: keyof typeof LEASES): Lease;
}

/**
 * The scaled-out store: any number of replicas share one PostgreSQL (15 or newer). Everything that is awaited has a timeout.
 * A connection string with transaction pooling (PgBouncer) will not do: statements are prepared and locks belong to sessions.
 * Throws when the database cannot be reached or a migration fails.
 */
export async function openPostgresStore(url: string, { broken, replica }: PostgresOptions): Promise<OpenedPostgres> {
  await migratePostgres(url);
  const pool = openPool(url, { max: CONNECTIONS_MAX }, broken);
  const appending = openPool(url, { max: 1, pipeline: true }, broken);
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const store: Store = {
    ...createHistory(database),
    answered: createAnswers(database),
    append: createPostgresAppend(appending, replica),
    outbox: createPostgresOutbox(database),
    async close() {
      await Promise.all([database.destroy(), appending.end()]);
    },
  };
  return {
    store,
    database,
    unhurried: database,
    news: (clock) => listenForNews(url, replica, clock, broken),
    lease: (name) => openLease(url, name, broken),
  };
}
