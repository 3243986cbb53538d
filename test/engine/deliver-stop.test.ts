import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Delivery, DONE, delivery, heldAnswers, notify, step } from '../support/delivery.ts';

let world: Delivery;
beforeEach(async () => {
  world = await delivery();
});
afterEach(() => world.close());

/** Stops as the bot does; answers how long that took on the bot's clock. */
async function stop(graceMs: number): Promise<{ readonly tookMs: () => number | null }> {
  const startedAt = world.clock.monotonic();
  let tookMs: number | null = null;
  world.deliverer.stop();
  void world.queue
    .stop(graceMs)
    .then(() => world.deliverer.finished(graceMs))
    .then(() => {
      tookMs = world.clock.monotonic() - startedAt;
    });
  await world.settle();
  return { tookMs: () => tookMs };
}

describe('stopping', () => {
  it('waits for what is under way and begins nothing new', async () => {
    const held = heldAnswers();
    world.answers(held.farEnd);
    await world.owe(notify('page'));
    const stopped = await stop(10_000);
    await world.owe(notify('too late'));
    await world.advance(2_000);
    expect(stopped.tookMs()).toBeNull();
    held.give('page', DONE);
    await world.settle();
    expect(stopped.tookMs()).toBe(2_000);
    expect(await world.states()).toEqual(['1-0 done', '2-0 pending']);
    expect(world.begun).toEqual(['page']);
  });

  it('gives back at once what was claimed and had not begun, as if nobody had touched it', async () => {
    const held = heldAnswers();
    world.answers(held.farEnd);
    await world.owe(step('drain'), step('undo'));
    expect((await world.row('1-1')).state).toBe('claimed');
    await stop(10_000);
    held.give('drain-1', DONE);
    await world.settle();
    const undo = await world.row('1-1');
    expect(undo).toMatchObject({ state: 'pending', attempts: 0 });
    expect(await world.store.outbox.nextDue('work')).toBe(undo.dueAt);
  });

  it('aborts shortly before the grace is over, so that there is time to write down what came of it', async () => {
    const held = heldAnswers();
    world.answers(held.farEnd);
    await world.owe(notify('page'));
    const stopped = await stop(5_000);
    await world.advance(2_999);
    expect(held.signals.get('page')?.aborted).toBe(false);
    await world.advance(1);
    expect(held.signals.get('page')?.aborted).toBe(true);
    held.give('page', { outcome: 'unknown', reason: 'timeout', detail: 'cut off before an answer' });
    await world.settle();
    expect(stopped.tookMs()).toBe(3_000);
    expect(await world.row('1-0')).toMatchObject({ state: 'pending', reason: 'timeout' });
  });

  it('gives up on what does not even hear that', async () => {
    world.answers(heldAnswers().farEnd);
    await world.owe(notify('page'));
    const stopped = await stop(5_000);
    await world.advance(5_000);
    expect(stopped.tookMs()).toBe(4_000);
    expect(await world.row('1-0')).toMatchObject({ state: 'pending', reason: 'timeout' });
  });

  it('takes no longer than the grace, whatever hangs, and leaves that to its lease', async () => {
    world.answers(heldAnswers().farEnd);
    await world.owe(notify('page'));
    const stopped = await stop(1_000);
    await world.advance(1_000);
    expect(stopped.tookMs()).toBe(1_000);
    expect(await world.states()).toEqual(['1-0 claimed']);
  });

  it('is quick when nothing is under way', async () => {
    expect((await stop(10_000)).tookMs()).toBe(0);
  });
});
