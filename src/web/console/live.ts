import type { FastifyReply } from 'fastify';
import { SECOND_MS } from '../../kit/duration.ts';
import type { Entry } from '../../ledger/entry.ts';
import type { ChatChange, ConsoleOptions } from './options.ts';

/** Open pages; each holds a connection, and the server must have some left for webhooks. */
export const VIEWERS_MAX = 300;
/** Changes within this time are told together: a declare alone makes a dozen. */
const COALESCE_MS = 80;
/** Keeps proxies from closing a quiet connection; most do after 60 seconds. */
const HEARTBEAT_MS = 25 * SECOND_MS;
/** How long a browser waits before it connects again. */
const RECONNECT_MS = 2 * SECOND_MS;
/** Entries looked at for one notice; with more than these behind, everything is simply drawn anew. */
const ENTRIES_MAX = 500;

/** Notices are some bytes each; a browser with this much unread is asleep. */
const UNREAD_BYTES_MAX = 64 * 1024;

/** What a page shows: pieces of it are drawn anew when one of these changes. */
export type Topic = 'incident' | 'page' | 'run' | 'switch' | 'schedule' | 'followup' | 'messages' | 'card' | 'inbox' | 'everything';
export interface Change {
  readonly topic: Topic;
  /** The incident it is about; null when it concerns none or all. */
  readonly incident: number | null;
  readonly person: string | null;
}
interface Watcher {
  readonly reply: FastifyReply;
  /** Names of the pieces of its page that a change makes stale. */
  readonly stale: (change: Change) => readonly string[];
}

export interface Live {
  /** Sends a page's stale pieces as server-sent events until it goes away. False when too many are open. */
  join(watcher: Watcher): Promise<boolean>;
  stop(): void;
}

/** Tells open pages which of their pieces changed, never what: each fetches that with its own eyes. */
export function createLive({ chat, ledger, onCommit, clock }: Pick<ConsoleOptions, 'chat' | 'ledger' | 'onCommit' | 'clock'>): Live {
  const watchers = new Set<Watcher>();
  let changes: Change[] = [];
  let position: number | null = null;
  let cancelFlush: (() => void) | null = null;
  let cancelHeartbeat = (): void => undefined;

  const unhooks = [onCommit(soon), chat.watch((change) => noteChat(change)) ?? ((): void => undefined)];

  function noteChat(change: ChatChange): void {
    const incident = 'incident' in change ? change.incident : null;
    changes.push({ topic: change.kind, incident, person: 'person' in change ? change.person : null });
    soon();
  }
  function leave(watcher: Watcher): void {
    watchers.delete(watcher);
    if (watchers.size === 0) position = null;
  }
  function soon(): void {
    if (watchers.size === 0) return;
    cancelFlush ??= clock.alarm(clock.now() + COALESCE_MS, () => void flush());
  }
  async function flush(): Promise<void> {
    cancelFlush = null;
    const told = [...changes, ...(await committed())];
    changes = [];
    for (const watcher of watchers) tell(watcher, told);
  }
  /** What the ledger got since the last look. A store that cannot be read now is looked at again with the next change. */
  async function committed(): Promise<readonly Change[]> {
    try {
      const after = position ?? (await ledger.head()).position;
      const entries = position === null ? [] : await ledger.entries({ after, limit: ENTRIES_MAX });
      position = entries.at(-1)?.position ?? after;
      return entries.length === ENTRIES_MAX ? [EVERYTHING] : entries.map(changeOf);
    } catch {
      return [EVERYTHING];
    }
  }
  function beat(): void {
    for (const { reply } of watchers) reply.raw.write(': still here\n\n');
    if (watchers.size > 0) cancelHeartbeat = clock.alarm(clock.now() + HEARTBEAT_MS, beat);
  }
  return {
    async join(watcher) {
      if (watchers.size >= VIEWERS_MAX) return false;
      watchers.add(watcher);
      watcher.reply.raw.on('close', () => leave(watcher));
      // The place to go on from is known before the page hears that it is connected and draws itself anew: nothing lies between.
      if (position === null) await committed();
      open(watcher.reply);
      if (watchers.size === 1) {
        cancelHeartbeat();
        cancelHeartbeat = clock.alarm(clock.now() + HEARTBEAT_MS, beat);
      }
      return true;
    },
    stop() {
      for (const unhook of unhooks) unhook();
      cancelFlush?.();
      cancelHeartbeat();
      for (const { reply } of watchers) reply.raw.end();
      watchers.clear();
    },
  };
}

const EVERYTHING: Change = { topic: 'everything', incident: null, person: null };

function open(reply: FastifyReply): void {
  reply.hijack();
  const headers = Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
  reply.raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  reply.raw.write(`retry: ${RECONNECT_MS}\nevent: open\ndata: {}\n\n`);
}

function tell({ reply, stale }: Watcher, changes: readonly Change[]): void {
  const pieces = [...new Set(changes.flatMap(stale))];
  // Who does not read is cut off, and draws everything anew when it is back.
  if (reply.raw.writableLength > UNREAD_BYTES_MAX) reply.raw.destroy();
  else if (pieces.length > 0) reply.raw.write(`event: changed\ndata: ${JSON.stringify(pieces)}\n\n`);
}

const TOPICS: readonly Topic[] = ['incident', 'page', 'run', 'switch', 'schedule', 'followup'];

function changeOf({ stream, incident }: Entry): Change {
  const kind = stream.slice(0, stream.indexOf('/'));
  const topic = TOPICS.find((known) => known === kind);
  return topic === undefined ? { topic: 'incident', incident, person: null } : { topic, incident, person: null };
}
