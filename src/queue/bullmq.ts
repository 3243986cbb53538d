import type { Queue } from '../engine/store-port.ts';
import { LANES, type Lane } from '../engine/store-port.ts';
import type { Clock } from '../kit/clock.ts';
import { createBullmqHints, type Hints } from './bullmq-hints.ts';
import { createLocalQueue } from './local.ts';

/** The database is asked this often, whatever Redis says: the longest anything waits because Redis forgot it. */
const SWEEP_MS = 1_000;
/** How much longer than Redis this process waits before it asks by itself: the replica that got the hint should be first. */
const PATIENCE_MS = 100;

export interface BullmqParts {
  readonly url: string;
  /** Separates installations that share one Redis. Letters, digits and dashes. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly nextDue: (lane: Lane) => Promise<number | null>;
  readonly failed: (fault: unknown, lane: Lane) => void;
  /** Told what the operator should know: Redis is away, is back, or forgets. */
  readonly warn: (sentence: string) => void;
}

/**
 * Wakes any one replica through BullMQ on Redis. Every effect is a job under its own id, delayed until it is due. A job only says
 * "look into this lane": the promise is the row in the database. So what Redis forgets, drops or delivers twice costs a look, never
 * a page: every replica also asks the database by itself, a little later than the job would have come and once a second at the
 * latest. While Redis is away it looks at once. Pages that are due are looked for at once in any case; their jobs are for the
 * other replicas, should this one die over them.
 */
export function createBullmqQueue(parts: BullmqParts): Queue {
  const { clock, failed } = parts;
  /** When each lane was last looked into: what was due and committed by then has been seen. */
  const looked = new Map<Lane, number>();
  const hints = createBullmqHints(parts);
  const sweeper = createSweeper(parts, hints, (lane) => looks.wake(lane, clock.now()));
  const looks = createLocalQueue(
    clock,
    async (lane) => {
      sweeper.expect(lane, await parts.nextDue(lane));
      // The sweeper keeps the time.
      return null;
    },
    failed,
  );
  return {
    name: 'bullmq',
    async start(deliver) {
      await looks.start((lane) => {
        looked.set(lane, clock.now());
        return deliver(lane);
      });
      hints.start((lane, since) => {
        if ((looked.get(lane) ?? 0) <= since) looks.wake(lane, clock.now());
      });
      sweeper.start();
    },
    wake(lane, dueAt, effects = []) {
      const isNow = dueAt <= clock.now();
      const isNamed = effects.length > 0 && hints.leaveJobs(effects, lane, dueAt);
      // Pages wait for nothing, not even for Redis; and without Redis nothing waits.
      if (isNow && (lane === 'pages' || !(isNamed || hints.leave(lane, dueAt)))) looks.wake(lane, dueAt);
      else sweeper.expect(lane, dueAt, isNamed);
    },
    took: (effects) => hints.drop(effects),
    look: looks.look,
    busy: () => looks.busy(),
    async stop(graceMs) {
      sweeper.stop();
      let cancel = (): void => undefined;
      const patience = new Promise<void>((resolve) => {
        cancel = clock.alarm(clock.now() + graceMs, resolve);
      });
      await Promise.all([looks.stop(graceMs), Promise.race([hints.stop(), patience])]);
      cancel();
    },
  };
}

interface Sweeper {
  start(): void;
  /** Something of this lane is due then: leaves a hint if there is none, and asks the database a little later whether that was enough. */
  expect(lane: Lane, dueAt: number | null, isHinted?: boolean): void;
  stop(): void;
}

/** Asks the database what is due, and has a look taken when something is. */
function createSweeper({ clock, nextDue, failed }: BullmqParts, hints: Hints, look: (lane: Lane) => void): Sweeper {
  const alarms = new Map<Lane, { readonly at: number; readonly cancel: () => void }>();
  let stopped = false;

  async function ask(lane: Lane): Promise<void> {
    try {
      const due = await nextDue(lane);
      if (due !== null && due <= clock.now()) look(lane);
      expect(lane, due);
    } catch (fault) {
      failed(fault, lane);
      arm(lane, clock.now() + SWEEP_MS);
    }
  }
  /** The earliest wish wins. */
  function arm(lane: Lane, at: number): void {
    const before = alarms.get(lane);
    if (stopped || (before !== undefined && before.at <= at)) return;
    before?.cancel();
    const cancel = clock.alarm(at, () => {
      alarms.delete(lane);
      ask(lane).catch((fault: unknown) => failed(fault, lane));
    });
    alarms.set(lane, { at, cancel });
  }
  function expect(lane: Lane, dueAt: number | null, hasJob = false): void {
    const now = clock.now();
    const sweepAt = now + SWEEP_MS;
    if (dueAt === null || dueAt > sweepAt) {
      if (dueAt !== null && !hasJob) hints.leave(lane, dueAt);
      arm(lane, sweepAt);
      return;
    }
    // What is due already has had its hint; what is coming gets one, or is kept time for here.
    const isHinted = hasJob || dueAt <= now || hints.leave(lane, dueAt);
    arm(lane, Math.max(dueAt, now) + (isHinted ? PATIENCE_MS : 0));
  }
  return {
    start() {
      for (const lane of LANES) arm(lane, clock.now() + SWEEP_MS);
    },
    expect,
    stop() {
      stopped = true;
      for (const { cancel } of alarms.values()) cancel();
    },
  };
}
