import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/kit/clock.ts';
import { type OpenedPostgres, openPostgresStore } from '../../src/store/postgres.ts';
import type { News } from '../../src/store/postgres-news.ts';
import { commit, write } from '../support/commits.ts';
import { execute, noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { SOON } from '../support/soon.ts';

const SLOW_MS_MAX = 60_000;
type Heard = readonly string[] | string | null;

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('replicas on one PostgreSQL', () => {
  let server: PostgresServer;
  let url: string;
  let one: OpenedPostgres;
  let two: OpenedPostgres;
  let news: News;
  let heard: Heard[];
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
    news = two.news(systemClock);
    news.onCommit((streams) => heard.push(streams));
    await vi.waitFor(() => expect(heard).toEqual([null]), SOON);
    heard.length = 0;
  });
  afterEach(async () => {
    await news.close();
    await Promise.all([one.store.close(), two.store.close()]);
  });

  it('tell each other which streams moved on, and themselves nothing', async () => {
    await two.store.append([commit([write('mine/1', 0)])]);
    await one.store.append([commit([write('a/1', 0), write('b/1', 0)])]);
    await one.store.append([commit([write('c/1', 4)])]);
    await one.store.append([commit([write('d/1', 0)])]);
    await vi.waitFor(() => expect(heard).toEqual([['a/1', 'b/1'], ['d/1']]), SOON);
  });

  it('say "any" when there are too many to name', async () => {
    await one.store.append(Array.from({ length: 400 }, (_unused, index) => commit([write(`a-rather-long-name/${index}`, 0)])));
    await vi.waitFor(() => expect(heard).toEqual([null]), SOON);
  });

  it('find out by themselves when a notification was lost', async () => {
    await execute(url, `update ledger_head set position = 5`);
    await vi.waitFor(() => expect(heard).toEqual([null]), { timeout: 5_000 });
  });

  it('listen again after the connection was lost', async () => {
    await execute(url, `select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' or query like '%ledger_head'`);
    await vi.waitFor(() => expect(heard).toEqual([null]), { timeout: 5_000 });
    await one.store.append([commit([write('a/1', 0)])]);
    await vi.waitFor(() => expect(heard.at(-1)).toEqual(['a/1']), { timeout: 5_000 });
  });

  it('hear of every message of the console', async () => {
    const rooms: Heard[] = [];
    news.onMessage((room) => rooms.push(room));
    await one.database
      .insertInto('console_messages')
      .values({ key: 'k', room: 'incident-7', author: 'ana', at: 1, document: '{}', kind: 'say' })
      .execute();
    await vi.waitFor(() => expect(rooms).toEqual(['incident-7']), SOON);
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
