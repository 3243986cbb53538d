import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A whole incident over real sockets fits in this many times over; a test that needs longer says so itself. */
const TEST_MS_MAX = 20_000;
/** Half of the time of a test is waiting for a disk, a browser or another process: one more at once than there are cores keeps them busy. */
const WORKERS_BEYOND_CORES = 1;
/** Real processes and databases. They begin first, so that no core waits for one of them at the end. */
const SLOW = ['durability', 'faults', 'store', 'contract', 'end-to-end', 'cli', 'chat', 'simulation'];

/** Nothing in them changes what another file sees: their files share a process, and load each module once. */
const SHARING = [
  ...['commands', 'config', 'domain', 'engine', 'kit', 'law', 'ledger', 'readings', 'scenario', 'support'],
  ...['chat', 'contract', 'end-to-end', 'store', 'web'],
];
const below = (folders: readonly string[]): string[] => folders.map((folder) => `test/${folder}/**/*.test.ts`);

// Threads and programs that tests start keep what Node made of their sources, as the bot itself does; without it each compiles all of them anew.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/tests');

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const folder = relative(import.meta.dirname, moduleId).split('/')[1] ?? '';
      return SLOW.includes(folder) ? SLOW.indexOf(folder) : SLOW.length;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'sharing', include: below(SHARING), isolate: false } },
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: below(SHARING) } },
    ],
    environment: 'node',
    // Worker threads share one process, where a test that sets an environment variable or a signal handler reaches the others.
    pool: 'forks',
    maxWorkers: availableParallelism() + WORKERS_BEYOND_CORES,
    testTimeout: TEST_MS_MAX,
    // What comes at once on a quiet machine may wait seconds for its turn on a busy one.
    expect: { poll: { timeout: TEST_MS_MAX / 2 } },
    hookTimeout: TEST_MS_MAX,
    // A test that was switched on for debugging must not hide the others.
    allowOnly: false,
    passWithNoTests: false,
    dangerouslyIgnoreUnhandledErrors: false,
    sequence: { shuffle: false, sequencer: SlowFirst },
    unstubEnvs: true,
  },
});
