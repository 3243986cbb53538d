/** An append of our own that nobody was told of: it begins after one position and ends at another. */
export type SeeUntold = (after: number, position: number) => void;

/**
 * Whether anybody else listens on the database. Telling costs a lone append more than writing any of its rows, and at the end of its
 * transaction it holds a lock of the whole server (https://www.postgresql.org/docs/current/sql-notify.html), so who is alone tells nobody.
 */
export interface Audience {
  /** False only when it is known that nobody does. */
  mayListen(): boolean;
  /** Somebody began to listen, or what was known need not be true any more. */
  came(): void;
  /** Begins to count who else listens. The answered function is told the number; it counts for nothing when somebody came meanwhile. */
  counting(): (others: number) => void;
  /** Whoever tells nobody says so here: who asks how far the ledger is has to know what is ours. */
  readonly untold: SeeUntold;
  onUntold(see: SeeUntold): void;
}

export function createAudience(): Audience {
  let isAlone = false;
  let arrivals = 0;
  let seeUntold: SeeUntold = () => undefined;
  return {
    mayListen: () => !isAlone,
    came() {
      arrivals += 1;
      isAlone = false;
    },
    counting() {
      const before = arrivals;
      return (others) => {
        if (arrivals === before) isAlone = others === 0;
      };
    },
    untold: (after, position) => seeUntold(after, position),
    onUntold(see) {
      seeUntold = see;
    },
  };
}
