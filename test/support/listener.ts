// A process of its own that listens to a chat world while the lease is its own, and says so, a line each time.
import { heldByOne } from '../../src/engine/held-platform.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';

const opened = await openPostgresStore(process.argv[2] ?? '', { broken: () => undefined, replica: String(process.pid) });
const platform = heldByOne(
  {
    name: 'slack',
    start: async () => void process.stdout.write('listens\n'),
    stop: async () => void process.stdout.write('silent\n'),
    deliver: async () => ({ outcome: 'done' }),
    groups: async () => [],
  },
  opened.lease('slack'),
  systemClock,
  () => undefined,
);
await platform.start(async () => ({ ok: true, quiet: true, document: { blocks: [] } }));
process.stdout.write('started\n');
process.once('SIGTERM', () => void platform.stop().then(() => process.exit(0)));
