import type { Queue as BullQueue } from 'bullmq';
import { LANES, type Lane } from '../engine/store-port.ts';
import type { Clock } from '../kit/clock.ts';

/** Timers of one round trip at the most. */
const TIMERS_TOGETHER_MAX = 256;
/** Jobs of what is due now, and jobs to take back, in one round trip at the most. */
const TOGETHER_MAX = 64;
/** So many of them at once are a storm: looks are under way then, which take most of what is due before a job could say so. */
const STORM = 32;
/** In a storm the next ones wait this long, and those whose effects were taken meanwhile are never left. */
const STORM_MS = 20;

/** A job says which lane to look into, by its name, and carries nothing; its id is the effect's. */
export type NoData = Readonly<Record<string, never>>;
/** No job is kept when it is over: what became of the effect is in the database. */
const FORGOTTEN_AFTERWARDS = { removeOnComplete: true, removeOnFail: true } as const;

/** Pages first. BullMQ's 0 is "no priority", which comes before all others. */
export const optionsOf = (lane: Lane) => ({ ...FORGOTTEN_AFTERWARDS, priority: LANES.indexOf(lane) });

export interface EffectJobs {
  /** Leaves a job for each effect under its own id, delayed until it is due. */
  leave(effects: readonly string[], lane: Lane, dueAt: number): void;
  /** These are taken: their jobs would wake somebody for nothing. One that is just being worked on ends by itself. */
  drop(effects: readonly string[]): void;
  stop(): void;
}
interface Waiting {
  readonly lane: Lane;
  readonly dueAt: number;
  readonly since: number;
}

/** The jobs of effects, many in one round trip. A job that is lost costs a look a little later; `failed` hears of it. */
export function createEffectJobs(queue: BullQueue<NoData>, clock: Clock, failed: (fault: unknown) => void): EffectJobs {
  const timers = new Map<string, Waiting>();
  const due = new Map<string, Waiting>();
  const taken: string[] = [];
  let isSending = false;
  let stopped = false;
  let cancel = (): void => undefined;

  /** Answers how many jobs of what is due now it left or took back. */
  async function send(): Promise<number> {
    // What is said in the same turn goes together.
    await Promise.resolve();
    const now = clock.now();
    const jobs = [...first(timers, TIMERS_TOGETHER_MAX), ...first(due, TOGETHER_MAX)];
    const pointless = taken.splice(0, TOGETHER_MAX);
    const dueNow = jobs.filter(([, { dueAt }]) => dueAt <= now).length;
    // First: what was taken may have come back, and would be ignored while its old job is there.
    await Promise.all(pointless.map((effect) => queue.remove(effect, { removeChildren: false })));
    if (jobs.length > 0) await queue.addBulk(jobs.map(([effect, job]) => jobOf(effect, job, now)));
    return dueNow + pointless.length;
  }
  async function sendAll(): Promise<void> {
    while (!stopped && timers.size + due.size + taken.length > 0) if ((await send()) >= STORM) await calm();
  }
  const calm = (): Promise<void> =>
    new Promise((resolve) => {
      cancel = clock.alarm(clock.now() + STORM_MS, resolve);
    });
  function begin(): void {
    if (isSending) return;
    isSending = true;
    sendAll()
      .catch(failed)
      .finally(() => {
        isSending = false;
      });
  }
  return {
    leave(effects, lane, dueAt) {
      const since = clock.now();
      for (const effect of effects) (dueAt > since ? timers : due).set(effect, { lane, dueAt, since });
      begin();
    },
    drop(effects) {
      taken.push(...effects.filter((effect) => !due.delete(effect)));
      begin();
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}

/** Takes the first ones out. */
function first(waiting: Map<string, Waiting>, count: number): readonly (readonly [string, Waiting])[] {
  const taken: (readonly [string, Waiting])[] = [];
  for (const entry of waiting) {
    if (taken.length === count) break;
    taken.push(entry);
    waiting.delete(entry[0]);
  }
  return taken;
}

function jobOf(jobId: string, { lane, dueAt, since }: Waiting, now: number) {
  // BullMQ counts the delay from the timestamp, and by the clock of whoever works; of what is not delayed the timestamp is only ours.
  const due = dueAt > now ? { delay: dueAt - now } : { timestamp: since };
  return { name: lane, data: {}, opts: { ...optionsOf(lane), ...due, jobId } };
}
