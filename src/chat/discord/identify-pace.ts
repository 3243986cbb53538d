import { type Clock, pause, SLEEP_MS_MAX } from '../../kit/clock.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kit/duration.ts';
import type { Notes } from '../notes.ts';

/**
 * Discord ends all sessions and takes the token away after 1,000 identifies in 24 hours (events/gateway#identifying). A bot that its
 * supervisor starts again and again would get there, so the times are kept on disk and each comes later than the one before.
 */
const REMEMBERED_MS = HOUR_MS;
/** Free of any wait: a deployment, a flaky evening. */
const FREE = 5;
const WAIT_MS_MIN = 5 * SECOND_MS;
/** 24 hours of this are 480 identifies. */
const WAIT_MS_MAX = 3 * MINUTE_MS;
const NOTE = 'identifies';

/** How long to wait before the next identify, after those at `times` (milliseconds since 1970). */
export function identifyWaitMs(times: readonly number[], now: number): number {
  const recent = times.filter((at) => now - at < REMEMBERED_MS && at <= now);
  const last = recent.at(-1);
  if (last === undefined || recent.length < FREE) return 0;
  const gapMs = Math.min(WAIT_MS_MIN * 2 ** (recent.length - FREE), WAIT_MS_MAX);
  return Math.max(0, last + gapMs - now);
}

/** Waits until the next identify may be, and writes it down before it is made. */
export async function waitForIdentify(notes: Pick<Notes, 'get' | 'put'>, clock: Clock): Promise<void> {
  const times = JSON.parse((await notes.get(NOTE)) ?? '[]') as readonly number[];
  for (let leftMs = identifyWaitMs(times, clock.now()); leftMs > 0; leftMs = identifyWaitMs(times, clock.now()))
    await pause(clock, Math.min(leftMs, SLEEP_MS_MAX));
  const now = clock.now();
  await notes.put(NOTE, JSON.stringify([...times.filter((at) => now - at < REMEMBERED_MS && at <= now), now]));
}
