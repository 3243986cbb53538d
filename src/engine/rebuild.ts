import { domainOfStream } from '../domain/registry.ts';
import { ledgerEntries, refold } from './history.ts';
import type { Store, StreamWrite } from './store-port.ts';

/** Snapshots written in one transaction. */
const BATCH = 200;

/** Folds every stream of the ledger anew and writes its snapshot; answers how many there are and how many differed. */
export async function rebuild(store: Store): Promise<{ readonly streams: number; readonly changed: number }> {
  const names = new Set<string>();
  for await (const page of ledgerEntries(store)) for (const { stream } of page) names.add(stream);
  let changed = 0;
  const all = [...names];
  for (let from = 0; from < all.length; from += BATCH) {
    const batch = all.slice(from, from + BATCH);
    const heads = new Map((await store.streams({ streams: batch })).map((head) => [head.stream, head]));
    const writes = await Promise.all(batch.map((stream) => snapshotOf(store, stream)));
    changed += writes.filter((write) => heads.get(write.stream)?.state !== write.state).length;
    const verdicts = await store.append(writes.map((write) => ({ writes: [write], effects: [], inbox: null, settle: null, erase: [] })));
    if (verdicts.some(({ verdict }) => verdict !== 'committed'))
      throw new Error('somebody wrote to the ledger meanwhile; stop it and try again');
  }
  return { streams: all.length, changed };
}

async function snapshotOf(store: Store, stream: string): Promise<StreamWrite> {
  const domain = domainOfStream(stream);
  const { version, state } = await refold(store, stream);
  return { stream, expectedVersion: version, entries: [], state: JSON.stringify(state), fold: domain.fold, ...domain.summary(state) };
}
