import { beforeEach, describe, expect, it } from 'vitest';
import type { Pace } from '../../src/kit/pace.ts';

export interface PaceUnderTest {
  readonly pace: Pace;
  /** Lets at least so much time pass. */
  passes(ms: number): Promise<void>;
}

/** What every pace promises; each implementation runs this unchanged. */
export function paceContract(name: string, under: () => PaceUnderTest): void {
  describe(`the pace ${name}`, () => {
    let pace: Pace;
    let passes: PaceUnderTest['passes'];
    beforeEach(() => {
      ({ pace, passes } = under());
    });

    it('lets everybody ask what nobody holds', async () => {
      expect([await pace.ask('rooms'), await pace.ask('rooms')]).toEqual([0, 0]);
    });

    it('holds a destination for as long as it asked for, and no other', async () => {
      await pace.hold('rooms', 400);
      const waitMs = await pace.ask('rooms');
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(400);
      expect(await pace.ask('messages')).toBe(0);
      await passes(waitMs);
      expect(await pace.ask('rooms')).toBe(0);
    });

    it('makes no wait shorter', async () => {
      await pace.hold('rooms', 30_000);
      await pace.hold('rooms', 10);
      expect(await pace.ask('rooms')).toBeGreaterThan(20_000);
      await pace.hold('rooms', 60_000);
      expect(await pace.ask('rooms')).toBeGreaterThan(50_000);
    });

    it('does not wait for ever for who says so', async () => {
      await pace.hold('rooms', Number.POSITIVE_INFINITY);
      expect(await pace.ask('rooms')).toBeLessThanOrEqual(3_600_000);
    });

    it('gives one of many a turn, and the next one after its time', async () => {
      const asked = await Promise.all(Array.from({ length: 20 }, () => pace.ask('card', 400)));
      expect(asked.filter((waitMs) => waitMs === 0)).toHaveLength(1);
      expect(Math.max(...asked)).toBeLessThanOrEqual(400);
      await passes(Math.max(...asked));
      expect([await pace.ask('card', 400), (await pace.ask('card', 400)) > 0]).toEqual([0, true]);
    });

    it('gives no turn while the destination is held', async () => {
      await pace.hold('card', 30_000);
      expect(await pace.ask('card', 1)).toBeGreaterThan(20_000);
    });
  });
}
