import { z } from 'zod';
import { createCoverage } from './coverage.ts';

/** What is longer is no text of ours. A way that carries less has a smaller limit of its own. */
export const NEWS_BYTES_MAX = 65_536;

/** What other replicas did. */
export interface News {
  /** Streams that another replica moved on, or null when it may be any. Until the answered function is called. */
  onCommit(see: (streams: readonly string[] | null) => void): () => void;
  /** Rooms of the console where another replica put something new; null when it may be any. Our own are told of now and then. */
  onMessage(see: (room: string | null) => void): () => void;
}

/** One append, as the replica that made it tells the others. */
export interface AppendTold {
  /** Where the head of the ledger was before, and since. */
  readonly after: number;
  readonly position: number;
  /** Null when they are too many to name. */
  readonly streams: readonly string[] | null;
}

/** A way of telling the other replicas that costs the database nothing, and may be away. */
export interface Wire {
  /** What is told now will be heard, as far as this replica knows. */
  isWell(): boolean;
  /** Answers false when nobody took it in time: then it has to be told another way, and may be heard twice. Never rejects. */
  tellAppend(told: AppendTold): Promise<boolean>;
  /** The same for a room of the console. */
  tellMessage(room: string): Promise<boolean>;
}

/** Where news come in, by whatever way, and are passed on. */
export interface NewsHub extends News {
  /** A text that should be one of `appendText`. */
  heardAppend(text: string): void;
  /** A text that should be one of `messageText`. */
  heardMessage(text: string): void;
  /** There is something new in this room, whoever put it there. */
  heardRoom(room: string): void;
  /** Our own append from here to there, which nobody was told of. */
  untold(after: number, position: number): void;
  /** Nobody listened for a while: what was said meanwhile is lost. */
  missed(): void;
  /** How far the ledger is by its own account, asked again and again: what nobody told of within one turn is told of now, as "any". */
  headIs(position: number): void;
}

const Append = z.strictObject({
  from: z.string(),
  // The release before does not say it: what it tells of counts as lost, and everybody hears "any" a moment later, too.
  after: z.int().nonnegative().optional(),
  position: z.int().nonnegative(),
  streams: z.array(z.string()).nullable(),
});
const Message = z.strictObject({ from: z.string(), room: z.string() });

/** An append in words, within so many bytes: streams that are too many are not named. `from` is the name of the replica that tells. */
export function appendText(from: string, { after, position, streams }: AppendTold, bytesMax: number): string {
  const text = JSON.stringify({ from, after, position, streams });
  return Buffer.byteLength(text) <= bytesMax ? text : JSON.stringify({ from, after, position, streams: null });
}

export function messageText(from: string, room: string): string {
  return JSON.stringify({ from, room });
}

/** Anybody with a login may say something where replicas listen: null is what is no text of ours. */
function readText<T>(shape: z.ZodType<T>, text: string): T | null {
  if (text.length > NEWS_BYTES_MAX) return null;
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * Passes on what the others did, and nothing that `replica`, our own name, did. What was no text of ours, or was lost, is passed
 * on as "any".
 */
export function createNewsHub(replica: string): NewsHub {
  const commits = new Set<(streams: readonly string[] | null) => void>();
  const messages = new Set<(room: string | null) => void>();
  // News by two ways come in any order, so the newest one says nothing about those before it.
  const told = createCoverage();
  /** When last asked: how far the ledger was, and how far it had been told of. */
  let head = 0;
  let claimed = 0;
  return {
    onCommit: (see) => subscribe(commits, see),
    onMessage: (see) => subscribe(messages, see),
    heardAppend(text) {
      const append = readText(Append, text);
      if (append === null) return tell(commits, null);
      const { from, after, position, streams } = append;
      told.add(after ?? position, position);
      if (from !== replica) tell(commits, streams);
    },
    heardMessage(text) {
      const message = readText(Message, text);
      if (message?.from !== replica) tell(messages, message?.room ?? null);
    },
    heardRoom: (room) => tell(messages, room),
    untold: told.add,
    missed() {
      tell(commits, null);
      tell(messages, null);
    },
    headIs(position) {
      // What was there when last asked has been told of by now, or never will be; what was told of by then is there now, or never was.
      if (head > told.upTo() || claimed > position) {
        told.restart(head);
        tell(commits, null);
      }
      head = position;
      claimed = told.upTo();
    },
  };
}

function tell<T>(to: Iterable<(news: T) => void>, news: T): void {
  for (const see of to) see(news);
}

function subscribe<T>(to: Set<(news: T) => void>, see: (news: T) => void): () => void {
  // A function of its own, so that the same one may be called for twice.
  const own = (news: T): void => see(news);
  to.add(own);
  return () => void to.delete(own);
}
