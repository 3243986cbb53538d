import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunningBot } from '../../src/main.ts';
import { sessionCookie, signedIn } from '../contract/console-client.ts';
import { openTap, type Tap } from '../support/news-replicas.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { askRedis, noRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { askForEvents, watching } from '../support/watching.ts';
import { startCompanyBot } from './company-bot.ts';

const SLOW_MS_MAX = 60_000;
/** Far more than a notification takes, also on a busy machine. */
const SOON = { timeout: 5_000, interval: 20 };

let postgres: PostgresServer;
let redis: RedisServer;
// Where no PostgreSQL or no Redis can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null || noRedis() !== null)('what is done on one replica, seen on another', () => {
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  }, SLOW_MS_MAX);
  afterAll(async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
  });

  describe.each([['through Redis'], ['by notification of PostgreSQL']])('%s', (means) => {
    const isThroughRedis = means === 'through Redis';
    let directory: string;
    let tap: Tap;
    let one: RunningBot;
    let two: RunningBot;
    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'allclear-news-'));
      const database = await postgres.createDatabase();
      tap = await openTap({ database, redis: redis.url, prefix: 'allclear-*' });
      const start = (name: string): Promise<RunningBot> =>
        startCompanyBot({
          directory: mkdtempSync(join(directory, name)),
          configuration: (file) => file,
          variables: {
            DATABASE_URL: database,
            ALLCLEAR_SECRET: 'replicas-share-it-0123456789abcdef',
            ...(isThroughRedis ? { REDIS_URL: redis.url } : {}),
          },
          log: [],
        });
      [one, two] = await Promise.all([start('one'), start('two')]);
      if (isThroughRedis) await untilThroughRedis();
    }, SLOW_MS_MAX);
    afterAll(async () => {
      await Promise.all([one.stop(), two.stop(), tap.close()]);
      rmSync(directory, { recursive: true });
    }, SLOW_MS_MAX);

    /** Both are subscribed, and the first one has stopped using anything else. */
    const untilThroughRedis = () =>
      vi.waitFor(async () => {
        const channels = await askRedis(redis.url, (asking) => asking.pubsub('CHANNELS', 'allclear-*:news:ledger'));
        expect(await askRedis(redis.url, (asking) => asking.pubsub('NUMSUB', String(channels[0])))).toEqual([channels[0], 2]);
        tap.clear();
        await one.composed.chat.post({ key: `probe ${performance.now()}`, incident: 404, person: 'bo', text: 'anybody there?' });
        await vi.waitFor(() => expect(tap.published).toHaveLength(1));
        await tap.allNotified();
        expect(tap.notified).toEqual([]);
      }, SOON);
    /** News of this went the way of this run, and no other. */
    const expectOnlyThisWay = async (subject: string): Promise<void> => {
      await tap.allNotified();
      const said = (texts: readonly string[]): boolean => texts.some((text) => text.includes(subject));
      expect({ subject, published: said(tap.published), notified: said(tap.notified) }).toEqual({
        subject,
        published: isThroughRedis,
        notified: !isThroughRedis,
      });
    };
    const says = async (bot: RunningBot, person: string, words: string, incident: number | null = null): Promise<void> => {
      const heard = { platform: 'console', key: `${person} ${words}`, person, userName: person, incident };
      expect(await bot.composed.bot.hear({ ...heard, said: { kind: 'words', words } })).toMatchObject({ ok: true });
    };
    const watch = async (bot: RunningBot, query: string) =>
      watching(await askForEvents(bot.url, await sessionCookie(bot.url, 'ana'), query));
    const evaluate = (bot: RunningBot, known = ''): Promise<Response> =>
      fetch(`${bot.url}/ofrep/v1/evaluate/flags`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(known === '' ? {} : { 'if-none-match': known }) },
        body: JSON.stringify({ context: {} }),
      });

    it('a flip approved there is served to applications here, and open pages hear of it', { timeout: SLOW_MS_MAX }, async () => {
      const board = await watch(two, 'page=switches');
      const before = await evaluate(two);
      const tag = before.headers.get('etag') ?? 'none';
      expect(await before.json()).toMatchObject({ flags: [{ key: 'read-only', value: false }] });
      await says(one, 'bo', 'switch read-only on because the primary is losing writes');
      expect((await evaluate(two, tag)).status).toBe(304);
      await board.hears('switch-board');
      board.notices.length = 0;
      tap.clear();
      await says(one, 'ana', 'approve read-only');
      await expect.poll(async () => (await evaluate(two, tag)).status, SOON).toBe(200);
      const after = await evaluate(two, tag);
      expect(await after.json()).toMatchObject({ flags: [{ key: 'read-only', value: true, variant: 'on' }] });
      expect(after.headers.get('etag')).not.toBe(tag);
      expect((await evaluate(two, after.headers.get('etag') ?? '')).status).toBe(304);
      expect((await evaluate(one)).headers.get('etag')).toBe(after.headers.get('etag'));
      await board.hears('switch-board');
      await expectOnlyThisWay('switch/read-only');
      board.close();
    });

    it('an incident changed there is drawn anew here', { timeout: SLOW_MS_MAX }, async () => {
      await says(one, 'ana', 'sev1 Checkout is down');
      const ana = await signedIn(two.url, 'ana');
      await expect.poll(() => ana.page('/incidents/1'), SOON).toContain('Checkout is down');
      const [room, other] = await Promise.all([watch(two, 'page=room&incident=1'), watch(two, 'page=room&incident=2')]);
      tap.clear();
      await says(one, 'bo', 'update Card payments fail', 1);
      await room.hears('timeline');
      expect(await ana.page('/incidents/1')).toContain('Card payments fail');
      await one.composed.chat.post({ key: 'words', incident: 1, person: 'bo', text: 'anybody there?' });
      await room.hears('messages');
      expect(other.notices.flat()).not.toContain('timeline');
      await expectOnlyThisWay('incident/1');
      await expectOnlyThisWay('inc-1');
      room.close();
      other.close();
    });
  });
});
