// A thread that tells what it sees of the environment.
import { parentPort } from 'node:worker_threads';

parentPort?.postMessage(Object.keys(process.env).toSorted());
parentPort?.on('message', () => process.exit(0));
