import { LANE_RULES } from '../../src/engine/backoff.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';
import { chance } from './chance.ts';
import type { Fault, Faults } from './faults.ts';
import type { Replica } from './replica.ts';
import type { World } from './world.ts';

/** When what can be reached. */
export interface Outages {
  storeUntil(): number;
  farEndsUntil(): number;
}

const KILL_EVERY_MS = 40 * MINUTE_MS;
const PAUSE_EVERY_MS = 12 * MINUTE_MS;
const RESTART_EVERY_MS = 70 * MINUTE_MS;
const OUTAGE_EVERY_MS = 70 * MINUTE_MS;
const OUTAGE_MS_MAX = 3 * MINUTE_MS;
const JUMP_EVERY_MS = 60 * MINUTE_MS;
const JUMP_MS_MAX = 20 * MINUTE_MS;

/** Faults that come by themselves, from outside. */
export function startTrouble(world: World, faults: Faults, replicas: readonly Replica[]): Outages {
  let storeUntil = 0;
  let farEndsUntil = 0;
  function often(fault: Fault, everyMs: number, does: (of: ReturnType<Faults['of']>) => void): void {
    if (!faults.has(fault)) return;
    const of = faults.of(fault);
    const next = (): void => {
      world.after(of.between(0, 2 * everyMs), () => {
        if (!faults.strikes(fault, 1)) return;
        does(of);
        next();
      });
    };
    next();
  }
  often('kills', KILL_EVERY_MS, (of) => of.pick(replicas).crash('killed'));
  often('restarts', RESTART_EVERY_MS, (of) => of.pick(replicas).restart());
  often('pauses', PAUSE_EVERY_MS, (of) => {
    const [short, long] = [LANE_RULES.pages.leaseMs, LANE_RULES.chat.leaseMs];
    const ms = of.hits(0.4) ? of.between(100, short) : of.between(short, 3 * long);
    if (ms > long) faults.count('paused longer than a lease');
    of.pick(replicas).pause(ms);
  });
  often('store-outages', OUTAGE_EVERY_MS, (of) => {
    storeUntil = world.elapsed() + of.between(1_000, OUTAGE_MS_MAX);
    world.disturb(storeUntil - world.elapsed());
  });
  often('far-outages', OUTAGE_EVERY_MS, (of) => {
    farEndsUntil = world.elapsed() + of.between(1_000, 2 * OUTAGE_MS_MAX);
  });
  const jump = (ms: number): void => {
    world.trace(`the clock is set by ${ms} ms`);
    world.disturb();
    world.jump(ms);
  };
  often('clock-forward', JUMP_EVERY_MS, (of) => jump(of.between(1_000, JUMP_MS_MAX)));
  often('clock-back', JUMP_EVERY_MS, (of) => jump(-of.between(1_000, JUMP_MS_MAX)));
  return { storeUntil: () => storeUntil, farEndsUntil: () => farEndsUntil };
}

/** Nights in Berlin: those whose clocks go forward and back, and some like any other. */
const CHANGING = ['2026-03-28T22:00:00Z', '2026-10-24T22:00:00Z'] as const;
const USUAL = ['2026-03-02T03:00:00Z', '2026-06-14T20:00:00Z', '2026-12-31T21:00:00Z'] as const;

export function startOf(seed: number, on: ReadonlySet<Fault>): number {
  const draw = chance(seed, 'night');
  return Date.parse(draw.pick(on.has('daylight-saving') ? CHANGING : USUAL)) + draw.between(0, HOUR_MS);
}
