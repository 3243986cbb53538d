import { afterEach, describe, expect, it } from 'vitest';
import { LANE_RULES } from '../../src/engine/backoff.ts';
import { ATTEMPT_MS } from '../../src/engine/deliver.ts';
import { MARGIN_MS } from '../../src/engine/lease.ts';
import type { Store } from '../../src/engine/store-port.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { type Delivery, DONE, delivery, heldAnswers, MORNING, notify, step } from '../support/delivery.ts';
import { fakeClock } from '../support/fake-clock.ts';

const PAGE_MS = LANE_RULES.pages.leaseMs;
const STEP_MS = LANE_RULES.work.leaseMs;

let worlds: Delivery[] = [];
afterEach(async () => {
  const [first, ...others] = worlds;
  for (const world of others) {
    world.deliverer.stop();
    await world.queue.stop(0);
  }
  await first?.close();
  worlds = [];
});

async function open(options: Parameters<typeof delivery>[0] = {}): Promise<Delivery> {
  const world = await delivery(options);
  worlds.push(world);
  return world;
}

describe('a lease', () => {
  it('that ran out is taken over, and what its old holder says then counts no more', async () => {
    // A process that was frozen in the middle of a send: its clock stands still.
    const zombie = await open();
    const held = heldAnswers();
    zombie.answers(held.farEnd);
    await zombie.owe(notify('page'));
    const before = await zombie.row('1-0');
    const heir = await open({ store: zombie.store });
    await heir.advance(PAGE_MS - 1);
    expect(heir.begun).toEqual([]);
    await heir.advance(1);
    expect(heir.begun).toEqual(['page']);
    const after = await heir.row('1-0');
    expect(after).toMatchObject({ state: 'done', attempts: 2 });
    expect(after.fence).toBeGreaterThan(before.fence);
    held.give('page', { outcome: 'dead', reason: 'client', detail: 'a late answer' });
    await zombie.settle();
    expect(await heir.row('1-0')).toEqual(after);
    expect(zombie.seen.map(({ outcome }) => outcome)).toEqual(['fenced']);
  });

  it('lets nobody else begin what its holder is still doing', async () => {
    const holder = await open();
    holder.answers(heldAnswers().farEnd);
    await holder.owe(notify('page'));
    const other = await open({ store: holder.store, clock: holder.clock });
    await other.settle();
    expect(other.begun).toEqual([]);
  });

  it('that is nearly spent sends nothing any more', async () => {
    const world = await open({ performer: { unknown: () => ({ type: 'no.such-act' }) } });
    const held = heldAnswers();
    world.answers((name, ...rest) => (name === 'report-1' ? DONE : held.farEnd(name, ...rest)));
    // The third was claimed with the first two and waits for both, which hang as long as they may.
    await world.owe(step('drain'), step('undo'), step('report'));
    await world.advance(STEP_MS - 1);
    expect(world.seen.filter(({ effect }) => effect === '1-2').map(({ outcome }) => outcome)).toEqual(['late', 'done']);
    // What was never tried is no attempt.
    expect(await world.row('1-2')).toMatchObject({ state: 'done', attempts: 1 });
  });

  it('is nearly spent too when only the wall clock went on, as in a suspended machine', async () => {
    const world = await open();
    const held = heldAnswers();
    world.answers(held.farEnd);
    await world.owe(step('drain'), step('undo'));
    world.clock.jump(STEP_MS - ATTEMPT_MS);
    const suspended = await world.row('1-1');
    held.give('drain-1', DONE);
    await world.settle();
    expect(world.seen.filter(({ effect }) => effect === '1-1').map(({ outcome }) => outcome)).toEqual(['late']);
    expect((await world.row('1-1')).fence).toBeGreaterThan(suspended.fence);
    held.give('undo-1', DONE);
    await world.settle();
    expect(world.begun).toEqual(['drain-1', 'undo-1']);
    expect(await world.row('1-1')).toMatchObject({ state: 'done', attempts: 1 });
  });

  it('counts from before it was asked for: a slow claim makes it shorter, not longer', async () => {
    const { store } = await openSqliteStore(':memory:');
    const clock = fakeClock(MORNING);
    let slowMs = PAGE_MS / 2 + 1;
    const slow: Store = {
      ...store,
      outbox: {
        ...store.outbox,
        async claim(request) {
          const claimed = await store.outbox.claim(request);
          if (claimed.length === 0) return [];
          await clock.advance(slowMs, async () => undefined);
          slowMs = 0;
          return claimed;
        },
      },
    };
    const world = await open({ store: slow, clock });
    await world.owe(notify('page'));
    expect(world.seen.map(({ outcome }) => outcome)).toEqual(['late', 'done']);
    expect(world.begun).toEqual(['page']);
  });
});

describe('an attempt longer than its lease', () => {
  it('holds on to it, and is aborted when its own time is up', async () => {
    const holder = await open();
    const held = heldAnswers();
    holder.answers(held.farEnd);
    await holder.owe(notify('page'));
    const other = await open({ store: holder.store, clock: holder.clock });
    await holder.advance(ATTEMPT_MS - 1);
    expect(ATTEMPT_MS).toBeGreaterThan(PAGE_MS);
    expect([other.begun, held.signals.get('page')?.aborted]).toEqual([[], false]);
    held.give('page', DONE);
    await holder.settle();
    expect(await holder.row('1-0')).toMatchObject({ state: 'done', attempts: 1 });
  });

  it('ends before its lease does where that cannot be renewed', async () => {
    const { store } = await openSqliteStore(':memory:');
    const renew = (): Promise<boolean> => Promise.reject(new Error('the database is away'));
    const world = await open({ store: { ...store, outbox: { ...store.outbox, renew } } });
    const held = heldAnswers();
    world.answers(held.farEnd);
    await world.owe(notify('page'));
    await world.advance(PAGE_MS - MARGIN_MS);
    expect(held.signals.get('page')?.aborted).toBe(false);
    await world.advance(MARGIN_MS / 2);
    expect(held.signals.get('page')?.aborted).toBe(true);
  });

  it('ends as soon as it is known that somebody took it over', async () => {
    const zombie = await open();
    const held = heldAnswers();
    zombie.answers(held.farEnd);
    await zombie.owe(notify('page'));
    const heir = await open({ store: zombie.store });
    await heir.advance(PAGE_MS);
    expect(heir.begun).toEqual(['page']);
    await zombie.advance(PAGE_MS - MARGIN_MS);
    expect(held.signals.get('page')?.aborted).toBe(true);
  });
});

describe('a store that fails for a while', () => {
  const failing = (store: Store, isBroken: () => boolean): Store => ({
    ...store,
    append: (commits) => (isBroken() ? Promise.reject(new Error('disk full')) : store.append(commits)),
    outbox: {
      ...store.outbox,
      settle: (settlements) => (isBroken() ? Promise.reject(new Error('disk full')) : store.outbox.settle(settlements)),
    },
  });

  it('costs no second send: what became of it is written down as soon as that works', async () => {
    let broken = false;
    const { store } = await openSqliteStore(':memory:');
    const world = await open({ store: failing(store, () => broken) });
    world.answers(() => {
      broken = true;
      return DONE;
    });
    await world.owe(notify('page'));
    await world.advance(5_000);
    broken = false;
    await world.advance(PAGE_MS * 2);
    expect(world.begun).toEqual(['page']);
    expect(await world.row('1-0')).toMatchObject({ state: 'done', attempts: 1 });
    expect(world.bugs.length).toBeGreaterThan(0);
  });

  it('and never comes back before the lease is over: it is sent again, rather than never', async () => {
    let broken = false;
    const { store } = await openSqliteStore(':memory:');
    const world = await open({ store: failing(store, () => broken) });
    world.answers(() => {
      broken = world.begun.length === 1;
      return DONE;
    });
    await world.owe(notify('page'));
    await world.advance(PAGE_MS + 5_000);
    expect(world.begun).toEqual(['page', 'page']);
    expect(await world.row('1-0')).toMatchObject({ state: 'done', attempts: 2 });
  });
});
