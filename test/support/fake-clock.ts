import { type Clock, systemClock } from '../../src/kit/clock.ts';

/** A clock that stands still until it is moved, and rings alarms in order on the way. */
export interface FakeClock extends Clock {
  /** Moves time forward; `settle` runs at the start and after every alarm, so that each moment is played to its end. */
  advance(ms: number, settle: () => Promise<void>): Promise<void>;
  /** Wall time jumps, as when an operator sets the clock; nothing rings because of it, and monotonic time stays. */
  jump(ms: number): void;
}

interface Alarm {
  readonly at: number;
  readonly wake: () => void;
}

export function fakeClock(startAt: number): FakeClock {
  let now = startAt;
  let monotonic = 0;
  const alarms = new Set<Alarm>();
  const next = (until: number): Alarm | null => {
    const due = [...alarms].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
    return due[0] ?? null;
  };
  return {
    now: () => now,
    monotonic: () => monotonic,
    turn: () => systemClock.turn(),
    alarm(at, wake) {
      const alarm: Alarm = { at: monotonic + Math.max(0, at - now), wake };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    async advance(ms, settle) {
      const until = monotonic + ms;
      await settle();
      for (let alarm = next(until); alarm !== null; alarm = next(until)) {
        alarms.delete(alarm);
        now += Math.max(0, alarm.at - monotonic);
        monotonic = Math.max(monotonic, alarm.at);
        alarm.wake();
        await settle();
      }
      now += until - monotonic;
      monotonic = until;
      await settle();
    },
    jump: (ms) => {
      now += ms;
    },
  };
}
