/** What changed on the console. */
export type ConsoleChange =
  | { readonly kind: 'messages' | 'card'; readonly incident: number }
  | { readonly kind: 'inbox'; readonly person: string };

/** One watcher spreads the news to all browsers; more than a few of them is a leak. */
export const WATCHERS_MAX = 16;

export interface Watchers {
  /** Calls `see` after every change until the answered function is called; null when too many watch. */
  watch(see: (change: ConsoleChange) => void): (() => void) | null;
  tell(change: ConsoleChange): void;
}

export function createWatchers(): Watchers {
  const watchers = new Set<(change: ConsoleChange) => void>();
  return {
    watch(see) {
      if (watchers.size >= WATCHERS_MAX) return null;
      // A function of its own, so that the same one may watch twice.
      const own = (change: ConsoleChange): void => see(change);
      watchers.add(own);
      return () => watchers.delete(own);
    },
    tell(change) {
      for (const see of watchers) see(change);
    },
  };
}
