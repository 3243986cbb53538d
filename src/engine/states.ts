import { domainOfStream } from '../domain/registry.ts';
import { inSameTurn } from '../kit/same-turn.ts';
import { type Folded, refold } from './history.ts';
import type { Store, StreamHead } from './store-port.ts';

/** Streams kept folded in memory; the least recently used goes first. An incident's state is a few kilobytes. */
const STATES_MAX = 2_000;

/** Folded streams, cached by stream and corrected by version: the store refuses a decision made on an old one, and only a decision. */
export interface States {
  load(stream: string): Promise<Folded>;
  /** As it is now, whatever other processes have committed: for what is shown or sent, which no version corrects afterwards. */
  fresh(stream: string): Promise<Folded>;
  /** What a committed decision left behind. */
  remember(stream: string, folded: Folded): void;
  /** Somebody else moved it on. */
  forget(stream: string): void;
  forgetAll(): void;
}

export function createStates(store: Store): States {
  const cache = new Map<string, Folded>();
  // A card is drawn from a dozen streams at once.
  const headOf = inSameTurn(async (streams) => new Map((await store.streams({ streams })).map((head) => [head.stream, head])));
  const read = async (stream: string): Promise<Folded> => {
    const head = await headOf(stream);
    const known = cache.get(stream);
    // Reading a text again costs more than asking for it. Not by its version alone: a redaction rewrites a state and leaves it at its version.
    const isKnown = head !== null && known?.text === head.state && known.version === head.version;
    return isKnown ? known : foldedFrom(store, stream, head);
  };
  /** How often anything was forgotten. */
  let forgotten = 0;
  const remember = (stream: string, folded: Folded): void => {
    cache.delete(stream);
    cache.set(stream, folded);
    if (cache.size <= STATES_MAX) return;
    const [oldest] = cache.keys();
    if (oldest !== undefined) cache.delete(oldest);
  };
  return {
    async load(stream) {
      const since = forgotten;
      // What was committed while it was being read is newer than what was read.
      const found = cache.get(stream) ?? (await read(stream));
      const folded = cache.get(stream) ?? found;
      // Forgotten while it was being read: what was read may be the old one.
      if (since === forgotten) remember(stream, folded);
      return folded;
    },
    async fresh(stream) {
      const since = forgotten;
      const found = await read(stream);
      const known = cache.get(stream);
      const folded = known !== undefined && known.version > found.version ? known : found;
      if (since === forgotten) remember(stream, folded);
      return folded;
    },
    remember,
    forget(stream) {
      forgotten += 1;
      cache.delete(stream);
    },
    forgetAll() {
      forgotten += 1;
      cache.clear();
    },
  };
}

/** From the snapshot when it was made by today's fold, else from the entries. */
async function foldedFrom(store: Store, stream: string, head: StreamHead | null): Promise<Folded> {
  const domain = domainOfStream(stream);
  if (head === null) return { version: 0, state: domain.initial(stream), incident: null };
  if (head.fold !== domain.fold) return refold(store, stream);
  return { version: head.version, state: JSON.parse(head.state), incident: head.incident, text: head.state };
}
