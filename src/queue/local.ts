import type { Queue } from '../engine/store-port.ts';
import { LANES, type Lane } from '../engine/store-port.ts';
import { type Clock, SLEEP_MS_MAX } from '../kit/clock.ts';

export interface LocalQueueOptions {
  /** Others promise into the same store, and may die before they keep it: it is asked this often what is due. */
  readonly lookEveryMs?: number;
}

/**
 * Wakes the deliverer in this process: at once when something due was committed, else when the next due time comes. Due
 * times are the outbox's and compared with one clock; no sleep is longer than a minute, so that a suspended laptop or a
 * clock that jumped is noticed.
 */
export function createLocalQueue(
  clock: Clock,
  nextDue: (lane: Lane) => Promise<number | null>,
  failed: (fault: unknown, lane: Lane) => void,
  { lookEveryMs = Number.POSITIVE_INFINITY }: LocalQueueOptions = {},
): Queue {
  const lanes = new Map<Lane, LaneWorker>();
  return {
    name: 'local',
    async start(deliver) {
      for (const lane of LANES) {
        const worker = createLaneWorker(clock, {
          deliver: () => deliver(lane),
          nextDue: () => nextDue(lane),
          failed: (fault) => failed(fault, lane),
          lookEveryMs,
        });
        lanes.set(lane, worker);
        worker.wake(clock.now());
      }
    },
    wake: (lane, dueAt) => lanes.get(lane)?.wake(dueAt),
    took: () => undefined,
    look: (lane) => lanes.get(lane)?.wake(clock.now()),
    busy: () => [...lanes.values()].some((worker) => worker.busy()),
    async stop(graceMs) {
      const running = [...lanes.values()].map((worker) => worker.stop());
      let cancel = (): void => undefined;
      const patience = new Promise<void>((resolve) => {
        cancel = clock.alarm(clock.now() + graceMs, resolve);
      });
      await Promise.race([Promise.all(running), patience]);
      cancel();
    },
  };
}

interface LaneWorker {
  busy(): boolean;
  wake(dueAt: number): void;
  stop(): Promise<void>;
}
interface LaneWork {
  readonly deliver: () => Promise<void>;
  readonly nextDue: () => Promise<number | null>;
  readonly failed: (fault: unknown) => void;
  readonly lookEveryMs: number;
}
/** A store that cannot be read is asked again after this. */
const RETRY_MS = 1_000;

function createLaneWorker(clock: Clock, work: LaneWork): LaneWorker {
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  const sleep = createSleep(clock, (wasSetBack) => trigger(wasSetBack || work.lookEveryMs < Number.POSITIVE_INFINITY));

  async function deliver(): Promise<void> {
    do {
      again = false;
      await work.deliver();
    } while (again && !stopped);
  }
  async function run(looks: boolean): Promise<void> {
    try {
      // Looking is asking first: mostly nothing is due.
      const known = looks ? await work.nextDue() : clock.now();
      if (again || (known !== null && known <= clock.now())) {
        await deliver();
        arm(await work.nextDue());
      } else arm(known);
    } catch (fault) {
      work.failed(fault);
      arm(clock.now() + RETRY_MS);
    }
  }
  function trigger(looks = false): void {
    if (stopped) return;
    if (running !== null) {
      again ||= !looks;
      return;
    }
    running = run(looks).finally(() => {
      running = null;
      if (again) trigger();
    });
  }
  /** Whoever shares the store looks into it before that. */
  function arm(dueAt: number | null): void {
    if (!stopped) sleep.until(Math.min(dueAt ?? Number.POSITIVE_INFINITY, clock.now() + work.lookEveryMs));
  }
  return {
    busy: () => running !== null,
    wake: (dueAt) => (dueAt <= clock.now() ? trigger() : arm(dueAt)),
    stop() {
      stopped = true;
      sleep.cancel();
      return running ?? Promise.resolve();
    },
  };
}

interface Sleep {
  /** The earliest wish wins. */
  until(at: number): void;
  cancel(): void;
}

/**
 * After a minute at the latest the clock is read again. When it was set back meanwhile the sleeper is woken at once: a time to try
 * again means nothing then.
 */
function createSleep(clock: Clock, woken: (wasSetBack: boolean) => void): Sleep {
  let alarmAt = Number.POSITIVE_INFINITY;
  let cancel = (): void => undefined;
  function sleep(): void {
    cancel();
    const wakeAt = Math.min(alarmAt, clock.now() + SLEEP_MS_MAX);
    cancel = clock.alarm(wakeAt, () => {
      const wasSetBack = clock.now() < wakeAt;
      if (!wasSetBack && clock.now() < alarmAt) {
        sleep();
        return;
      }
      alarmAt = Number.POSITIVE_INFINITY;
      woken(wasSetBack);
    });
  }
  return {
    until(at) {
      if (at >= alarmAt) return;
      alarmAt = at;
      sleep();
    },
    cancel: () => cancel(),
  };
}
