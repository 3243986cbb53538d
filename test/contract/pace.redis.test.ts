import { setTimeout as passed } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SharedPace } from '../../src/queue/redis-pace.ts';
import { noRedis, type RedisServer, startRedis } from '../support/redis.ts';
import { openSharedPaces, untilShared } from '../support/shared-paces.ts';
import { paceContract } from './pace-contract.ts';

const SLOW_MS_MAX = 60_000;

// Where no Redis can be had; said aloud, and never in CI.
describe.skipIf(noRedis() !== null)('with a real Redis', () => {
  let redis: RedisServer;
  let one: SharedPace;
  let two: SharedPace;
  let tests = 0;
  beforeAll(async () => {
    redis = await startRedis();
  }, SLOW_MS_MAX);
  afterAll(() => redis.stop());
  beforeEach(async () => {
    tests += 1;
    [one, two] = await openSharedPaces(redis.url, `pace-${tests}`);
  });
  afterEach(() => {
    for (const pace of [one, two]) pace.close();
  });

  paceContract('of Redis', () => ({ pace: one, passes: (ms) => passed(ms + 20) }));

  it('is shared: what one replica heard holds back the other, and a turn is one for both', async () => {
    await one.hold('rooms', 30_000);
    expect(await two.ask('rooms')).toBeGreaterThan(20_000);
    const asked = await Promise.all(Array.from({ length: 20 }, (_unused, index) => (index % 2 === 0 ? one : two).ask('card', 30_000)));
    expect(asked.filter((waitMs) => waitMs === 0)).toHaveLength(1);
  });

  it('still holds what this process heard when Redis forgot it', async () => {
    await one.hold('rooms', 30_000);
    await redis.flush();
    expect(await one.ask('rooms')).toBeGreaterThan(20_000);
    expect(await two.ask('rooms')).toBe(0);
  });

  it('goes on alone while Redis is frozen, without waiting for it, and together again afterwards', {
    timeout: SLOW_MS_MAX,
  }, async (context) => {
    const { own } = redis;
    if (own === null) return context.skip('the server of REDIS_URL is not ours to freeze');
    own.freeze();
    try {
      const since = performance.now();
      for (let time = 0; time < 20; time += 1) expect(await one.ask(`frozen ${time}`, 30_000)).toBe(0);
      expect(await one.ask('frozen 0', 30_000)).toBeGreaterThan(0);
      await one.hold('rooms', 30_000);
      expect(await one.ask('rooms')).toBeGreaterThan(0);
      expect(performance.now() - since).toBeLessThan(2_000);
    } finally {
      own.thaw();
    }
    await untilShared([one, two]);
  });
});
