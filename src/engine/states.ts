import { domainOfStream } from '../domain/registry.ts';
import { type Folded, refold } from './history.ts';
import type { Store } from './store-port.ts';

/** Streams kept folded in memory; the least recently used goes first. An incident's state is a few kilobytes. */
const STATES_MAX = 2_000;

/** Folded streams, cached by stream and corrected by version: the store refuses a decision made on an old one. */
export interface States {
  load(stream: string): Promise<Folded>;
  /** What a committed decision left behind. */
  remember(stream: string, folded: Folded): void;
  /** Somebody else moved it on. */
  forget(stream: string): void;
  forgetAll(): void;
}

export function createStates(store: Store): States {
  const cache = new Map<string, Folded>();
  const remember = (stream: string, folded: Folded): void => {
    cache.delete(stream);
    cache.set(stream, folded);
    if (cache.size <= STATES_MAX) return;
    const [oldest] = cache.keys();
    if (oldest !== undefined) cache.delete(oldest);
  };
  return {
    async load(stream) {
      // What was committed while it was being read is newer than what was read.
      const read = cache.get(stream) ?? (await readStream(store, stream));
      const folded = cache.get(stream) ?? read;
      remember(stream, folded);
      return folded;
    },
    remember,
    forget: (stream) => void cache.delete(stream),
    forgetAll: () => cache.clear(),
  };
}

/** From the snapshot when it was made by today's fold, else from the entries. */
async function readStream(store: Store, stream: string): Promise<Folded> {
  const domain = domainOfStream(stream);
  const [head] = await store.streams({ streams: [stream] });
  if (head === undefined) return { version: 0, state: domain.initial(stream), incident: null };
  if (head.fold !== domain.fold) return refold(store, stream);
  return { version: head.version, state: JSON.parse(head.state), incident: head.incident };
}
