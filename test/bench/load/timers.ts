import { join } from 'node:path';
import type { Store } from '../../../src/engine/store-port.ts';
import { systemClock } from '../../../src/kit/clock.ts';
import { createBullmqQueue } from '../../../src/queue/bullmq.ts';
import { createLocalQueue } from '../../../src/queue/local.ts';
import { openPostgresStore } from '../../../src/store/postgres.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { type Figure, percentile } from '../measure.ts';
import { startDelivering } from './deliverers.ts';
import { type Servers, withServers } from './servers.ts';

const PENDING = 100_000;
/** Of those so many come due while we look, this far apart. */
const DUE = 1_000;
const APART_MS = 10;
/** Promising those is over by then. */
const FIRST_MS = 10_000;
const FAR_MS = 3_600_000;

type Open = Parameters<typeof startDelivering>[1];

export const timerFigures = (directory: string): Promise<readonly Figure[]> =>
  withServers(directory, async (servers) => [await embedded(directory), await throughBullmq(servers)]);

async function embedded(directory: string): Promise<Figure> {
  const { store } = await openSqliteStore(join(directory, 'timers.db'));
  const ours = await lateness(store, (nextDue) => createLocalQueue(systemClock, nextDue, failed));
  return { what: 'timer lateness embedded, 100,000 pending, p99', ours, floor: null, unit: 'ms', aim: '< 20 ms' };
}

async function throughBullmq({ postgres, redis }: Servers): Promise<Figure> {
  const { store } = await openPostgresStore(await postgres.createDatabase(), { broken: () => undefined, replica: 'timers' });
  const parts = { url: redis.url, prefix: 'timers', clock: systemClock, failed, warn: () => undefined };
  const ours = await lateness(store, (nextDue) => createBullmqQueue({ ...parts, nextDue }));
  return { what: 'timer lateness on BullMQ, 100,000 pending, p99', ours, floor: null, unit: 'ms', aim: '< 150 ms' };
}

async function lateness(store: Store, open: Open): Promise<number> {
  const delivering = await startDelivering(store, open);
  await delivering.promise(PENDING - DUE, (index) => FAR_MS + index);
  const from = systemClock.now() + FIRST_MS;
  await delivering.promise(DUE, (index) => from + index * APART_MS - systemClock.now());
  if (systemClock.now() > from) throw new Error('promising took longer than it may here');
  await delivering.kept(DUE);
  await delivering.stop();
  await store.close();
  return percentile(delivering.latenessMs, 0.99);
}

function failed(fault: unknown): never {
  throw fault;
}
