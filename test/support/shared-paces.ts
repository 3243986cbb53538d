import { expect, vi } from 'vitest';
import { systemClock } from '../../src/kit/clock.ts';
import { openRedisPace, type SharedPace } from '../../src/queue/redis-pace.ts';

/** The paces of two replicas, once they hear of each other. */
export type SharedPaces = readonly [SharedPace, SharedPace];

export async function openSharedPaces(url: string, prefix: string): Promise<SharedPaces> {
  const parts = { url, prefix: `${prefix}-${process.pid}`, clock: systemClock };
  const paces = [openRedisPace(parts), openRedisPace(parts)] as const;
  await untilShared(paces);
  return paces;
}

/** Resolves once what the first is told holds back the second. */
export function untilShared([one, two]: SharedPaces): Promise<void> {
  const isShared = async (): Promise<void> => {
    const probe = `probe ${performance.now()}`;
    await one.hold(probe, 30_000);
    expect(await two.ask(probe)).toBeGreaterThan(0);
  };
  return vi.waitFor(isShared, { timeout: 10_000 });
}
