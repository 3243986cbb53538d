import type { Store } from '../../src/engine/store-port.ts';

export interface StoreUnderTest {
  readonly store: Store;
  /** The same data opened once more, as after a restart. */
  reopen(): Promise<Store>;
  /** Runs a statement as a database administrator would; rejects when the database refuses. */
  meddle(sql: string): Promise<void>;
  close(): Promise<void>;
}
