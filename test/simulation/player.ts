import { parentPort } from 'node:worker_threads';
import { type Simulation, simulate } from './simulate.ts';

/** A thread that plays one night after another for `players.ts`. */
parentPort?.on('message', (simulation: Simulation) => {
  void simulate(simulation).then((report) => parentPort?.postMessage(report));
});
