import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Report, Simulation } from './simulate.ts';

/** Threads that play nights side by side, as many as there are cores. */
export interface Players {
  readonly count: number;
  /** Plays it as soon as a thread is free. Rejects on a bug in the simulator itself. */
  play(simulation: Simulation): Promise<Report>;
  end(): Promise<void>;
}

const PROGRAM = new URL('./player.ts', import.meta.url);
const YOUNG_MEGABYTES = 96;

export function startPlayers(count: number = availableParallelism()): Players {
  // A night makes little that lasts and much that does not: with the usual nursery most of the time goes into sweeping it.
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MEGABYTES };
  const all = Array.from({ length: count }, () => new Worker(PROGRAM, { resourceLimits }));
  const free = [...all];
  const waiting: ((worker: Worker) => void)[] = [];
  const take = (): Promise<Worker> => {
    const worker = free.pop();
    return worker === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(worker);
  };
  const giveBack = (worker: Worker): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(worker);
    else next(worker);
  };
  return {
    count,
    async play(simulation) {
      const worker = await take();
      try {
        return await answerOf(worker, simulation);
      } finally {
        giveBack(worker);
      }
    },
    async end() {
      await Promise.all(all.map((worker) => worker.terminate()));
    },
  };
}

function answerOf(worker: Worker, simulation: Simulation): Promise<Report> {
  return new Promise((resolve, reject) => {
    const heard = (report: Report): void => {
      worker.off('error', reject);
      resolve(report);
    };
    worker.once('message', heard);
    worker.once('error', reject);
    worker.postMessage(simulation);
  });
}
