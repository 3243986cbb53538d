import type { Store } from '../../src/engine/store-port.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import { startVerification } from '../../src/ledger/verify.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';

/** The ledger as an auditor reads it, on connections of its own each time: the server may have been away. */
export interface LedgerReader {
  /** Those after a position. */
  entries(after: number): Promise<readonly Entry[]>;
  /** Reads all of it; answers the position of the last entry. Throws when the chain is broken. */
  verified(): Promise<number>;
}

const PAGE_ENTRIES = 1_000;

export function createReader(database: string): LedgerReader {
  async function read(after: number, take: (entry: Entry) => void): Promise<void> {
    const { store } = await openPostgresStore(database, { broken: () => undefined, replica: 'auditor' });
    try {
      await readAll(store, after, take);
    } finally {
      await store.close();
    }
  }
  return {
    async entries(after) {
      const entries: Entry[] = [];
      await read(after, (entry) => void entries.push(entry));
      return entries;
    },
    async verified() {
      const verification = startVerification();
      await read(0, verification.add);
      const { faults, head } = verification.finish();
      const [broken] = faults;
      if (broken !== undefined) throw new Error(`the chain is broken at entry ${broken.position}: ${broken.explanation}`);
      return head.position;
    },
  };
}

/** Incidents that were another one: declared twice by words whose answer was lost. */
export function mergedIn(entries: readonly Entry[]): ReadonlySet<number | null> {
  return new Set(entries.filter(({ type }) => type === 'incident.merged' || type === 'incident.canceled').map(({ incident }) => incident));
}

async function readAll(store: Store, after: number, take: (entry: Entry) => void): Promise<void> {
  let last = after;
  for (;;) {
    const page = await store.entries({ after: last, limit: PAGE_ENTRIES });
    for (const entry of page) take(entry);
    if (page.length < PAGE_ENTRIES) return;
    last = page.at(-1)?.position ?? last;
  }
}
