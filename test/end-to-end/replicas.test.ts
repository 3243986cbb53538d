import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readSettings } from '../../src/config/environment.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { systemRandomness } from '../../src/kit/randomness.ts';
import { verify } from '../../src/ledger/verify.ts';
import { type RunningBot, startBot } from '../../src/main.ts';
import { sessionCookie } from '../contract/console-client.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { noRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { SOON } from '../support/soon.ts';

const SLOW_MS_MAX = 60_000;

// Where no PostgreSQL or no Redis can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null || noRedis() !== null)('two replicas of the whole bot', () => {
  let postgres: PostgresServer;
  let redis: RedisServer;
  let directory: string;
  let bots: RunningBot[];
  const logs: string[] = [];
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'allclear-replicas-'));
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    const database = await postgres.createDatabase();
    bots = await Promise.all(['one', 'two'].map((name) => startReplica(name, database)));
  }, SLOW_MS_MAX);
  afterAll(async () => {
    await Promise.all(bots.map((bot) => bot.stop()));
    await Promise.all([postgres.stop(), redis.stop()]);
    rmSync(directory, { recursive: true });
  }, SLOW_MS_MAX);

  async function startReplica(name: string, database: string): Promise<RunningBot> {
    const read = readSettings(
      {
        PORT: '0',
        ALLCLEAR_CONFIG: join(import.meta.dirname, 'company', 'allclear.yaml'),
        ALLCLEAR_DATA: join(directory, name),
        ALLCLEAR_SECRET: 'replicas-share-it-0123456789abcdef',
        DATABASE_URL: database,
        REDIS_URL: redis.url,
        LOG_LEVEL: 'error',
      },
      () => '',
    );
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const machine = { clock: systemClock, randomness: systemRandomness, variables: {}, readFile: () => '', isTerminal: false };
    const started = await startBot(read.settings, { ...machine, write: (line) => void logs.push(line) });
    if (!started.ok) throw new Error(started.problems.join('\n'));
    return started.running;
  }
  const say = (bot: RunningBot, person: string, words: string, incident: number | null = null, key = `${person} ${words}`) =>
    bot.composed.bot.hear({ platform: 'console', key, person, userName: person, incident, said: { kind: 'words', words } });

  it('say that they are ready', async () => {
    const answers = await Promise.all(bots.map(async ({ url }) => (await fetch(`${url}/readyz`)).json()));
    for (const answer of answers) expect(answer).toMatchObject({ status: 'ready', checks: { store: 'ok' } });
  });

  it('take any command in turn, and see at once what the other did', { timeout: SLOW_MS_MAX }, async () => {
    const [one, two] = bots as [RunningBot, RunningBot];
    const seen: number[] = [];
    two.composed.bot.onCommit(() => seen.push(systemClock.now()));
    expect(await say(one, 'ana', 'sev1 Checkout is down')).toMatchObject({ ok: true, incident: 1 });
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0), SOON);
    expect(await say(two, 'bo', 'note Card payments fail', 1)).toMatchObject({ ok: true });
    expect(await say(one, 'ana', 'note Rolling back', 1)).toMatchObject({ ok: true });
    await vi.waitFor(async () => {
      const views = await Promise.all(bots.map((bot) => bot.composed.bot.readings.incident(1)));
      expect(views[0]).not.toBeNull();
      expect(views[1]).toEqual(views[0]);
    }, SOON);
  });

  it('give a repeated delivery the first answer, whichever it reaches', async () => {
    const [one, two] = bots as [RunningBot, RunningBot];
    const first = await say(one, 'ana', 'sev2 Search is slow', null, 'delivery-1');
    expect(await say(two, 'ana', 'sev2 Search is slow', null, 'delivery-1')).toEqual(first);
  });

  it('show the same console room, and hear when the other puts something into it', async () => {
    const [one, two] = bots as [RunningBot, RunningBot];
    const changes: unknown[] = [];
    two.composed.chat.watch((change) => changes.push(change));
    await one.composed.chat.post({ key: 'k', incident: 1, person: 'ana', text: 'anybody there?' });
    await vi.waitFor(() => expect(changes).toContainEqual({ kind: 'messages', incident: 1 }), SOON);
    const rooms = await Promise.all(bots.map((bot) => bot.composed.chat.messages(1, 100)));
    expect(rooms[0]?.length).toBeGreaterThan(0);
    expect(rooms[1]).toEqual(rooms[0]);
  });

  it('owe everything once, keep it, and leave one chain behind', { timeout: SLOW_MS_MAX }, async () => {
    const { store } = (bots[0] as RunningBot).composed.bot;
    const now = systemClock.now();
    await vi.waitFor(
      async () => expect(await store.outbox.list({ states: ['pending', 'claimed'], dueBefore: now, limit: 10 })).toEqual([]),
      {
        timeout: 20_000,
      },
    );
    const entries = await store.entries({ after: 0, limit: 1_000 });
    expect(verify(entries).isSound).toBe(true);
    expect(entries.filter(({ type }) => type === 'incident.room-opened')).toHaveLength(2);
    expect(logs).toEqual([]);
  });

  it('show administrators the timers in Redis, only to look at, and nobody else', async () => {
    const { url } = bots[0] as RunningBot;
    const get = (path: string, cookie = '') => fetch(`${url}/admin/queues${path}`, { redirect: 'manual', headers: { cookie } });
    const stranger = await get('');
    expect([stranger.status, stranger.headers.get('location')]).toEqual([303, '/sign-in?next=%2Fadmin%2Fqueues']);
    expect((await get('/api/queues')).status).toBe(303);
    const bo = await sessionCookie(url, 'bo');
    expect([(await get('', bo)).status, (await get('/api/queues', bo)).status]).toEqual([403, 403]);
    const ana = await sessionCookie(url, 'ana');
    const page = await (await get('', ana)).text();
    const script = /static\/js\/main\.\w+\.js/.exec(page)?.[0] ?? 'no script';
    expect((await get(`/${script}`, ana)).status).toBe(200);
    const { queues } = (await (await get('/api/queues', ana)).json()) as { queues: { name: string; counts: Record<string, number> }[] };
    expect(queues).toMatchObject([{ name: 'looks', readOnlyMode: true }]);
    expect(queues[0]?.counts['delayed']).toBeGreaterThan(0);
    const headers = { cookie: ana, origin: url };
    expect((await fetch(`${url}/admin/queues/api/queues/looks/pause`, { method: 'PUT', headers })).status).toBe(405);
  });

  it('let one of them sign checkpoints, and the next when that one stops', { timeout: SLOW_MS_MAX }, async () => {
    const [one, two] = bots as [RunningBot, RunningBot];
    const signed = [await one.composed.checkpointer.sign(), await two.composed.checkpointer.sign()];
    expect(signed).toEqual([{ signed: expect.objectContaining({ origin: 'allclear' }) }, null]);
    await one.stop();
    bots = [two];
    expect(await two.composed.checkpointer.sign()).toMatchObject({ signed: { origin: 'allclear' } });
  });
});
