import { isDeepStrictEqual } from 'node:util';
import { domainOfStream } from '../domain/registry.ts';
import { ledgerEntries, refold } from './history.ts';
import type { Store, StreamWrite } from './store-port.ts';

/** Snapshots written in one transaction. */
const BATCH = 200;

/** Folds every stream of the ledger anew and writes its snapshot; answers how many there are, and those whose snapshot said something else. */
export async function rebuild(store: Store): Promise<{ readonly streams: number; readonly changed: readonly string[] }> {
  const names = new Set<string>();
  for await (const page of ledgerEntries(store)) for (const { stream } of page) names.add(stream);
  const changed: string[] = [];
  const all = [...names];
  for (let from = 0; from < all.length; from += BATCH) {
    const batch = all.slice(from, from + BATCH);
    const heads = new Map((await store.streams({ streams: batch })).map((head) => [head.stream, head]));
    const writes = await Promise.all(batch.map((stream) => snapshotOf(store, stream)));
    for (const { stream, state } of writes) if (!saysTheSame(heads.get(stream)?.state, state)) changed.push(stream);
    const verdicts = await store.append(writes.map((write) => ({ writes: [write], effects: [], inbox: null, settle: null, erase: [] })));
    if (verdicts.some(({ verdict }) => verdict !== 'committed'))
      throw new Error('somebody wrote to the ledger meanwhile; stop it and try again');
  }
  return { streams: all.length, changed };
}

/** Fields may stand in another order: those of an event do after it was stored. */
function saysTheSame(snapshot: string | undefined, folded: string): boolean {
  return snapshot === folded || (snapshot !== undefined && isDeepStrictEqual(JSON.parse(snapshot), JSON.parse(folded)));
}

async function snapshotOf(store: Store, stream: string): Promise<StreamWrite> {
  const domain = domainOfStream(stream);
  const { version, state } = await refold(store, stream);
  return { stream, expectedVersion: version, entries: [], state: JSON.stringify(state), fold: domain.fold, ...domain.summary(state) };
}
