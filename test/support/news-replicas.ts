import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, vi } from 'vitest';
import { type ConsolePlatform, createConsolePlatform } from '../../src/chat/console/platform.ts';
import { type Clock, systemClock } from '../../src/kit/clock.ts';
import { createNewsHub, type NewsHub } from '../../src/kit/news.ts';
import { openRedisNews, type RedisNews } from '../../src/queue/redis-news.ts';
import { type OpenedPostgres, openPostgresStore } from '../../src/store/postgres.ts';
import { commit, write } from './commits.ts';
import { execute } from './postgres.ts';
import { SOON } from './soon.ts';

/** Where replicas meet; without Redis they have the database alone. */
export interface MeetingPlace {
  readonly database: string;
  readonly redis: string | null;
  readonly prefix: string;
}
/** A replica as far as others hear of it: ledger, console, and what it heard. */
export interface NewsReplica extends OpenedPostgres {
  readonly hub: NewsHub;
  readonly wire: RedisNews | null;
  readonly chat: ConsolePlatform;
  /** Streams that others moved on, append by append; null for "any". */
  readonly heard: (readonly string[] | null)[];
  readonly rooms: (string | null)[];
  readonly warned: string[];
  /** Alarms that are set and have not rung. */
  alarms(): number;
  /** Moves a new stream on by one entry. */
  moveOn(stream: string): Promise<void>;
  close(): Promise<void>;
}

export async function openNewsReplica(name: string, { database, redis, prefix }: MeetingPlace): Promise<NewsReplica> {
  const { clock, alarms } = countingClock();
  const hub = createNewsHub(name);
  const heard: NewsReplica['heard'] = [];
  const rooms: NewsReplica['rooms'] = [];
  hub.onCommit((streams) => heard.push(streams));
  hub.onMessage((room) => rooms.push(room));
  const warned: string[] = [];
  const warn = (sentence: string): void => void warned.push(sentence);
  const wire = redis === null ? null : openRedisNews({ url: redis, prefix, clock, replica: name, hub, warn });
  const opened = await openPostgresStore(database, { broken: () => undefined, replica: name, wire });
  const endListening = opened.listen(hub, clock);
  const roomUrl = (incident: number): string => `http://127.0.0.1/incidents/${incident}`;
  return {
    ...opened,
    hub,
    wire,
    heard,
    rooms,
    warned,
    alarms,
    chat: createConsolePlatform({ database: opened.database, clock, roomUrl, tellOthers: opened.told }),
    async moveOn(stream) {
      expect(await opened.store.append([commit([write(stream, 0)])])).toMatchObject([{ verdict: 'committed' }]);
    },
    async close() {
      wire?.close();
      await endListening();
      await opened.store.close();
    },
  };
}

/** Resolves once all of them hear by every way there is, and have forgotten what they heard on the way there. */
export async function untilListening(replicas: readonly NewsReplica[]): Promise<void> {
  for (const { heard, rooms, wire } of replicas) {
    await vi.waitFor(() => {
      expect(heard.length).toBeGreaterThanOrEqual(wire === null ? 1 : 2);
      expect(wire?.isWell() ?? true).toBe(true);
    }, SOON);
    heard.length = 0;
    rooms.length = 0;
  }
}

/** The real clock, and how many alarms are set. */
function countingClock(): { readonly clock: Clock; alarms(): number } {
  const set = new Set<object>();
  return {
    clock: {
      ...systemClock,
      alarm(atMs, wake) {
        const alarm = {};
        set.add(alarm);
        const cancel = systemClock.alarm(atMs, () => {
          set.delete(alarm);
          wake();
        });
        return () => {
          set.delete(alarm);
          cancel();
        };
      },
    },
    alarms: () => set.size,
  };
}

/** Everything that replicas tell each other, and by which way. */
export interface Tap {
  readonly notified: string[];
  readonly published: string[];
  clear(): void;
  /** Resolves once everything that was notified before is in `notified`. */
  allNotified(): Promise<void>;
  close(): Promise<void>;
}

/** Listens beside the replicas, as a stranger would. `prefix` may be a pattern. */
export async function openTap({ database, redis, prefix }: MeetingPlace): Promise<Tap> {
  const notified: string[] = [];
  const published: string[] = [];
  const client = new pg.Client({ connectionString: database });
  client.on('error', () => undefined);
  let fenced = '';
  client.on('notification', ({ channel, payload = '' }) => {
    if (channel === 'fence') fenced = payload;
    else notified.push(payload);
  });
  await client.connect();
  await client.query('listen allclear_ledger; listen allclear_console; listen fence');
  const listener = redis === null ? null : new Redis(redis);
  listener?.on('error', () => undefined);
  listener?.on('pmessage', (_pattern, _channel, text) => published.push(text));
  await listener?.psubscribe(`${prefix}:news:*`);
  let fences = 0;
  return {
    notified,
    published,
    clear() {
      notified.length = 0;
      published.length = 0;
    },
    async allNotified() {
      fences += 1;
      const name = String(fences);
      // Notifications come in the order of the commits, whatever their channel.
      await execute(database, `notify fence, '${name}'`);
      await vi.waitFor(() => expect(fenced).toBe(name), SOON);
    },
    async close() {
      listener?.disconnect();
      await client.end();
    },
  };
}
