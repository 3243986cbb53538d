import type { Actor, Recorded } from '../domain/kernel.ts';
import { events as catalogue, domainOfStream } from '../domain/registry.ts';
import type { Entry } from '../ledger/entry.ts';
import { upcast } from '../ledger/upcast.ts';
import type { Store } from './store-port.ts';

/** Entries are read this many at a time: a page of memory, not a ledger of it. */
export const PAGE_ENTRIES = 1_000;

/** A stream's fold with the version it is of. */
export interface Folded {
  readonly version: number;
  readonly state: unknown;
  readonly incident: number | null;
  /** The state as the store keeps it, where that is known. */
  readonly text?: string;
}

/** The event of an entry, brought up to today's schema; null when it was redacted or its type is from a newer version. */
export function eventOf(entry: Entry): Recorded | null {
  if (entry.data === null || !Object.hasOwn(catalogue, entry.type)) return null;
  return recorded(entry, upcast(catalogue, entry.type, entry.schema, JSON.parse(entry.data)));
}

function recorded(entry: Entry, data: unknown): Recorded {
  const { type, position, stream, version, at } = entry;
  return { type, data, position, stream, version, at, actor: entry.actor as Actor };
}

type Substitutes = ReadonlyMap<number, unknown>;

/**
 * Events of entries in order. A redacted entry stands in with the substitute its `entry.redacted` keeps, so that any
 * entry folds; unknown types are left out. `fresh` are substitutes that are not in the ledger yet.
 */
export async function eventsOf(store: Store, entries: readonly Entry[], fresh: Substitutes = new Map()): Promise<readonly Recorded[]> {
  const redacted = entries.some(({ data }) => data === null);
  const substitutes = new Map([...(redacted ? await readSubstitutes(store) : []), ...fresh]);
  return entries.flatMap((entry) => {
    if (substitutes.has(entry.position)) return [recorded(entry, substitutes.get(entry.position))];
    return eventOf(entry) ?? [];
  });
}

async function readSubstitutes(store: Store): Promise<Substitutes> {
  const found = new Map<number, unknown>();
  for await (const entry of streamEntries(store, 'records/redactions')) {
    if (entry.type !== 'entry.redacted' || entry.data === null) continue;
    const { position, substitute } = JSON.parse(entry.data) as { position: number; substitute: unknown };
    found.set(position, substitute);
  }
  return found;
}

/** Every entry of a stream, page by page. */
export async function* streamEntries(store: Store, stream: string): AsyncGenerator<Entry> {
  let afterVersion = 0;
  for (;;) {
    const page = await store.entries({ stream, afterVersion, limit: PAGE_ENTRIES });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_ENTRIES) return;
    afterVersion = last.version;
  }
}

/** Every entry of the ledger (or of one incident), page by page; `after` leaves out the first ones. */
export async function* ledgerEntries(
  store: Store,
  of: { readonly incident?: number; readonly after?: number } = {},
): AsyncGenerator<readonly Entry[]> {
  let after = of.after ?? 0;
  for (;;) {
    const range = of.incident === undefined ? { after, limit: PAGE_ENTRIES } : { incident: of.incident, after, limit: PAGE_ENTRIES };
    const page = await store.entries(range);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.position;
  }
}

/** Folds a whole stream from its entries: what a snapshot must equal. `fresh` as in `eventsOf`. */
export async function refold(store: Store, stream: string, fresh: Substitutes = new Map()): Promise<Folded> {
  const domain = domainOfStream(stream);
  const entries: Entry[] = [];
  for await (const entry of streamEntries(store, stream)) entries.push(entry);
  const events = await eventsOf(store, entries, fresh);
  const state = events.reduce((folded, event) => domain.evolve(folded, event), domain.initial(stream));
  return { version: entries.at(-1)?.version ?? 0, state, incident: domain.summary(state).incident };
}
