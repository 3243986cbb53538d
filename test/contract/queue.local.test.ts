import { createLocalQueue } from '../../src/queue/local.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { queueContract } from './queue-contract.ts';

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

queueContract('local', () => {
  const clock = fakeClock(Date.parse('2026-03-02T08:00:00Z'));
  return {
    open: (nextDue, failed) => createLocalQueue(clock, nextDue, failed),
    now: clock.now,
    passes: (ms) => clock.advance(ms, turns),
  };
});
