import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { storeContract } from './store-contract.ts';
import type { StoreUnderTest } from './store-under-test.ts';

async function open(): Promise<StoreUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'allclear-store-'));
  const path = join(directory, 'ledger.db');
  let { store } = await openSqliteStore(path);
  return {
    get store() {
      return store;
    },
    async reopen() {
      await store.close();
      ({ store } = await openSqliteStore(path));
      return store;
    },
    async meddle(sql) {
      const database = new DatabaseSync(path);
      try {
        database.exec(sql);
      } finally {
        database.close();
      }
    },
    async close() {
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

storeContract('sqlite', open);
