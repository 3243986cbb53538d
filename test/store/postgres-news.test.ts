import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/kit/clock.ts';
import { createNewsHub } from '../../src/kit/news.ts';
import { type OpenedPostgres, openPostgresStore } from '../../src/store/postgres.ts';
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
