import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepSubscribed } from '../../src/queue/redis-subscription.ts';
import { createPostgresAppend } from '../../src/store/postgres-append.ts';
import { openWriter } from '../../src/store/postgres-write.ts';
import { commit, write } from '../support/commits.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { type MeetingPlace, type NewsReplica, openNewsReplica, openTap, type Tap, untilListening } from '../support/news-replicas.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { askRedis, noRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { SOON } from '../support/soon.ts';
import { newsContract } from './news-contract.ts';

const SLOW_MS_MAX = 60_000;
/** What the loss of a message may cost: two turns of the poll, and a busy test machine. */
const POLLED = { timeout: 5_000, interval: 20 };
let postgres: PostgresServer;
let redis: RedisServer;
let places = 0;
const newPlace = async (): Promise<MeetingPlace> => {
  places += 1;
  return { database: await postgres.createDatabase(), redis: redis.url, prefix: `news-${process.pid}-${places}` };
};

// Where no PostgreSQL or no Redis can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null || noRedis() !== null)('replicas on one PostgreSQL and one Redis', () => {
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  }, SLOW_MS_MAX);
  afterAll(() => Promise.all([postgres.stop(), redis.stop()]));

  newsContract('through Redis', {
    place: newPlace,
    seen: ({ notified, published }) => ({ here: published, elsewhere: notified }),
    async say({ prefix }, text) {
      await askRedis(redis.url, (asking) => asking.publish(`${prefix}:news:ledger`, text));
    },
    // All that subscribe to a channel by its name, on a server where nobody else does.
    async cut() {
      const subscribed = (await clients()).filter((line) => / sub=[1-9]/.test(line));
      const ids = subscribed.map((line) => /^id=(\d+)/.exec(line)?.[1] ?? '0');
      await askRedis(redis.url, (asking) => Promise.all(ids.map((id) => asking.client('KILL', 'ID', id))));
    },
    async listeners({ prefix }) {
      const [, count] = await askRedis(redis.url, (asking) => asking.pubsub('NUMSUB', `${prefix}:news:ledger`));
      return Number(count);
    },
  });

  describe('when Redis fails', () => {
    let place: MeetingPlace;
    let one: NewsReplica;
    let two: NewsReplica;
    let tap: Tap;
    let streams = 0;
    beforeEach(async () => {
      place = await newPlace();
      [one, two, tap] = await Promise.all([openNewsReplica('one', place), openNewsReplica('two', place), openTap(place)]);
      await untilListening([one, two]);
    }, SLOW_MS_MAX);
    afterEach(() => Promise.all([one.close(), two.close(), tap.close()]));

    /** Appends some streams and a message at the first replica, and waits until the second one has heard of each. */
    async function expectHeard(count: number): Promise<void> {
      const moved = Array.from({ length: count }, () => `fault/${++streams}`);
      for (const stream of moved) await one.moveOn(stream);
      const incident = ++streams;
      await one.chat.post({ key: `${incident}`, incident, person: 'ana', text: 'hello' });
      await vi.waitFor(() => {
        expect(moved.filter((stream) => !two.heard.some((heard) => heard?.includes(stream)))).toEqual([]);
        expect(two.rooms).toContain(`inc-${incident}`);
      }, POLLED);
    }
    /** Redis is used, and the database is not told anything. */
    const expectThroughRedis = () =>
      // A Redis that did not answer for a moment on a busy machine is gone round.
      vi.waitFor(async () => {
        await vi.waitFor(() => expect([one.wire?.isWell(), two.wire?.isWell()]).toEqual([true, true]), SOON);
        tap.clear();
        await expectHeard(3);
        expect(tap.published).toHaveLength(4);
        await tap.allNotified();
        expect(tap.notified).toEqual([]);
      }, SOON);

    it('killed: news go on by notification, and through Redis again once it is back', { timeout: SLOW_MS_MAX }, async (context) => {
      const { own } = redis;
      if (own === null) return context.skip('the server of REDIS_URL is not ours to kill');
      await expectThroughRedis();
      await own.crash();
      try {
        tap.clear();
        await expectHeard(20);
        expect(tap.published).toEqual([]);
        expect(tap.notified.length).toBeGreaterThanOrEqual(21);
        two.heard.length = 0;
      } finally {
        await own.start();
      }
      // What was said before somebody listened again is lost.
      await vi.waitFor(() => expect(two.heard).toContain(null), SOON);
      await expectThroughRedis();
    });

    it('frozen: no commit waits for it, news come all the same, and it is used again', { timeout: SLOW_MS_MAX }, async (context) => {
      const { own } = redis;
      if (own === null) return context.skip('the server of REDIS_URL is not ours to freeze');
      await expectThroughRedis();
      own.freeze();
      try {
        tap.clear();
        const since = performance.now();
        for (let count = 0; count < 50; count += 1) await one.moveOn(`frozen/${count}`);
        const tookMs = performance.now() - since;
        expect(tookMs).toBeLessThan(2_000);
        // What was on its way when it froze is told again, by name.
        const missing = () => Array.from({ length: 50 }, (_unused, count) => `frozen/${count}`).filter((stream) => !named().has(stream));
        const named = () => new Set(two.heard.flatMap((heard) => heard ?? []));
        await vi.waitFor(() => expect(missing()).toEqual([]), POLLED);
        expect(one.wire?.isWell()).toBe(false);
        await expectHeard(3);
        expect(tap.published).toEqual([]);
        const closing = performance.now();
        const three = await openNewsReplica('three', place);
        await three.close();
        expect(performance.now() - closing).toBeLessThan(2_000);
      } finally {
        own.thaw();
      }
      await expectThroughRedis();
    });

    it('begins without it: news go by notification until it is there', { timeout: SLOW_MS_MAX }, async (context) => {
      const { own } = redis;
      if (own === null) return context.skip('the server of REDIS_URL is not ours to stop');
      await own.crash();
      const late = await openNewsReplica('late', place);
      try {
        await vi.waitFor(() => expect(late.heard).toEqual([null]), SOON);
        await late.moveOn('late/1');
        await vi.waitFor(() => expect(two.heard).toContainEqual(['late/1']), POLLED);
      } finally {
        await own.start();
      }
      await vi.waitFor(() => expect(late.wire?.isWell()).toBe(true), SOON);
      await expectThroughRedis();
      await late.close();
    });

    it('says nothing where somebody listens: that connection is replaced', { timeout: SLOW_MS_MAX }, async (context) => {
      const { own } = redis;
      if (own === null) return context.skip('the server of REDIS_URL is not ours to freeze');
      const clock = fakeClock(0);
      const impatient = { commandTimeout: 200, disconnectTimeout: 100, maxRetriesPerRequest: 0, autoResubscribe: false };
      const listening = new Redis(redis.url, { ...impatient, enableOfflineQueue: false, retryStrategy: () => 20 });
      listening.on('error', () => undefined);
      let lost = 0;
      const again = (): void => {
        lost += 1;
      };
      const subscription = keepSubscribed({ redis: listening, channels: [place.prefix], clock, again, refused: again });
      await vi.waitFor(() => expect([subscription.stands(), lost]).toEqual([true, 1]), SOON);
      await clock.advance(60_000, () => vi.waitFor(() => expect(subscription.stands()).toBe(true)));
      expect(lost).toBe(1);
      own.freeze();
      try {
        // Again, in case it was just asked and answered.
        await vi.waitFor(async () => {
          await clock.advance(5_000, async () => undefined);
          expect(subscription.stands()).toBe(false);
        }, SOON);
      } finally {
        own.thaw();
      }
      await vi.waitFor(() => expect([subscription.stands(), lost]).toEqual([true, 2]), SOON);
      subscription.stop();
      expect(subscription.stands()).toBe(false);
      listening.disconnect();
    });

    it('forbids its channels: that is told once, and news go by notification', { timeout: SLOW_MS_MAX }, async () => {
      await askRedis(redis.url, (asking) => asking.call('ACL', 'SETUSER', 'deaf', 'on', 'nopass', '+@all', '~*', 'resetchannels'));
      const its = new URL(redis.url);
      [its.username, its.password] = ['deaf', 'any'];
      const deaf = await openNewsReplica('deaf', { ...place, redis: its.href });
      await vi.waitFor(() => expect(deaf.warned).toHaveLength(1), SOON);
      expect(deaf.warned[0]).toContain(`${place.prefix}:news:*`);
      await deaf.moveOn('deaf/1');
      await vi.waitFor(() => expect(two.heard).toContainEqual(['deaf/1']), POLLED);
      expect(tap.published).toEqual([]);
      await deaf.close();
    });

    it('loses a message: that anything may have moved is known two seconds later, also when the next one is heard', {
      timeout: SLOW_MS_MAX,
    }, async () => {
      const pool = openWriter(place.database, () => undefined);
      // As a replica that dies after its commit: nobody is told.
      const dying = createPostgresAppend(pool, 'dying');
      await dying.append([commit([write('lost/1', 0)])], false);
      dying.end();
      await pool.end();
      await one.moveOn('told/1');
      await vi.waitFor(() => expect(two.heard).toContain(null), POLLED);
      expect(two.heard[0]).toEqual(['told/1']);
      two.heard.length = 0;
      await expectHeard(2);
      expect(two.heard).not.toContain(null);
    });

    it('is shared: installations hear nothing of each other', { timeout: SLOW_MS_MAX }, async () => {
      const stranger = await openNewsReplica('stranger', await newPlace());
      await untilListening([stranger]);
      await expectHeard(3);
      expect([stranger.heard, stranger.rooms]).toEqual([[], []]);
      await stranger.close();
    });
  });
});

const clients = async (): Promise<readonly string[]> => String(await askRedis(redis.url, (asking) => asking.client('LIST'))).split('\n');
