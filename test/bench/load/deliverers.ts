import { createDeliverer, type Performer } from '../../../src/engine/deliver.ts';
import { createDoor } from '../../../src/engine/door.ts';
import type { Lane, Queue, Store } from '../../../src/engine/store-port.ts';
import { systemClock } from '../../../src/kit/clock.ts';
import { systemRandomness } from '../../../src/kit/randomness.ts';
import { exampleCatalog } from '../../support/catalog.ts';
import { commit, effect, write } from '../../support/commits.ts';

/** A store, a queue and the real deliverer between them; every effect is kept at once, because its far end is not measured. */
export interface Delivering {
  /** Promises so many effects, `dueIn(index)` milliseconds from now, each by a commit of its own, in transactions of up to 64. */
  promise(count: number, dueIn: (index: number) => number): Promise<void>;
  /** Answers when so many have been kept in all. */
  kept(count: number): Promise<void>;
  readonly latenessMs: readonly number[];
  stop(): Promise<void>;
}

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
    async promise(count, dueIn) {
      for (let from = 0; from < count; from += BATCH) {
        const now = clock.now();
        const dueAts = Array.from({ length: Math.min(BATCH, count - from) }, (_unused, index) => now + dueIn(from + index));
        const commits = dueAts.map((dueAt) => commit([write(`load/${++streams}`, 0)], { effects: [effect(0, { dueAt })] }));
        const verdicts = await store.append(commits);
        for (const [index, verdict] of verdicts.entries())
          if (verdict.verdict === 'committed') wake('asks', dueAts[index] as number, `${verdict.positions[0]}-0`);
      }
    },
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
