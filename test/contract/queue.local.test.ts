import { describe, expect, it } from 'vitest';
import type { Lane } from '../../src/engine/store-port.ts';
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

describe('a local queue', () => {
  async function opened(options: { readonly lookEveryMs?: number }) {
    const clock = fakeClock(Date.parse('2026-03-02T08:00:00Z'));
    const due = new Map<Lane, number>();
    const looked: Lane[] = [];
    let asked = 0;
    const nextDue = async (lane: Lane): Promise<number | null> => {
      asked += 1;
      return due.get(lane) ?? null;
    };
    const queue = createLocalQueue(clock, nextDue, () => undefined, options);
    await queue.start(async (lane) => {
      looked.push(lane);
      due.delete(lane);
    });
    await turns();
    looked.length = 0;
    return { queue, due, looked, asked: () => asked, passes: (ms: number) => clock.advance(ms, turns), now: clock.now };
  }

  it('finds what another process promised into a shared store, and asks before it looks', async () => {
    const { due, looked, passes, now, asked } = await opened({ lookEveryMs: 1_000 });
    const before = asked();
    await passes(3_500);
    expect([looked, asked() - before]).toEqual([[], 12]);
    due.set('pages', now());
    await passes(1_000);
    expect(looked).toEqual(['pages']);
    due.set('asks', now() + 300);
    await passes(2_000);
    expect(looked).toEqual(['pages', 'asks']);
  });

  it('tries a store that failed again soon, although the clock was set back meanwhile', async () => {
    const clock = fakeClock(Date.parse('2026-03-02T08:00:00Z'));
    const due = clock.now();
    let isAway = true;
    const looked: Lane[] = [];
    const queue = createLocalQueue(
      clock,
      async (lane) => (lane === 'pages' && looked.length === 0 ? due : null),
      () => undefined,
    );
    await queue.start(async (lane) => {
      if (isAway) throw new Error('the store is away');
      looked.push(lane);
    });
    await turns();
    isAway = false;
    clock.jump(-3_600_000);
    await clock.advance(5_000, turns);
    expect(looked).toEqual([]);
    // What was due is not due any more, for an hour; then it is on time.
    await clock.advance(3_590_000, turns);
    expect(looked).toEqual([]);
    await clock.advance(5_000, turns);
    expect(looked).toEqual(['pages']);
    await queue.stop(0);
  });

  it('does not ask a store that is its own before anything is due', async () => {
    const { queue, due, looked, passes, now, asked } = await opened({});
    due.set('asks', now() + 600_000);
    queue.wake('asks', now() + 600_000);
    const before = asked();
    await passes(599_000);
    expect([looked, asked() - before]).toEqual([[], 0]);
    await passes(2_000);
    expect(looked).toEqual(['asks']);
  });
});
