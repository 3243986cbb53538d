import type { Queue } from '../engine/store-port.ts';
import { LANES, type Lane } from '../engine/store-port.ts';
import { type Clock, SLEEP_MS_MAX } from '../kit/clock.ts';

/**
 * Wakes the deliverer in this process: at once when something due was committed, else when the next due time comes. Due
 * times are the outbox's and compared with one clock; no sleep is longer than a minute, so that a suspended laptop or a
 * clock that jumped is noticed.
 */
export function createLocalQueue(
  clock: Clock,
  nextDue: (lane: Lane) => Promise<number | null>,
  failed: (fault: unknown, lane: Lane) => void,
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
        });
        lanes.set(lane, worker);
        worker.wake(clock.now());
      }
    },
    wake: (lane, dueAt) => lanes.get(lane)?.wake(dueAt),
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
}
/** A store that cannot be read is asked again after this. */
const RETRY_MS = 1_000;

function createLaneWorker(clock: Clock, work: LaneWork): LaneWorker {
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let alarmAt = Number.POSITIVE_INFINITY;
  let cancel = (): void => undefined;

  async function run(): Promise<void> {
    try {
      do {
        again = false;
        await work.deliver();
      } while (again && !stopped);
      const due = await work.nextDue();
      if (due !== null) arm(due);
    } catch (fault) {
      work.failed(fault);
      arm(clock.now() + RETRY_MS);
    }
  }
  function trigger(): void {
    if (stopped) return;
    if (running !== null) {
      again = true;
      return;
    }
    running = run().finally(() => {
      running = null;
      if (again) trigger();
    });
  }
  /** The earliest wish wins; after a minute at the latest the clock is read again. */
  function arm(dueAt: number): void {
    if (stopped || dueAt >= alarmAt) return;
    cancel();
    alarmAt = dueAt;
    cancel = clock.alarm(Math.min(dueAt, clock.now() + SLEEP_MS_MAX), () => {
      alarmAt = Number.POSITIVE_INFINITY;
      trigger();
    });
  }
  return {
    busy: () => running !== null,
    wake: (dueAt) => (dueAt <= clock.now() ? trigger() : arm(dueAt)),
    stop() {
      stopped = true;
      cancel();
      return running ?? Promise.resolve();
    },
  };
}
