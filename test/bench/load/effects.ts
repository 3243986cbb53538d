import { Queue as BullQueue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { systemClock } from '../../../src/kit/clock.ts';
import { createBullmqQueue } from '../../../src/queue/bullmq.ts';
import { QUEUE_NAME } from '../../../src/queue/bullmq-hints.ts';
import { openPostgresStore } from '../../../src/store/postgres.ts';
import { type Figure, median, rate } from '../measure.ts';
import { promiseEffects, startDelivering } from './deliverers.ts';
import { type Servers, withServers } from './servers.ts';

const EFFECTS = 6_000;
const ROUNDS = 3;
const AT_ONCE = 50;
const PREFIX = 'bench';
const LOOK_MS = 5;

export const effectFigures = (directory: string): Promise<readonly Figure[]> => withServers(directory, effectsOn);

/**
 * Effects promised in PostgreSQL, each a job of BullMQ under its id, claimed and settled, until the last of them and the last job is over;
 * beside jobs that BullMQ adds and processes and nothing else.
 */
async function effectsOn({ postgres, redis }: Servers): Promise<readonly Figure[]> {
  const { store } = await openPostgresStore(await postgres.createDatabase(), { broken: () => undefined, replica: 'bench' });
  const failed = (fault: unknown): never => {
    throw fault;
  };
  const delivering = await startDelivering(store, (nextDue) =>
    createBullmqQueue({ url: redis.url, prefix: PREFIX, clock: systemClock, nextDue, failed, warn: () => undefined }),
  );
  const looking = new Redis(redis.url);
  const jobs = new BullQueue(QUEUE_NAME, { connection: looking, prefix: PREFIX });
  const figures: Figure[] = [];
  let kept = 0;
  for (const { what, each, aim } of SHAPES) {
    const ours: number[] = [];
    const floors: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      floors.push(await bareJobs(redis.url, `bare-${each}-${round}`));
      kept += EFFECTS;
      const keep = () => Promise.all([delivering.promise(EFFECTS, () => 0, each), delivering.kept(kept)]);
      ours.push(await perSecond(() => keep().then(() => emptied(jobs))));
    }
    figures.push({ what, ours: median(ours), floor: median(floors), unit: '/s', aim });
  }
  await delivering.stop();
  await jobs.close();
  looking.disconnect();
  // The same ledger without anybody who delivers: no more effects can be kept than are promised.
  const alone: number[] = [];
  const far = (): number => systemClock.now() + FAR_MS;
  for (let round = 0; round < ROUNDS; round += 1)
    alone.push(await perSecond(() => promiseEffects(store, { count: EFFECTS, each: 1, dueAt: far }, () => undefined)));
  await store.close();
  const [first] = figures;
  return [
    ...figures,
    { what: 'promised one to a commit, delivered by nobody', ours: median(alone), floor: first?.floor ?? null, unit: '/s', aim: '–' },
  ];
}

const SHAPES = [
  { what: 'effects kept through BullMQ (floor: bare jobs)', each: 1, aim: '≥ 0.60×' },
  { what: 'the same, four to a commit as of a declaration', each: 4, aim: '≥ 0.60×' },
] as const;
const FAR_MS = 3_600_000;

async function perSecond(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (EFFECTS / (performance.now() - from)) * 1_000;
}

/** Whoever was quicker than its jobs leaves them behind, and they are work for Redis as well. */
async function emptied(jobs: BullQueue): Promise<void> {
  for (;;) {
    const counts = await jobs.getJobCounts('wait', 'prioritized', 'active');
    if (Object.values(counts).every((count) => count === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** BullMQ as its documentation shows it: added and processed at the same time. */
async function bareJobs(url: string, prefix: string): Promise<number> {
  const [adding, working] = [new Redis(url, { maxRetriesPerRequest: null }), new Redis(url, { maxRetriesPerRequest: null })];
  const queue = new BullQueue('jobs', { connection: adding, prefix });
  let done = 0;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const processed = async (): Promise<void> => {
    done += 1;
    if (done === EFFECTS) finish();
  };
  const worker = new Worker('jobs', processed, { connection: working, prefix, concurrency: AT_ONCE });
  await worker.waitUntilReady();
  const from = performance.now();
  const options = { removeOnComplete: true, removeOnFail: true };
  await Promise.all([rate(EFFECTS, AT_ONCE, (index) => queue.add('effect', {}, { ...options, jobId: `${index}-0` })), finished]);
  const perSecond = (EFFECTS / (performance.now() - from)) * 1_000;
  await Promise.all([worker.close(), queue.close()]);
  for (const redis of [adding, working]) redis.disconnect();
  return perSecond;
}
