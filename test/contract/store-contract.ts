import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommitVerdict, Store } from '../../src/engine/store-port.ts';
import { GENESIS } from '../../src/ledger/entry.ts';
import { verify } from '../../src/ledger/verify.ts';
import { commit, effect, write } from '../support/commits.ts';
import { outboxContract } from './outbox-contract.ts';
import type { StoreUnderTest } from './store-under-test.ts';

/** What every store promises; each implementation runs this unchanged. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the store ${name}`, () => {
    let under: StoreUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    describe('appending', () => appending(() => under));
    describe('reading', () => reading(() => under));
    describe('keeping the ledger', () => keeping(() => under));
    describe('the outbox', () => outboxContract(() => under));
  });
}

const positions = (verdict: CommitVerdict | undefined): readonly number[] => (verdict?.verdict === 'committed' ? verdict.positions : []);

function appending(under: () => StoreUnderTest): void {
  it('gives gapless positions in the order of the commits', async () => {
    const verdicts = await under().store.append([commit([write('a/1', 0, 2)]), commit([write('b/1', 0)]), commit([write('a/1', 2)])]);
    expect(verdicts.map(positions)).toEqual([[1, 2], [3], [4]]);
    expect((await under().store.head()).position).toBe(4);
  });

  it('refuses a commit made on an old version, and only that one', async () => {
    await under().store.append([commit([write('a/1', 0)])]);
    const verdicts = await under().store.append([commit([write('a/1', 0)]), commit([write('b/1', 0)]), commit([write('c/1', 0)])]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['conflict', 'committed', 'committed']);
    expect((await under().store.head()).position).toBe(3);
  });

  it('takes all streams of a commit or none', async () => {
    await under().store.append([commit([write('b/1', 0)])]);
    const [verdict] = await under().store.append([commit([write('a/1', 0), write('b/1', 0)])]);
    expect(verdict).toEqual({ verdict: 'conflict' });
    expect(await under().store.entries({ stream: 'a/1', afterVersion: 0, limit: 10 })).toEqual([]);
  });

  it('refuses a commit that rests on what has moved on, also when it writes nothing there', async () => {
    const { store } = under();
    await store.append([commit([write('a/1', 0, 2)])]);
    const reading = (version: number) => commit([write(`b/${version}`, 0)], { reads: [{ stream: 'a/1', version }] });
    const resting = commit([], { reads: [{ stream: 'a/1', version: 1 }], inbox: { key: 'k', answer: 'no', at: 1 } });
    const absent = commit([write('c/1', 0)], { reads: [{ stream: 'd/1', version: 0 }] });
    const verdicts = await store.append([reading(1), reading(2), resting, absent, commit([write('a/1', 2)]), reading(2)]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['conflict', 'committed', 'conflict', 'committed', 'committed', 'conflict']);
    expect(await store.answered('k')).toBeNull();
  });

  it('refuses what was decided on a refused commit of its batch, though somebody else has brought the stream to that version', async () => {
    const { store } = under();
    await store.append([commit([write('a/1', 0)]), commit([write('b/1', 0)])]);
    await store.append([commit([write('a/1', 1)])]);
    const reading = commit([write('b/1', 1)], { reads: [{ stream: 'a/1', version: 2 }] });
    const verdicts = await store.append([commit([write('a/1', 1)]), commit([write('a/1', 2)]), reading, commit([write('b/1', 1)])]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['conflict', 'conflict', 'conflict', 'conflict']);
    expect((await store.append([reading])).map(({ verdict }) => verdict)).toEqual(['committed']);
  });

  it('keeps the first answer to an inbound key and refuses a second', async () => {
    const inbox = { key: 'slack-1', answer: '{"ok":true}', at: 5 };
    await under().store.append([commit([write('a/1', 0)], { inbox })]);
    const [again] = await under().store.append([commit([write('a/1', 1)], { inbox: { ...inbox, answer: 'another' } })]);
    expect(again).toEqual({ verdict: 'conflict' });
    expect(await under().store.answered('slack-1')).toBe('{"ok":true}');
    expect(await under().store.answered('slack-2')).toBeNull();
  });

  it('keeps an answer without any event', async () => {
    await under().store.append([commit([], { inbox: { key: 'k', answer: 'no', at: 1 } })]);
    expect(await under().store.answered('k')).toBe('no');
    expect(await under().store.head()).toEqual(GENESIS);
  });

  it('leaves nothing behind when one of many commits cannot be written', async () => {
    const broken = commit([write('a/1', 0)], { effects: [effect(0), effect(0)] });
    await expect(under().store.append([commit([write('b/1', 0)]), broken])).rejects.toThrow();
    expect(await under().store.head()).toEqual(GENESIS);
    expect(positions((await under().store.append([commit([write('b/1', 0)])]))[0])).toEqual([1]);
  });

  it('serialises racing appends: one winner for each version, no gap', async () => {
    const racing = Array.from({ length: 40 }, (_unused, index) => under().store.append([commit([write('a/1', Math.floor(index / 4))])]));
    const verdicts = (await Promise.all(racing)).flat();
    const committed = verdicts.flatMap((verdict) => positions(verdict));
    expect(committed.length).toBeGreaterThan(0);
    expect([...committed].sort((one, other) => one - other)).toEqual(committed.map((_unused, index) => index + 1));
    const entries = await under().store.entries({ after: 0, limit: 100 });
    expect(entries.map(({ version }) => version)).toEqual(entries.map((_entry, index) => index + 1));
  });
}

function reading(under: () => StoreUnderTest): void {
  it('reads by position, by stream and by incident', async () => {
    const mine = { incident: 7 };
    await under().store.append([commit([write('a/1', 0, 2, mine)]), commit([write('b/1', 0, 2)]), commit([write('a/1', 2, 1, mine)])]);
    const { store } = under();
    const at = async (range: Parameters<Store['entries']>[0]) => (await store.entries(range)).map(({ position }) => position);
    expect(await at({ after: 1, limit: 3 })).toEqual([2, 3, 4]);
    expect(await at({ stream: 'a/1', afterVersion: 1, limit: 10 })).toEqual([2, 5]);
    expect(await at({ incident: 7, after: 1, limit: 10 })).toEqual([2, 5]);
    expect(await at({ incident: 8, after: 0, limit: 10 })).toEqual([]);
  });

  it('finds streams by name and by kind, newest first', async () => {
    const { store } = under();
    await store.append([
      commit([write('a/1', 0, 1, { incident: 1 })]),
      commit([write('a/2', 0, 1, { open: false })]),
      commit([write('b/1', 0)]),
    ]);
    await store.append([commit([write('a/1', 1, 1, { incident: 1 })])]);
    const names = async (query: Parameters<Store['streams']>[0]) => (await store.streams(query)).map(({ stream }) => stream);
    expect(await names({ kind: 'a', limit: 10 })).toEqual(['a/2', 'a/1']);
    expect(await names({ kind: 'a', limit: 1 })).toEqual(['a/2']);
    expect(await names({ kind: 'a', open: true, limit: 10 })).toEqual(['a/1']);
    expect(await names({ kind: 'a', incident: 1, limit: 10 })).toEqual(['a/1']);
    expect(await names({ streams: [] })).toEqual([]);
    expect(await names({ kind: 'a', below: 1, limit: 9 })).toEqual(['a/2']);
    expect(await names({ kind: 'a', below: 2, limit: 1 })).toEqual(['a/2']);
    const [head] = await store.streams({ streams: ['a/1'] });
    expect(head).toMatchObject({ version: 2, state: '{"version":2}', fold: 1, open: true, incident: 1 });
  });

  it('has everything again after a restart', async () => {
    await under().store.append([commit([write('a/1', 0, 3)], { inbox: { key: 'k', answer: 'yes', at: 1 }, effects: [effect(0)] })]);
    const before = await under().store.entries({ after: 0, limit: 10 });
    const store = await under().reopen();
    expect(await store.entries({ after: 0, limit: 10 })).toEqual(before);
    expect(await store.answered('k')).toBe('yes');
    expect(await store.outbox.nextDue('asks')).toBe(1_000);
    expect(positions((await store.append([commit([write('a/1', 3)])]))[0])).toEqual([4]);
  });
}

function keeping(under: () => StoreUnderTest): void {
  it('chains what it appends, over batches and restarts', async () => {
    await under().store.append([commit([write('a/1', 0, 5)]), commit([write('b/1', 0, 5)])]);
    const store = await under().reopen();
    await store.append([commit([write('a/1', 5, 5)])]);
    const verdict = verify(await store.entries({ after: 0, limit: 100 }));
    expect(verdict).toMatchObject({ isSound: true, entries: 15, head: await store.head() });
  });

  it.each([
    `update entries set type = 'forged' where position = 1`,
    'delete from entries where position = 1',
    'delete from payloads where position = 1',
    `update payloads set data = '{}' where position = 1`,
    `update payloads set salt = null where position = 1`,
  ])('refuses: %s', async (sql) => {
    await under().store.append([commit([write('a/1', 0, 2)])]);
    await expect(under().meddle(sql)).rejects.toThrow();
    expect(verify(await under().store.entries({ after: 0, limit: 10 })).isSound).toBe(true);
  });

  it('erases a payload and leaves the chain whole', async () => {
    const { store } = under();
    await store.append([commit([write('a/1', 0, 2)], { effects: [effect(0)] })]);
    await store.append([commit([write('a/1', 2)], { erase: [1] })]);
    const [first, second] = await store.entries({ after: 0, limit: 10 });
    expect(first).toMatchObject({ salt: null, data: null });
    expect(second?.data).not.toBeNull();
    expect(second?.previous).toBe(first?.hash);
  });
}
