import type { Reply } from '../../engine/ports.ts';
import { type Randomness, token } from '../../kit/randomness.ts';

/** Answers waiting to be shown after a redirect; without JavaScript a person sees each within a second. */
const REPLIES_MAX = 500;

export interface Replies {
  keep(person: string, reply: Reply): string;
  /** The answer under this name, if it is this person's. */
  find(person: string, name: string): Reply | null;
}

/** Answers to plain form posts, until the page after the redirect has shown them. Lost by a restart: the room has the facts. */
export function createReplies(randomness: Randomness): Replies {
  const kept = new Map<string, { readonly person: string; readonly reply: Reply }>();
  return {
    keep(person, reply) {
      const name = token(randomness);
      kept.set(name, { person, reply });
      const oldest = kept.keys().next();
      if (kept.size > REPLIES_MAX && oldest.done === false) kept.delete(oldest.value);
      return name;
    },
    find(person, name) {
      const found = kept.get(name);
      return found?.person === person ? found.reply : null;
    },
  };
}
