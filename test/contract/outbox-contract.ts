import { expect, it } from 'vitest';
import { type Outbox, SEQUENCE_PATIENCE, type Settlement } from '../../src/engine/store-port.ts';
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

  it('takes what was kept elsewhere as settled, and never gives it out', async () => {
    const settled = { state: 'dead', reason: 'client', detail: 'nobody there' } as const;
    await owe(effect(0, { settled }), effect(1, { coalesce: 'card', settled: { state: 'done', reason: null, detail: null } }));
    await under().store.append([commit([write('b/1', 0)], { effects: [effect(0, { coalesce: 'card' })] })]);
    expect((await claim(1_000)).map(({ id }) => id)).toEqual(['2-0']);
    const kept = await outbox().owedBy({ after: 0, upTo: 1 });
    expect(kept).toMatchObject([
      { id: '1-0', state: 'dead', reason: 'client', detail: 'nobody there' },
      { id: '1-1', state: 'done', reason: null, detail: null },
    ]);
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

  it.each(['readiness', '', '1', '1-', '-1-0', '9-9', '1-x', '99999999999999999999-0'])(
    'knows no effect by the name "%s"',
    async (effect) => {
      expect(await outbox().settle([done(effect, 1)])).toEqual([false]);
      expect(await outbox().renew({ effect, fence: 1, until: 1 })).toBe(false);
      expect(await outbox().release({ effect, fence: 1, dueAt: 1, reason: null, detail: null })).toBe(false);
      expect(await under().store.append([commit([write('a/1', 0)], { settle: done(effect, 1) })])).toEqual([{ verdict: 'fenced' }]);
    },
  );

  it('makes a claim last longer for its holder alone', async () => {
    await owe(effect(0));
    const [row] = await claim(1_000);
    const renew = { effect: '1-0', fence: row?.fence ?? 0, until: 40_000 };
    expect(await outbox().renew(renew)).toBe(true);
    expect(await claim(31_000)).toEqual([]);
    expect(await outbox().nextDue('asks')).toBe(40_000);
    const [heir] = await claim(40_000);
    expect(heir?.fence).toBeGreaterThan(row?.fence ?? 0);
    expect(await outbox().renew({ ...renew, until: 90_000 })).toBe(false);
    expect(await outbox().settle([done('1-0', heir?.fence ?? 0)])).toEqual([true]);
    expect(await outbox().renew({ ...renew, fence: heir?.fence ?? 0, until: 90_000 })).toBe(false);
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

  it('takes an attempt back that was none', async () => {
    await owe(effect(0));
    const [row] = await claim(1_000);
    await outbox().release({ effect: '1-0', fence: row?.fence ?? 0, dueAt: 1_000, reason: null, detail: null, untried: true });
    const [again] = await claim(1_000);
    expect(again?.attempts).toBe(1);
    expect(again?.fence).toBeGreaterThan(row?.fence ?? 0);
  });

  it('gives of a sequence one at a time, in ledger order, and of others what is due', async () => {
    const queued = (number: number, sequence: string) => effect(number, { sequence });
    await owe(queued(0, 'one'), queued(1, 'one'), effect(2), queued(3, 'other'));
    await under().store.append([commit([write('a/1', 1)], { effects: [{ ...queued(0, 'one'), dueAt: 0 }] })]);
    const [first] = await claim(1_000);
    expect(first?.id).toBe('1-0');
    expect((await outbox().list({ states: ['claimed'], limit: 10 })).map(({ id }) => id)).toEqual(['1-0', '1-2', '1-3']);
    expect(await claim(1_000)).toEqual([]);
    // What waits for its turn is not due: nobody needs to look before the lease of the first runs out.
    expect(await outbox().nextDue('asks')).toBe(31_000);
    await outbox().release({ effect: '1-0', fence: first?.fence ?? 0, dueAt: 5_000, reason: 'server', detail: 'answered 503' });
    expect(await claim(4_999)).toEqual([]);
    expect(await outbox().nextDue('asks')).toBe(5_000);
    const [again] = await claim(5_000);
    await outbox().settle([done('1-0', again?.fence ?? 0)]);
    expect((await claim(5_000)).map(({ id }) => id)).toEqual(['1-1']);
  });

  it('lets a sequence pass the one that fails too often', async () => {
    await owe(effect(0, { sequence: 'one' }), effect(1, { sequence: 'one' }));
    for (let attempt = 1; attempt < SEQUENCE_PATIENCE; attempt += 1) {
      const [row] = await claim(1_000);
      await outbox().release({ effect: '1-0', fence: row?.fence ?? 0, dueAt: 1_000, reason: 'server', detail: 'answered 500' });
    }
    expect((await claim(1_000)).map(({ id }) => id)).toEqual(['1-0']);
    expect((await claim(1_000)).map(({ id }) => id)).toEqual(['1-1']);
  });

  it('lists what was due before, and everything owed by some entries', async () => {
    await owe(effect(0, { dueAt: 100 }), effect(1, { dueAt: 200 }));
    await under().store.append([commit([write('a/1', 1)], { effects: [effect(0, { dueAt: 50 })] })]);
    await under().store.append([commit([write('a/1', 2)], { effects: Array.from({ length: 11 }, (_unused, number) => effect(number)) })]);
    const late = await outbox().list({ states: ['pending', 'claimed'], dueBefore: 200, limit: 10 });
    expect(late.map(({ id }) => id)).toEqual(['1-0', '2-0']);
    expect((await outbox().owedBy({ after: 0, upTo: 2 })).map(({ id }) => id)).toEqual(['1-0', '1-1', '2-0']);
    expect((await outbox().owedBy({ after: 2, upTo: 9 })).map(({ id }) => id).slice(-2)).toEqual(['3-9', '3-10']);
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
