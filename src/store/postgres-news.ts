import { Client } from 'pg';
import type { Clock } from '../kit/clock.ts';
import type { NewsHub } from '../kit/news.ts';
import type { Audience } from './postgres-audience.ts';
import { connectionLimits } from './postgres-pool.ts';

/** Asked this often how far the ledger is: news are hints, however they come, and one may be lost with its connection. */
const POLL_MS = 1_000;
/** PostgreSQL refuses notifications of 8,000 bytes (https://www.postgresql.org/docs/current/sql-notify.html); a name and positions come on top. */
export const STREAMS_BYTES_MAX = 7_500;
export const LEDGER_CHANNEL = 'allclear_ledger';
export const CONSOLE_CHANNEL = 'allclear_console';
/** Where a replica says that it listens now; there is nothing in it. */
const ARRIVALS_CHANNEL = 'allclear_arrivals';
/** The name of connections that listen, by which replicas count each other. */
export const LISTENER = 'allclear news';

/** The streams as a notification about an append tells of them; null when they are too many to name. */
export function toldStreams(streams: readonly string[]): string {
  const text = JSON.stringify(streams);
  return Buffer.byteLength(text) <= STREAMS_BYTES_MAX ? text : 'null';
}

export interface Listening {
  /** Hears what is told. */
  readonly hub: NewsHub;
  /** Hears who else listens. */
  readonly audience: Audience;
  readonly clock: Clock;
  readonly broken: (fault: Error) => void;
}

/**
 * Listens to notifications on a connection of its own, makes a new one whenever it is lost, and asks how far the ledger is.
 * Answers how to end it.
 */
export function listenForNews(url: string, { hub, audience, clock, broken }: Listening): () => Promise<void> {
  let client: Client | null = null;
  let closed = false;
  let cancel = (): void => undefined;
  let turn: Promise<void> = Promise.resolve();
  audience.onUntold(hub.untold);

  async function connect(): Promise<Client> {
    const fresh = await connected(url, { hub, audience, broken });
    hub.missed();
    return fresh;
  }
  async function poll(): Promise<void> {
    try {
      client ??= await connect();
      hub.headIs(await askHead(client, audience));
    } catch (fault) {
      // Whoever comes now cannot be heard.
      audience.came();
      const lost = client;
      client = null;
      await lost?.end().catch(() => undefined);
      broken(fault instanceof Error ? fault : new Error(String(fault)));
    }
    if (!closed) cancel = clock.alarm(clock.now() + POLL_MS, begin);
  }
  function begin(): void {
    turn = poll();
  }
  begin();
  return async () => {
    closed = true;
    cancel();
    await turn;
    cancel();
    await client?.end().catch(() => undefined);
  };
}

/** How far the ledger is; and who else listens, as long as that may be somebody: who comes later says so. */
async function askHead(client: Client, audience: Audience): Promise<number> {
  const counted = audience.counting();
  const { rows } = await client.query<{ position: number; others: number }>(audience.mayListen() ? HEAD_AND_OTHERS : HEAD);
  const [{ position, others } = { position: 0, others: null }] = rows;
  if (typeof others === 'number') counted(others);
  return position;
}

const HEAD = 'select position::float8 as position from ledger_head';
/** Names of connections are for everybody to see, whoever made them. */
const HEAD_AND_OTHERS = `select position::float8 as position,
    (select count(*)::int4 from pg_stat_activity
      where datname = current_database() and application_name = '${LISTENER}' and pid <> pg_backend_pid()) as others
  from ledger_head`;

async function connected(url: string, { hub, audience, broken }: Omit<Listening, 'clock'>): Promise<Client> {
  const client = new Client({ connectionString: url, ...connectionLimits, application_name: LISTENER });
  // Losing it is noticed by the next question.
  client.on('error', broken);
  client.on('notification', ({ channel, payload = '' }) => {
    if (channel === ARRIVALS_CHANNEL) audience.came();
    else if (channel === CONSOLE_CHANNEL) hub.heardRoom(payload);
    else hub.heardAppend(payload);
  });
  try {
    await client.connect();
    // Those who are there already hear it, and tell of what they append from now on.
    await client.query(`listen ${LEDGER_CHANNEL}; listen ${CONSOLE_CHANNEL}; listen ${ARRIVALS_CHANNEL}; notify ${ARRIVALS_CHANNEL}`);
    return client;
  } catch (fault) {
    await client.end().catch(() => undefined);
    throw fault;
  }
}
