import type { Clock } from '../../src/kit/clock.ts';
import { SLEEP_MS_MAX } from '../../src/kit/clock.ts';
import type { Faults } from './faults.ts';
import type { World } from './world.ts';

/** What the world says when a fault strikes; anything else that is thrown is a bug. */
export class Struck extends Error {}

/** What a call over a wire comes to. */
export interface Wire {
  readonly latencyMs: number;
  /** `before`: it never got there. `lost`: it was done and the answer never came. */
  readonly failure: 'before' | 'lost' | null;
  readonly crash: 'before' | 'after' | null;
}

/** One run of a replica's process: what it waits for comes, comes late when it is paused, or never when it is dead. */
export interface Life {
  readonly name: string;
  isDead(): boolean;
  isPaused(): boolean;
  die(why: string): void;
  pause(ms: number): void;
  /** Runs in the process: now, once it goes on, or never. */
  within(run: () => void): void;
  /** A call that leaves the process. */
  call<T>(name: string, wire: Wire, work: () => Promise<T>): Promise<T>;
  readonly clock: Clock;
}

/** A call that got no answer is given up after this. */
const GIVE_UP_MS = 5_000;

export interface LifeOptions {
  readonly world: World;
  readonly faults: Faults;
  readonly name: string;
  /** How far its wall clock is off. */
  readonly skewMs: number;
  /** Its clocks stand still while it is paused, and do not catch up at once. */
  readonly blind: boolean;
  readonly died: () => void;
}

/** What becomes of a process. */
interface Fortune {
  isDead: boolean;
  pausedUntil: number;
  lagUntil: number;
  lagMs: number;
}

export function createLife(options: LifeOptions): Life {
  const { world, faults, name, died } = options;
  const fortune: Fortune = { isDead: false, pausedUntil: 0, lagUntil: 0, lagMs: 0 };
  function within(run: () => void): void {
    if (fortune.isDead) return;
    const waitMs = fortune.pausedUntil - world.elapsed();
    if (waitMs > 0) world.after(waitMs, () => within(run));
    else run();
  }
  const life: Life = {
    name,
    clock: clockOf(options, fortune, within),
    isDead: () => fortune.isDead,
    isPaused: () => fortune.pausedUntil > world.elapsed(),
    die(why) {
      if (fortune.isDead) return;
      fortune.isDead = true;
      world.trace(`${name} dies: ${why}`);
      faults.count(`died: ${why}`);
      died();
    },
    pause(ms) {
      world.trace(`${name} pauses for ${ms} ms`);
      world.disturb(ms);
      fortune.pausedUntil = Math.max(fortune.pausedUntil, world.elapsed() + ms);
      fortune.lagMs = ms;
      fortune.lagUntil = fortune.pausedUntil + GIVE_UP_MS;
    },
    within,
    call: (what, wire, work) => call(world, life, { what, wire, work }),
  };
  return life;
}

function clockOf({ world, skewMs, blind }: LifeOptions, fortune: Fortune, within: Life['within']): Clock {
  const lag = (): number => (blind && world.elapsed() < fortune.lagUntil ? fortune.lagMs : 0);
  const clock: Clock = {
    now: () => world.now() + skewMs - lag(),
    monotonic: () => world.elapsed() - lag(),
    turn: () => world.turn(),
    alarm(at, wake) {
      world.touch();
      const waitMs = Math.min(Math.max(at - clock.now(), 0), SLEEP_MS_MAX);
      let isCancelled = false;
      const cancel = world.after(waitMs, () =>
        within(() => {
          if (!isCancelled) wake();
        }),
      );
      return () => {
        isCancelled = true;
        cancel();
      };
    },
  };
  return clock;
}

interface Call<T> {
  readonly what: string;
  readonly wire: Wire;
  readonly work: () => Promise<T>;
}

const never = new Promise<never>(() => undefined);

function call<T>(world: World, life: Life, { what, wire, work }: Call<T>): Promise<T> {
  world.touch();
  if (life.isDead()) return never;
  if (wire.crash === 'before') {
    life.die(`before ${what}`);
    return never;
  }
  return new Promise((resolve, reject) => {
    const answer = (give: () => void): void =>
      life.within(() => {
        world.touch();
        if (wire.crash === 'after') life.die(`after ${what}`);
        else give();
      });
    const arrive = (): void => {
      if (life.isDead()) return;
      if (wire.failure === 'before') {
        answer(() => reject(new Struck(`${what} did not get through`)));
        return;
      }
      world.during(work()).then(
        (result) => {
          if (wire.failure === null) return answer(() => resolve(result));
          world.after(GIVE_UP_MS, () => answer(() => reject(new Struck(`${what} got no answer`))));
        },
        (fault: unknown) => answer(() => reject(fault)),
      );
    };
    if (wire.latencyMs === 0 && !life.isPaused()) arrive();
    else life.within(() => world.after(wire.latencyMs, arrive));
  });
}
