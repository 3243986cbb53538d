import { describe, expect, it } from 'vitest';
import { noPostgres } from '../support/postgres.ts';
import { noRedis } from '../support/redis.ts';
import { runFaults } from './run.ts';

const SLOW_MS_MAX = 240_000;
/** These are killed and frozen, so they must be ours. */
const mayBreak = process.env['DATABASE_URL'] === undefined && process.env['REDIS_URL'] === undefined;

// Where there is no server of ours to break; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null || noRedis() !== null || !mayBreak)('faults for real, a few of each kind', () => {
  // Those of Slack and of the clock, each on an installation of its own, are played by `npm run faults`. What they do is also looked at by
  // itself: `test/end-to-end/slack-faults.test.ts`, `test/kit/agreed-clock.test.ts`, the simulation.
  it('lose nothing that was acknowledged, and every page rings', { timeout: SLOW_MS_MAX }, async () => {
    const only = ['kill-9', 'redis-flush'];
    const runs = await runFaults({ seed: 7, kills: 2, commands: 0, only, tell: () => undefined });
    expect(runs.map(({ fault }) => fault)).toEqual([...only, 'all']);
    expect(runs.filter(({ isGood }) => !isGood)).toEqual([]);
  });
});
