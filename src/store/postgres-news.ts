import { Client } from 'pg';
import type { Clock } from '../kit/clock.ts';
import type { NewsHub } from '../kit/news.ts';
import { connectionLimits } from './postgres-pool.ts';

/** Asked this often how far the ledger is: news are hints, however they come, and one may be lost with its connection. */
const POLL_MS = 1_000;
/** PostgreSQL refuses notifications of 8,000 bytes (https://www.postgresql.org/docs/current/sql-notify.html); a name and positions come on top. */
export const STREAMS_BYTES_MAX = 7_500;
export const LEDGER_CHANNEL = 'allclear_ledger';
export const CONSOLE_CHANNEL = 'allclear_console';

/** The streams as a notification about an append tells of them; null when they are too many to name. */
export function toldStreams(streams: readonly string[]): string {
  const text = JSON.stringify(streams);
  return Buffer.byteLength(text) <= STREAMS_BYTES_MAX ? text : 'null';
}

/**
 * Listens to notifications on a connection of its own, makes a new one whenever it is lost, and asks how far the ledger is.
 * Everything it learns goes to `hub`. Answers how to end it.
 */
export function listenForNews(url: string, hub: NewsHub, clock: Clock, broken: (fault: Error) => void): () => Promise<void> {
  let client: Client | null = null;
  let closed = false;
  let cancel = (): void => undefined;
  let turn: Promise<void> = Promise.resolve();

  async function connect(): Promise<Client> {
    const fresh = await listening(url, hub, broken);
    hub.missed();
    return fresh;
  }
  async function poll(): Promise<void> {
    try {
      client ??= await connect();
      const { rows } = await client.query<{ position: number }>('select position::float8 as position from ledger_head');
      hub.headIs(rows[0]?.position ?? 0);
    } catch (fault) {
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

async function listening(url: string, hub: NewsHub, broken: (fault: Error) => void): Promise<Client> {
  const client = new Client({ connectionString: url, ...connectionLimits });
  // Losing it is noticed by the next question.
  client.on('error', broken);
  client.on('notification', ({ channel, payload = '' }) => {
    if (channel === CONSOLE_CHANNEL) hub.heardRoom(payload);
    else hub.heardAppend(payload);
  });
  try {
    await client.connect();
    await client.query(`listen ${LEDGER_CHANNEL}; listen ${CONSOLE_CHANNEL}`);
    return client;
  } catch (fault) {
    await client.end().catch(() => undefined);
    throw fault;
  }
}
