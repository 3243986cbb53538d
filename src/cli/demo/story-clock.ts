import { type Clock, systemClock } from '../../kit/clock.ts';

/** Story time goes this much faster than real time while nothing is under way. */
export const SPEED = 120;
/** How often a passage of time looks whether something has come under way. */
const LOOK_EVERY_MS = 5;
/** Longer than any passage of the story: the ceiling that is none. */
const NO_CEILING = Number.POSITIVE_INFINITY;

export interface StoryClock extends Clock {
  /**
   * Lets `ms` of the story go by. Time runs 120 times as fast as ours while nothing is under way, and as fast as ours
   * while something is, so that a delivery has as long as it has in earnest. Fast time stops at every alarm until it has
   * rung: whatever is due comes in the order in which it is due, also on a machine that stutters.
   */
  pass(ms: number, isBusy: () => boolean): Promise<void>;
}

interface Alarm {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock whose hours fit into seconds. Starts at `startAt` (milliseconds since 1970) and runs at the speed of real time. */
export function storyClock(startAt: number): StoryClock {
  const alarms = new Set<Alarm>();
  let from = { at: startAt, real: performance.now(), speed: 1, ceiling: NO_CEILING };
  let timer: NodeJS.Timeout | undefined;

  const now = (): number => {
    const { at, real, speed, ceiling } = from;
    return Math.floor(Math.min(ceiling, at + (performance.now() - real) * speed));
  };
  const earliest = (): number => Math.min(...[...alarms].map(({ at }) => at));
  const arm = (): void => {
    clearTimeout(timer);
    if (alarms.size > 0) timer = setTimeout(ring, Math.max(0, (earliest() - now()) / from.speed));
  };
  const run = (speed: number, until: number): void => {
    from = { at: now(), real: performance.now(), speed, ceiling: speed === 1 ? NO_CEILING : Math.min(until, earliest()) };
    arm();
  };
  function ring(): void {
    const due = [...alarms].filter(({ at }) => at <= now()).sort((one, other) => one.at - other.at);
    for (const alarm of due) {
      alarms.delete(alarm);
      alarm.wake();
    }
    arm();
  }
  return {
    now,
    monotonic: () => performance.now(),
    turn: () => systemClock.turn(),
    alarm(at, wake) {
      const alarm = { at, wake };
      alarms.add(alarm);
      // While time is fast the new alarm may be where it has to stop next.
      run(from.speed, from.ceiling);
      return () => {
        alarms.delete(alarm);
        arm();
      };
    },
    async pass(ms, isBusy) {
      const until = now() + ms;
      while (now() < until) {
        run(isBusy() ? 1 : SPEED, until);
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
      run(1, NO_CEILING);
    },
  };
}
