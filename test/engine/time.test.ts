import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, SLEEP_MS_MAX } from '../../src/kit/clock.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { type Delivery, delivery, MORNING, notify } from '../support/delivery.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';

const MONTH_MS = 30 * 24 * HOUR_MS;

let world: Delivery;
afterEach(() => world.close());

/** As the system's clock: no alarm sleeps longer than a minute; remembers how long each was. */
function wakefulClock(slept: number[] = []): (clock: FakeClock) => Clock {
  return (clock) => ({
    ...clock,
    alarm(atMs, wake) {
      const waitMs = Math.min(Math.max(atMs - clock.now(), 0), SLEEP_MS_MAX);
      slept.push(waitMs);
      return clock.alarm(clock.now() + waitMs, wake);
    },
  });
}

describe('what is due', () => {
  it('is begun when its time comes and never before', async () => {
    world = await delivery({ seenClock: wakefulClock() });
    await world.owe(notify('in six hours', MORNING + 6 * HOUR_MS), notify('in an hour', MORNING + HOUR_MS), notify('now'));
    expect(world.begun).toEqual(['now']);
    await world.advance(HOUR_MS - 1);
    expect(world.begun).toEqual(['now']);
    await world.advance(1);
    expect(world.begun).toEqual(['now', 'in an hour']);
    await world.advance(5 * HOUR_MS - 1);
    expect(world.begun).toHaveLength(2);
    await world.advance(1);
    expect(world.begun.at(-1)).toBe('in six hours');
  });

  it('came due while the process was down: it is begun at the start, oldest first', async () => {
    const { store } = await openSqliteStore(':memory:');
    const before = await delivery({ store, byHand: true });
    await before.owe(notify('second', MORNING + 2 * MINUTE_MS), notify('first', MORNING + MINUTE_MS), notify('later', MORNING + MONTH_MS));
    world = await delivery({ store, clock: fakeClock(MORNING + HOUR_MS) });
    expect(world.begun).toEqual(['first', 'second']);
    expect(world.seen.map(({ lateMs }) => lateMs)).toEqual([59 * MINUTE_MS, 58 * MINUTE_MS]);
  });

  it('came due while the machine was suspended: it is begun within a minute of waking up', async () => {
    world = await delivery({ seenClock: wakefulClock() });
    await world.owe(notify('during the sleep', MORNING + HOUR_MS));
    await world.advance(MINUTE_MS / 2);
    // Timers stand still in a suspended machine; the wall clock does not.
    world.clock.jump(8 * HOUR_MS);
    await world.advance(MINUTE_MS);
    expect(world.begun).toEqual(['during the sleep']);
  });

  it('follows the clock when it is set forward', async () => {
    world = await delivery({ seenClock: wakefulClock() });
    await world.owe(notify('in two hours', MORNING + 2 * HOUR_MS));
    world.clock.jump(HOUR_MS);
    await world.advance(HOUR_MS - 1);
    expect(world.begun).toEqual([]);
    await world.advance(MINUTE_MS);
    expect(world.begun).toEqual(['in two hours']);
  });

  it('follows the clock when it is set back: not before its time, and not twice', async () => {
    world = await delivery({ seenClock: wakefulClock() });
    await world.owe(notify('in an hour', MORNING + HOUR_MS));
    await world.advance(MINUTE_MS);
    world.clock.jump(-HOUR_MS);
    await world.advance(HOUR_MS);
    expect(world.begun).toEqual([]);
    await world.advance(HOUR_MS);
    expect(world.begun).toEqual(['in an hour']);
  });

  it('is never slept for longer than a minute', async () => {
    const slept: number[] = [];
    world = await delivery({ seenClock: wakefulClock(slept) });
    await world.owe(notify('next month', MORNING + MONTH_MS));
    await world.advance(10 * MINUTE_MS);
    expect(Math.max(...slept)).toBe(SLEEP_MS_MAX);
    // Looked at once a minute, not all the time.
    expect(slept.length).toBeLessThan(25);
  });
});
