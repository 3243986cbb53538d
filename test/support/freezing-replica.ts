// A replica in a process of its own. It claims the asks that are due, says so on its standard output, and settles nothing. Told
// after that by a job of BullMQ to look into the chat lane, it stands still in the middle of the job until it is killed.
import { writeSync } from 'node:fs';
import { startReplica } from './replicas.ts';

const STDOUT = 1;
const [database = '', redis = '', prefix = '', leaseMs = ''] = process.argv.slice(2);
// Deep enough for the way from a job to a look.
Error.stackTraceLimit = 50;
let holds = false;
const say = (word: object): number => writeSync(STDOUT, `${JSON.stringify(word)}\n`);

await startReplica('freezing', { database, redis, prefix }, [], {
  leaseMs: Number(leaseMs),
  looking(lane) {
    // A look that began before the job came would go on outside of it.
    const isInJob = new Error('where').stack?.includes('bullmq-hints.ts') === true;
    if (!holds || lane !== 'chat' || !isInJob) return;
    say({ frozen: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0);
  },
  async claimed(rows) {
    holds = true;
    say({ claimed: rows.map(({ id, fence }) => ({ effect: id, fence })) });
    await new Promise(() => undefined);
  },
});
