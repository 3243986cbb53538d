/** What happens at one time of the simulation, until nobody has anything to do any more. */
export interface Moments {
  /** Something was asked or answered just now: the moment is not over. */
  touch(): void;
  /** Work that has begun and not ended; must be over before time goes on. */
  during<T>(work: Promise<T>): Promise<T>;
  /** What a turn of the event loop is to a process: everything else that can go on by now has gone on. */
  turn(): Promise<void>;
  /** Answers when this moment is played to its end. */
  over(): Promise<void>;
}

/**
 * Everything that goes on in a moment goes on in promises, and ticks come after all of those. Nothing in a simulation waits for
 * the world outside, so that a tick is a whole turn, and cheap.
 */
const tick = (): Promise<void> => new Promise((next) => process.nextTick(next));

export function createMoments(): Moments {
  let activity = 0;
  let working = 0;
  /** Waits once; answers whether nothing happened meanwhile. */
  async function isCalm(): Promise<boolean> {
    const before = activity;
    await tick();
    return before === activity && working === 0;
  }
  async function during<T>(work: Promise<T>): Promise<T> {
    working += 1;
    try {
      return await work;
    } finally {
      working -= 1;
      activity += 1;
    }
  }
  return {
    during,
    turn: () => during(tick()),
    touch: () => {
      activity += 1;
    },
    async over() {
      while (!(await isCalm()));
    },
  };
}
