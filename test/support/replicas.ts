import type { EffectRow, Lane, Store } from '../../src/engine/store-port.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { createBullmqQueue } from '../../src/queue/bullmq.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { commit, effect, write } from './commits.ts';

/** A replica that only delivers: real store, real queue, and a list of what rang instead of phones. */
export interface Replica {
  readonly store: Store;
  readonly warned: string[];
  /** Owes one effect of a lane, due in `inMs`, and wakes as the door would. Answers its id. */
  owe(lane: Lane, inMs: number): Promise<string>;
  /** How long `wake` ever kept its caller waiting. */
  wakeMsMax(): number;
  stop(graceMs: number): Promise<void>;
}
export interface Rang {
  readonly effect: string;
  readonly replica: string;
  readonly lateMs: number;
}

export interface ReplicaOptions {
  readonly leaseMs?: number;
  /** Called when a lane is looked into, in the same turn as the job that says so. */
  readonly looking?: (lane: Lane) => void;
  /** What is claimed is settled when this resolves. */
  readonly claimed?: (rows: readonly EffectRow[]) => Promise<void>;
}

let streams = 0;

export async function startReplica(
  name: string,
  urls: { database: string; redis: string; prefix: string },
  rang: Rang[],
  { leaseMs = 30_000, looking = () => undefined, claimed = async () => undefined }: ReplicaOptions = {},
): Promise<Replica> {
  const { store } = await openPostgresStore(urls.database, { broken: () => undefined, replica: name });
  const warned: string[] = [];
  const clock = systemClock;
  const queue = createBullmqQueue({
    url: urls.redis,
    prefix: urls.prefix,
    clock,
    nextDue: (lane) => store.outbox.nextDue(lane),
    failed: (fault) => warned.push(String(fault)),
    warn: (sentence) => warned.push(sentence),
  });
  let wakeMsMax = 0;
  await queue.start(async (lane) => {
    looking(lane);
    for (;;) {
      const rows = await store.outbox.claim({ lane, now: clock.now(), leaseMs, limit: 8 });
      if (rows.length === 0) return;
      await claimed(rows);
      for (const { id, dueAt } of rows) rang.push({ effect: id, replica: name, lateMs: clock.now() - dueAt });
      await store.outbox.settle(rows.map(({ id, fence }) => ({ effect: id, fence, state: 'done', reason: null, detail: null })));
    }
  });
  return {
    store,
    warned,
    wakeMsMax: () => wakeMsMax,
    async owe(lane, inMs) {
      streams += 1;
      const dueAt = clock.now() + inMs;
      const effects = [effect(0, { lane, dueAt })];
      const [verdict] = await store.append([commit([write(`${name}/${streams}`, 0)], { effects })]);
      if (verdict?.verdict !== 'committed') throw new Error('not committed');
      const id = `${verdict.positions[0]}-0`;
      const before = performance.now();
      queue.wake(lane, dueAt, [id]);
      wakeMsMax = Math.max(wakeMsMax, performance.now() - before);
      return id;
    },
    async stop(graceMs) {
      await queue.stop(graceMs);
      await store.close();
    },
  };
}
