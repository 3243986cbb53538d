import { afterAll, beforeAll, describe } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { execute, noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { storeContract } from './store-contract.ts';
import type { StoreUnderTest } from './store-under-test.ts';

const START_MS_MAX = 60_000;

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, START_MS_MAX);
  afterAll(() => server.stop());

  storeContract('postgres', async (): Promise<StoreUnderTest> => {
    const url = await server.createDatabase();
    const opened = async () => (await openPostgresStore(url, { broken: () => undefined, replica: 'test' })).store;
    let store = await opened();
    return {
      get store() {
        return store;
      },
      async reopen() {
        await store.close();
        store = await opened();
        return store;
      },
      async meddle(sql) {
        await execute(url, sql);
      },
      close: () => store.close(),
    };
  });
});
