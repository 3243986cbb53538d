import { afterAll, beforeAll, describe } from 'vitest';
import { LISTENER } from '../../src/store/postgres-news.ts';
import { execute, noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { newsContract } from './news-contract.ts';

const SLOW_MS_MAX = 60_000;
const LISTENING = `from pg_stat_activity where datname = current_database() and application_name = '${LISTENER}'`;

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('replicas on one PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, SLOW_MS_MAX);
  afterAll(() => server.stop());

  newsContract('by notification', {
    place: async () => ({ database: await server.createDatabase(), redis: null, prefix: 'none' }),
    seen: ({ notified, published }) => ({ here: notified, elsewhere: published }),
    async say({ database }, text) {
      await execute(database, `select pg_notify('allclear_ledger', '${text}')`);
    },
    async cut({ database }) {
      await execute(database, `select pg_terminate_backend(pid) ${LISTENING}`);
    },
    listeners: async ({ database }) => (await execute(database, `select pid ${LISTENING}`)).length,
  });
});
