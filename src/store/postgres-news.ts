import { Client } from 'pg';
import { z } from 'zod';
import type { Clock } from '../kit/clock.ts';
import { connectionLimits } from './postgres-pool.ts';

/** Asked this often how far the ledger is: a notification is a hint, and one may be lost with its connection. */
const POLL_MS = 1_000;
/** PostgreSQL refuses notifications of 8,000 bytes (https://www.postgresql.org/docs/current/sql-notify.html); a name and a position come on top. */
const STREAMS_BYTES_MAX = 7_500;
export const LEDGER_CHANNEL = 'allclear_ledger';
const CONSOLE_CHANNEL = 'allclear_console';

/** What other replicas did. */
export interface News {
  /** Streams that another replica moved on, or null when it may be any. Until the answered function is called. */
  onCommit(see: (streams: readonly string[] | null) => void): () => void;
  /** Rooms of the console where something is new, whoever put it there; null when it may be any. */
  onMessage(see: (room: string | null) => void): () => void;
  close(): Promise<void>;
}

const Payload = z.strictObject({ from: z.string(), position: z.int().nonnegative(), streams: z.array(z.string()).nullable() });
type Payload = z.infer<typeof Payload>;

/** The streams as a notification about an append tells of them; null when they are too many to name. */
export function toldStreams(streams: readonly string[]): string {
  const text = JSON.stringify(streams);
  return Buffer.byteLength(text) <= STREAMS_BYTES_MAX ? text : 'null';
}

/** Anybody with a login may notify: what is no text of ours may mean anything. */
function payloadOf(text: string): Payload {
  try {
    return Payload.parse(JSON.parse(text));
  } catch {
    return { from: '', position: 0, streams: null };
  }
}

/** Listens on a connection of its own, and makes a new one whenever it is lost. `replica` is our own name in notifications. */
export function listenForNews(url: string, replica: string, clock: Clock, broken: (fault: Error) => void): News {
  const commits = new Set<(streams: readonly string[] | null) => void>();
  const messages = new Set<(room: string | null) => void>();
  let client: Client | null = null;
  /** The newest position somebody told us of, and the one seen when last asked. */
  let known = 0;
  let asked = 0;
  let closed = false;
  let cancel = (): void => undefined;
  let turn: Promise<void> = Promise.resolve();

  const tell = <T>(to: Iterable<(news: T) => void>, news: T): void => {
    for (const see of to) see(news);
  };
  function heard(channel: string, text: string): void {
    if (channel === CONSOLE_CHANNEL) {
      tell(messages, text);
      return;
    }
    const { from, position, streams } = payloadOf(text);
    known = Math.max(known, position);
    if (from !== replica) tell(commits, streams);
  }
  async function connect(): Promise<Client> {
    const fresh = await listening(url, heard, broken);
    // Whatever was said while nobody listened is lost.
    tell(commits, null);
    tell(messages, null);
    return fresh;
  }
  async function poll(): Promise<void> {
    try {
      client ??= await connect();
      const { rows } = await client.query<{ position: number }>('select position::float8 as position from ledger_head');
      const position = rows[0]?.position ?? 0;
      // What was there a second ago has been told of by now, or never will be.
      if (asked > known) {
        known = asked;
        tell(commits, null);
      }
      asked = position;
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
  return {
    onCommit: (see) => subscribe(commits, see),
    onMessage: (see) => subscribe(messages, see),
    async close() {
      closed = true;
      cancel();
      await turn;
      cancel();
      await client?.end().catch(() => undefined);
    },
  };
}

async function listening(url: string, heard: (channel: string, text: string) => void, broken: (fault: Error) => void): Promise<Client> {
  const client = new Client({ connectionString: url, ...connectionLimits });
  // Losing it is noticed by the next question.
  client.on('error', broken);
  client.on('notification', ({ channel, payload }) => heard(channel, payload ?? ''));
  try {
    await client.connect();
    await client.query(`listen ${LEDGER_CHANNEL}; listen ${CONSOLE_CHANNEL}`);
    return client;
  } catch (fault) {
    await client.end().catch(() => undefined);
    throw fault;
  }
}

function subscribe<T>(to: Set<(news: T) => void>, see: (news: T) => void): () => void {
  // A function of its own, so that the same one may be called for twice.
  const own = (news: T): void => see(news);
  to.add(own);
  return () => void to.delete(own);
}
