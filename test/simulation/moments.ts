/** What happens at one time of the simulation, until nobody has anything to do any more. */
export interface Moments {
  /** Something was asked or answered just now: the moment is not over. */
  touch(): void;
  /** Work of the store that has begun and not ended; must be over before time goes on. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Answers when this moment is played to its end. */
  over(): Promise<void>;
}

/** Turns of the event loop without any activity, after which a door that takes one before it decides has decided. */
const TURNS_CALM = 2;

const tick = (next: () => void): void => process.nextTick(next);
const turn = (next: () => void): void => void setImmediate(next);

/**
 * Everything that goes on in a moment goes on in promises, and ticks come after all of those: waiting for one is cheap.
 * Only a door takes a turn of the event loop before it decides, so that submits share a transaction: while one `decides`,
 * turns are waited for.
 */
export function createMoments(decides: () => boolean): Moments {
  let activity = 0;
  let working = 0;
  /** Waits once; answers whether nothing happened meanwhile. */
  async function calm(wait: (next: () => void) => void): Promise<boolean> {
    const before = activity;
    await new Promise<void>(wait);
    return before === activity && working === 0;
  }
  const isAwaited = (): boolean => working > 0 || decides();
  /** Waits once; answers how many turns without activity there have been. */
  async function next(turns: number): Promise<number> {
    if (isAwaited()) return (await calm(turn)) ? turns + 1 : 0;
    if (!(await calm(tick))) return 0;
    return isAwaited() ? 1 : TURNS_CALM;
  }
  async function over(): Promise<void> {
    let turns = 0;
    while (turns < TURNS_CALM) turns = await next(turns);
  }
  return {
    over,
    touch: () => {
      activity += 1;
    },
    async during(work) {
      working += 1;
      try {
        return await work;
      } finally {
        working -= 1;
        activity += 1;
      }
    },
  };
}
