import { describe, expect, it } from 'vitest';
import { createAgreedClock } from '../../src/kit/agreed-clock.ts';
import { HOUR_MS } from '../../src/kit/duration.ts';
import { fakeClock } from '../support/fake-clock.ts';

const MORNING = Date.parse('2026-03-02T08:00:00Z');
const nothing = async (): Promise<void> => undefined;

describe('a clock that goes by a shared one', () => {
  it('says what the shared one said, however its own is set', async () => {
    const own = fakeClock(MORNING + HOUR_MS);
    const clock = createAgreedClock(own);
    clock.agree(MORNING, clock.monotonic());
    expect(clock.now()).toBe(MORNING);
    for (const ms of [HOUR_MS, -3 * HOUR_MS, 5 * HOUR_MS]) {
      own.jump(ms);
      expect(clock.now()).toBe(MORNING);
    }
    await own.advance(250, nothing);
    expect(clock.now()).toBe(MORNING + 250);
  });

  it('is corrected only as far as is certain of an answer that took its time', async () => {
    const own = fakeClock(MORNING);
    const clock = createAgreedClock(own);
    const asked = clock.monotonic();
    await own.advance(400, nothing);
    clock.agree(MORNING + 300, asked);
    expect(clock.now()).toBe(MORNING + 400);
    clock.agree(MORNING + 500, asked);
    expect(clock.now()).toBe(MORNING + 500);
    clock.agree(MORNING - 50, asked);
    expect(clock.now()).toBe(MORNING + 350);
  });

  it('wakes at the shared time', async () => {
    const own = fakeClock(MORNING + HOUR_MS);
    const clock = createAgreedClock(own);
    clock.agree(MORNING, clock.monotonic());
    let woken = 0;
    clock.alarm(MORNING + 1_000, () => {
      woken = clock.now();
    });
    await own.advance(2_000, nothing);
    expect(woken).toBe(MORNING + 1_000);
  });

  it('lets nobody who slept believe that no time has passed', () => {
    const own = fakeClock(MORNING);
    const clock = createAgreedClock(own);
    const before = clock.monotonic();
    // A suspended machine whose monotonic clock stood still.
    own.jump(HOUR_MS);
    expect(clock.monotonic() - before).toBe(HOUR_MS);
    own.jump(-HOUR_MS);
    expect(clock.monotonic() - before).toBe(HOUR_MS);
    own.jump(HOUR_MS);
    expect(clock.monotonic() - before).toBe(2 * HOUR_MS);
  });
});
