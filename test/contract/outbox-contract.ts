import { expect, it } from 'vitest';
import type { Outbox, Settlement } from '../../src/engine/store-port.ts';
import { commit, effect, write } from '../support/commits.ts';
import type { StoreUnderTest } from './store-under-test.ts';

const LEASE_MS = 30_000;
const done = (id: string, fence: number): Settlement => ({ effect: id, fence, state: 'done', reason: null, detail: null });

/** What every outbox promises; part of the store's contract. */
export function outboxContract(under: () => StoreUnderTest): void {
  const outbox = (): Outbox => under().store.outbox;
  const claim = (now: number, limit = 10) => outbox().claim({ lane: 'asks', now, leaseMs: LEASE_MS, limit });
  const owe = (...effects: ReturnType<typeof effect>[]) => under().store.append([commit([write('a/1', 0)], { effects })]);

  it('names effects after the entry that entails them', async () => {
    await under().store.append([commit([write('a/1', 0, 2)], { effects: [effect(0, { entry: 1 }), effect(1, { entry: 1 })] })]);
    expect((await claim(1_000)).map(({ id }) => id)).toEqual(['2-0', '2-1']);
  });

  it('gives what is due, oldest first, never before its time, never another lane', async () => {
    await owe(effect(0, { dueAt: 3_000 }), effect(1, { dueAt: 2_000 }), effect(2, { dueAt: 9_000 }), effect(3, { lane: 'chat' }));
    expect(await claim(1_999)).toEqual([]);
    expect((await claim(3_000)).map(({ id }) => id)).toEqual(['1-1', '1-0']);
    expect(await outbox().nextDue('asks')).toBe(9_000);
    expect(await outbox().nextDue('pages')).toBeNull();
  });

  it('keeps to the limit', async () => {
    await owe(...Array.from({ length: 5 }, (_unused, index) => effect(index)));
    expect(await claim(1_000, 3)).toHaveLength(3);
    expect(await claim(1_000, 3)).toHaveLength(2);
  });

  it('gives a claimed effect to nobody else until its lease is over, then with a higher fence', async () => {
    await owe(effect(0));
    const [first] = await claim(1_000);
    expect(first).toMatchObject({ attempts: 1, state: 'claimed', leaseUntil: 31_000 });
    expect(await claim(30_999)).toEqual([]);
    expect(await outbox().nextDue('asks')).toBe(31_000);
    const [second] = await claim(31_000);
    expect(second?.attempts).toBe(2);
    expect(second?.fence).toBeGreaterThan(first?.fence ?? 0);
  });

  it('lets only the holder of the newest fence settle or release', async () => {
    await owe(effect(0));
    const [stale] = await claim(1_000);
    const [current] = await claim(31_000);
    expect(await outbox().settle([done('1-0', stale?.fence ?? 0)])).toEqual([false]);
    const late = { effect: '1-0', fence: stale?.fence ?? 0, dueAt: 1, reason: null, detail: null };
    expect(await outbox().release(late)).toBe(false);
    expect(await outbox().settle([done('1-0', current?.fence ?? 0)])).toEqual([true]);
    expect(await outbox().settle([done('1-0', current?.fence ?? 0)])).toEqual([false]);
    expect(await outbox().nextDue('asks')).toBeNull();
  });

  it('settles together with the events, or not at all', async () => {
    await owe(effect(0));
    const [row] = await claim(1_000);
    const fence = row?.fence ?? 0;
    const [fenced] = await under().store.append([commit([write('a/1', 1)], { settle: done('1-0', fence + 1) })]);
    expect(fenced).toEqual({ verdict: 'fenced' });
    expect((await under().store.head()).position).toBe(1);
    const [lost] = await under().store.append([commit([write('a/1', 0)], { settle: done('1-0', fence) })]);
    expect(lost).toEqual({ verdict: 'conflict' });
    expect(await outbox().list({ states: ['claimed'], limit: 10 })).toHaveLength(1);
    const [kept] = await under().store.append([commit([write('a/1', 1)], { settle: done('1-0', fence) })]);
    expect(kept?.verdict).toBe('committed');
    expect(await outbox().list({ states: ['done'], limit: 10 })).toHaveLength(1);
  });

  it('gives a released effect again when it is due, and remembers why', async () => {
    await owe(effect(0));
    const [row] = await claim(1_000);
    await outbox().release({ effect: '1-0', fence: row?.fence ?? 0, dueAt: 5_000, reason: 'timeout', detail: 'no answer' });
    expect(await claim(4_999)).toEqual([]);
    expect(await claim(5_000)).toMatchObject([{ attempts: 2, reason: 'timeout', detail: 'no answer' }]);
  });

  it('lets a newer card supersede an older one that is not yet under way', async () => {
    const card = (number: number) => effect(number, { lane: 'chat', coalesce: 'keep console 1' });
    await under().store.append([commit([write('a/1', 0)], { effects: [card(0)] })]);
    await under().store.append([commit([write('a/1', 1)], { effects: [card(0)] })]);
    const rows = await outbox().claim({ lane: 'chat', now: 1_000, leaseMs: LEASE_MS, limit: 10 });
    expect(rows.map(({ id }) => id)).toEqual(['2-0']);
    await under().store.append([commit([write('a/1', 2)], { effects: [card(0)] })]);
    expect((await outbox().list({ states: ['claimed', 'pending'], limit: 10 })).map(({ id }) => id)).toEqual(['2-0', '3-0']);
    expect(await outbox().list({ states: ['superseded'], limit: 10 })).toHaveLength(1);
  });

  it('forgets the words of erased entries in what was owed because of them', async () => {
    await owe(effect(0));
    const [row] = await claim(1_000);
    await outbox().settle([done('1-0', row?.fence ?? 0)]);
    await under().store.append([commit([write('a/1', 1)], { erase: [1] })]);
    expect((await outbox().list({ states: ['done'], limit: 1 }))[0]?.body).toEqual({});
  });
}
