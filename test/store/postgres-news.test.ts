import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/kit/clock.ts';
import { createNewsHub } from '../../src/kit/news.ts';
import { type OpenedPostgres, openPostgresStore } from '../../src/store/postgres.ts';
import { LISTENER } from '../../src/store/postgres-news.ts';
import { type MeetingPlace, type NewsReplica, openNewsReplica, openTap, type Tap, untilListening } from '../support/news-replicas.ts';
import { execute, noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { SOON } from '../support/soon.ts';

const SLOW_MS_MAX = 60_000;

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('replicas on one PostgreSQL', () => {
  let server: PostgresServer;
  let url: string;
  let one: OpenedPostgres;
  let two: OpenedPostgres;
  let heard: (readonly string[] | null)[];
  let endListening: () => Promise<void>;
  beforeAll(async () => {
    server = await startPostgres();
  }, SLOW_MS_MAX);
  afterAll(() => server.stop());
  beforeEach(async () => {
    url = await server.createDatabase();
    const broken = (): void => undefined;
    one = await openPostgresStore(url, { broken, replica: 'one' });
    two = await openPostgresStore(url, { broken, replica: 'two' });
    heard = [];
    const hub = createNewsHub('two');
    hub.onCommit((streams) => heard.push(streams));
    endListening = two.listen(hub, systemClock);
    await vi.waitFor(() => expect(heard).toEqual([null]), SOON);
    heard.length = 0;
  });
  afterEach(async () => {
    await endListening();
    await Promise.all([one.store.close(), two.store.close()]);
  });

  it('find out by themselves when a notification was lost', async () => {
    await execute(url, `update ledger_head set position = 5`);
    await vi.waitFor(() => expect(heard).toEqual([null]), { timeout: 5_000 });
  });

  it('let one of them hold a lease until it gives it up or loses its connection', async () => {
    const [mine, other] = [one.lease('checkpoints'), two.lease('checkpoints')];
    expect(await mine.held()).toBe(true);
    expect([await other.held(), await mine.held(), await two.lease('slack').held()]).toEqual([false, true, true]);
    await execute(url, `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'`);
    expect(await other.held()).toBe(true);
    expect(await mine.held()).toBe(false);
    await other.release();
    expect(await mine.held()).toBe(true);
    await mine.release();
  });
});

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('a replica on PostgreSQL that nobody else listens to', () => {
  let server: PostgresServer;
  let place: MeetingPlace;
  let one: NewsReplica;
  let tap: Tap;
  let streams = 0;
  beforeAll(async () => {
    server = await startPostgres();
  }, SLOW_MS_MAX);
  afterAll(() => server.stop());
  beforeEach(async () => {
    place = { database: await server.createDatabase(), redis: null, prefix: 'none' };
    [one, tap] = await Promise.all([openNewsReplica('one', place), openTap(place)]);
    await untilListening([one]);
  });
  afterEach(() => Promise.all([one.close(), tap.close()]));

  /** Appends until one of them is told of, or none is. */
  async function untilTold(isTold: boolean): Promise<void> {
    await vi.waitFor(async () => {
      tap.clear();
      streams += 1;
      await one.moveOn(`a/${streams}`);
      await tap.allNotified();
      expect(tap.notified.length > 0).toBe(isTold);
    }, SOON);
  }

  it('tells nobody, until somebody comes, and again when they are gone', { timeout: SLOW_MS_MAX }, async () => {
    await untilTold(false);
    const two = await openNewsReplica('two', place);
    await untilListening([two]);
    await untilTold(true);
    await one.moveOn('heard/1');
    await vi.waitFor(() => expect(two.heard).toContainEqual(['heard/1']), SOON);
    await two.close();
    await untilTold(false);
  });

  it('takes nothing of its own for news, however often it asks how far the ledger is', { timeout: SLOW_MS_MAX }, async () => {
    await untilTold(false);
    const asked = vi.spyOn(one.hub, 'headIs');
    await vi.waitFor(
      async () => {
        streams += 1;
        await one.moveOn(`a/${streams}`);
        expect(asked.mock.calls.length).toBeGreaterThan(2);
      },
      { timeout: SLOW_MS_MAX, interval: 50 },
    );
    expect(one.heard).toEqual([]);
  });

  it('tells while it cannot hear whether somebody comes', { timeout: SLOW_MS_MAX }, async () => {
    await untilTold(false);
    const elsewhere = await server.createDatabase();
    await execute(elsewhere, `alter database ${new URL(place.database).pathname.slice(1)} allow_connections false`);
    await execute(elsewhere, `select pg_terminate_backend(pid) from pg_stat_activity where application_name = '${LISTENER}'`);
    tap.clear();
    await vi.waitFor(async () => {
      streams += 1;
      await one.moveOn(`a/${streams}`);
      expect(tap.notified).not.toEqual([]);
    }, SOON);
  });

  it('is counted by replicas that connect as somebody else', async () => {
    const stranger = new pg.Client({ connectionString: place.database });
    await stranger.connect();
    await stranger.query('begin; create role allclear_stranger; set role allclear_stranger');
    const { rows } = await stranger.query(
      `select from pg_stat_activity where application_name = '${LISTENER}' and datname = current_database()`,
    );
    await stranger.end();
    expect(rows).toHaveLength(1);
  });
});
