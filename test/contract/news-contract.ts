import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commit, write } from '../support/commits.ts';
import { type MeetingPlace, type NewsReplica, openNewsReplica, openTap, type Tap, untilListening } from '../support/news-replicas.ts';
import { SOON } from '../support/soon.ts';

/** One way for replicas to hear of each other. */
export interface NewsWay {
  /** A place of its own for every test. */
  place(): Promise<MeetingPlace>;
  /** Where the tap finds what went this way, and what went the other one. */
  readonly seen: (tap: Tap) => { readonly here: readonly string[]; readonly elsewhere: readonly string[] };
  /** Says something where replicas listen for appends. */
  say(place: MeetingPlace, text: string): Promise<void>;
  /** Ends the connections by which replicas hear, and nothing else. */
  cut(place: MeetingPlace): Promise<void>;
  /** Connections by which somebody hears, also those of other places. */
  listeners(place: MeetingPlace): Promise<number>;
}

const STRANGE = ['', 'x', '{}', '[]', 'null', '{"from":"one","position":-1,"streams":[]}', '{"from":"one","position":1,"streams":"a/1"}'];
/** Longer together than any way carries. */
const MANY = Array.from({ length: 400 }, (_unused, index) => `${'a-rather-long-name'.repeat(10)}/${index}`);

/** What replicas hear of each other, by whatever way; each way runs this unchanged. */
export function newsContract(name: string, way: NewsWay): void {
  describe(`news ${name}`, () => {
    let place: MeetingPlace;
    let one: NewsReplica;
    let two: NewsReplica;
    let tap: Tap;
    beforeEach(async () => {
      place = await way.place();
      [one, two, tap] = await Promise.all([openNewsReplica('one', place), openNewsReplica('two', place), openTap(place)]);
      await untilListening([one, two]);
    });
    afterEach(() => Promise.all([one.close(), two.close(), tap.close()]));

    it('tell which streams others moved on, in one append or several, and nothing of what came to nothing', async () => {
      await one.store.append([commit([write('a/1', 0), write('b/1', 0)]), commit([write('c/1', 0)])]);
      await one.store.append([commit([write('refused/1', 4)])]);
      await one.moveOn('d/1');
      await vi.waitFor(() => expect(two.heard).toEqual([['a/1', 'b/1', 'c/1'], ['d/1']]), SOON);
      expect(one.heard).toEqual([]);
    });

    it('say what was committed by this way, and not by the other one', async () => {
      // A far end that did not answer for a moment on a busy machine is gone round.
      await vi.waitFor(async () => {
        tap.clear();
        const stream = `way/${performance.now()}`;
        await one.moveOn(stream);
        await one.chat.post({ key: stream, incident: 7, person: 'ana', text: 'hello' });
        await vi.waitFor(() => expect(way.seen(tap).here).toHaveLength(2));
        await tap.allNotified();
        expect(way.seen(tap).here.map((text) => text.includes(stream) || text.includes('inc-7'))).toEqual([true, true]);
        expect(way.seen(tap).elsewhere).toEqual([]);
      }, SOON);
    });

    it('come when there is something to read', async () => {
      const read: Promise<unknown>[] = [];
      two.hub.onCommit((streams) => read.push(two.store.streams({ streams: streams ?? [] })));
      for (let number = 1; number <= 20; number += 1) await one.moveOn(`a/${number}`);
      await vi.waitFor(() => expect(read).toHaveLength(20), SOON);
      for (const heads of await Promise.all(read)) expect(heads).toMatchObject([{ version: 1 }]);
    });

    it('say "any" when there are too many to name', async () => {
      await one.store.append(MANY.map((stream) => commit([write(stream, 0)])));
      await vi.waitFor(() => expect(two.heard).toEqual([null]), SOON);
    });

    it.each(STRANGE)('may mean any stream when they are no text of ours: %s', async (text) => {
      await way.say(place, text);
      await vi.waitFor(() => expect([one.heard, two.heard]).toEqual([[null], [null]]), SOON);
    });

    it('are believed only as far as the ledger is', async () => {
      await way.say(place, JSON.stringify({ from: 'three', after: 0, position: 1_000, streams: ['a/1'] }));
      await vi.waitFor(() => expect(two.heard).toEqual([['a/1'], null]), SOON);
    });

    it('may be any after the connection was lost, and go on', async () => {
      await way.cut(place);
      await vi.waitFor(() => expect([one.heard, two.heard, two.rooms]).toEqual([[null], [null], [null]]), SOON);
      await vi.waitFor(async () => expect(await way.listeners(place)).toBe(2), SOON);
      await one.moveOn('a/1');
      await vi.waitFor(() => expect(two.heard).toContainEqual(['a/1']), SOON);
    });

    it('name the rooms of the console where others said, drew or sent something', async () => {
      const deliver = (promise: Parameters<typeof one.chat.deliver>[0], key: string) =>
        one.chat.deliver(promise, { key, number: 1, signal: new AbortController().signal });
      const document = { blocks: [] };
      await one.chat.post({ key: 'k', incident: 7, person: 'ana', text: 'hello' });
      await one.chat.post({ key: 'k', incident: 7, person: 'ana', text: 'hello' });
      await deliver({ kind: 'say', incident: 8, room: 'inc-8', document }, '1-0');
      await deliver({ kind: 'keep', incident: 9, room: 'inc-9', topic: 'SEV1', card: document, digest: document }, '2-0');
      await deliver({ kind: 'direct', person: 'bo', document, urgent: true }, '3-0');
      await vi.waitFor(() => expect(two.rooms).toEqual(['inc-7', 'inc-8', 'inc-9', '@bo']), SOON);
      expect(two.heard).toEqual([]);
    });

    it('leave nothing behind: no connection, no alarm, nobody who hears', async () => {
      const three = await openNewsReplica('three', place);
      await untilListening([three]);
      await vi.waitFor(async () => expect(await way.listeners(place)).toBe(3), SOON);
      await three.close();
      await vi.waitFor(async () => expect(await way.listeners(place)).toBe(2), SOON);
      expect(three.alarms()).toBe(0);
      await one.moveOn('a/1');
      await vi.waitFor(() => expect(two.heard).toEqual([['a/1']]), SOON);
      expect(three.heard).toEqual([]);
    });
  });
}
