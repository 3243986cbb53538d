import { createPace } from '../../src/kit/pace.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { paceContract } from './pace-contract.ts';

paceContract('of one process', () => {
  const clock = fakeClock(0);
  return { pace: createPace(clock), passes: (ms) => clock.advance(ms, async () => undefined) };
});
