import { describe, expect, it } from 'vitest';
import { SPEED, storyClock } from '../../src/cli/demo/story-clock.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';

const START = Date.parse('2026-03-05T01:58:00Z');
const idle = (): boolean => false;

describe('the clock of the demo', () => {
  it('lets minutes go by in a fraction, and every alarm ring in the order in which it is due', async () => {
    const clock = storyClock(START);
    const rang: string[] = [];
    const ring = (name: string, at: number): void => void clock.alarm(START + at, () => rang.push(`${name} at ${clock.now() - START}`));
    ring('third', 100_000);
    ring('first', 20_000);
    clock.alarm(START + 60_000, () => {
      rang.push('second');
      ring('from the second', 61_000);
    });
    const from = performance.now();
    await clock.pass(2 * MINUTE_MS, idle);
    expect(rang).toEqual(['first at 20000', 'second', 'from the second at 61000', 'third at 100000']);
    expect(clock.now() - START).toBeGreaterThanOrEqual(2 * MINUTE_MS);
    expect(performance.now() - from).toBeLessThan((10 * 2 * MINUTE_MS) / SPEED);
  });

  it('goes as fast as real time while something is under way', async () => {
    const clock = storyClock(START);
    const real = performance.now();
    let looks = 0;
    await clock.pass(1_000, () => {
      looks += 1;
      return performance.now() - real < 200;
    });
    expect(looks).toBeGreaterThan(2);
    expect(performance.now() - real).toBeGreaterThan(200);
  });

  it('forgets an alarm that was cancelled, and never goes back', async () => {
    const clock = storyClock(START);
    const rang: number[] = [];
    const cancel = clock.alarm(START + 1_000, () => rang.push(1));
    cancel();
    const seen = [clock.now()];
    for (let look = 0; look < 5; look += 1) {
      await clock.pass(1_000, idle);
      seen.push(clock.now());
    }
    expect(rang).toEqual([]);
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
  });
});
