import { createDeliverer, type Performer } from '../../../src/engine/deliver.ts';
import { createDoor } from '../../../src/engine/door.ts';
import type { Lane, Queue, Store } from '../../../src/engine/store-port.ts';
import { systemClock } from '../../../src/kit/clock.ts';
import { systemRandomness } from '../../../src/kit/randomness.ts';
import { exampleCatalog } from '../../support/catalog.ts';
import { commit, effect, write } from '../../support/commits.ts';

/** A store, a queue and the real deliverer between them; every effect is kept at once, because its far end is not measured. */
export interface Delivering {
  /** Promises so many effects, `dueIn(index)` milliseconds from now, in transactions of up to 64 commits. */
  promise(count: number, dueIn: (index: number) => number, each?: number): Promise<void>;
  /** Answers when so many have been kept in all. */
  kept(count: number): Promise<void>;
  readonly latenessMs: readonly number[];
  stop(): Promise<void>;
}

/** Commits in one transaction. */
const BATCH = 64;
const DONE: Performer = { perform: async () => ({ outcome: 'done' }), buried: () => null, unknown: () => 'repeat' };
let streams = 0;

export async function startDelivering(store: Store, open: (nextDue: (lane: Lane) => Promise<number | null>) => Queue): Promise<Delivering> {
  const clock = systemClock;
  const latenessMs: number[] = [];
  let waiting: { readonly count: number; readonly resolve: () => void } | null = null;
  const wake: Queue['wake'] = (...word) => queue.wake(...word);
  const door = createDoor({ store, catalog: () => exampleCatalog, clock, randomness: systemRandomness, wake });
  const deliverer = createDeliverer({
    store,
    door,
    clock,
    randomness: systemRandomness,
    wake,
    took: (ids) => queue.took(ids),
    look: (lane) => queue.look(lane),
    performers: () => DONE,
    bug(fault) {
      throw fault;
    },
    observe({ lateMs }) {
      latenessMs.push(lateMs);
      if (waiting !== null && latenessMs.length >= waiting.count) waiting.resolve();
    },
  });
  const queue = open((lane) => deliverer.nextDue(lane));
  await queue.start((lane) => deliverer.deliver(lane));
  return {
    latenessMs,
    promise: (count, dueIn, each = 1) =>
      promiseEffects(store, { count, each, dueAt: (index) => clock.now() + dueIn(index) }, (dueAt, id) => wake('asks', dueAt, [id])),
    kept: (count) =>
      new Promise((resolve) => {
        waiting = { count, resolve };
        if (latenessMs.length >= count) resolve();
      }),
    async stop() {
      await queue.stop(1_000);
      await deliverer.finished(1_000);
    },
  };
}

export interface Promised {
  readonly count: number;
  /** Effects of one commit. */
  readonly each: number;
  readonly dueAt: (index: number) => number;
}

/** Promises effects to nobody but whom `told` tells. */
export async function promiseEffects(
  store: Store,
  { count, each, dueAt }: Promised,
  told: (dueAt: number, id: string) => void,
): Promise<void> {
  const together = BATCH * each;
  for (let from = 0; from < count; from += together) {
    const dueAts = Array.from({ length: Math.min(together, count - from) }, (_unused, index) => dueAt(from + index));
    const commits = inParts(dueAts, each).map((part) =>
      commit([write(`load/${++streams}`, 0)], { effects: part.map((due, number) => effect(number, { dueAt: due })) }),
    );
    for (const [index, verdict] of (await store.append(commits)).entries())
      if (verdict.verdict === 'committed')
        for (const { number, dueAt: due } of commits[index]?.effects ?? []) told(due, `${verdict.positions[0]}-${number}`);
  }
}

function inParts<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_unused, index) => items.slice(index * size, (index + 1) * size));
}
