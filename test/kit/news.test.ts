import { beforeEach, describe, expect, it } from 'vitest';
import { appendText, createNewsHub, messageText, NEWS_BYTES_MAX, type NewsHub } from '../../src/kit/news.ts';

describe('the hub of news', () => {
  let hub: NewsHub;
  let heard: (readonly string[] | null)[];
  let rooms: (string | null)[];
  beforeEach(() => {
    hub = createNewsHub('mine');
    heard = [];
    rooms = [];
    hub.onCommit((streams) => heard.push(streams));
    hub.onMessage((room) => rooms.push(room));
  });
  const hear = (after: number, position: number, from = 'other'): void =>
    hub.heardAppend(appendText(from, { after, position, streams: [`a/${position}`] }, NEWS_BYTES_MAX));

  it('passes on what others did, and not what this replica did', () => {
    hear(0, 1);
    hear(1, 2, 'mine');
    hub.heardMessage(messageText('other', 'inc-1'));
    hub.heardMessage(messageText('mine', 'inc-2'));
    hub.heardRoom('inc-3');
    expect([heard, rooms]).toEqual([[['a/1']], ['inc-1', 'inc-3']]);
  });

  it('tells everybody who asked, for as long as they want it', () => {
    const also: (readonly string[] | null)[] = [];
    const see = (streams: readonly string[] | null): void => void also.push(streams);
    const ends = [hub.onCommit(see), hub.onCommit(see)];
    hear(0, 1);
    ends[0]?.();
    hear(1, 2);
    ends[1]?.();
    hear(2, 3);
    expect(also).toEqual([['a/1'], ['a/1'], ['a/2']]);
  });

  it('says "any" once for what nobody told of within a turn', () => {
    hub.headIs(0);
    hub.headIs(2);
    expect(heard).toEqual([]);
    hub.headIs(2);
    hub.headIs(2);
    expect(heard).toEqual([null]);
  });

  it('does not miss what this replica did and told nobody', () => {
    hub.headIs(0);
    hub.untold(0, 2);
    hear(2, 3);
    for (const position of [2, 3, 3]) hub.headIs(position);
    expect(heard).toEqual([['a/3']]);
  });

  it('misses an append in the middle also when later ones are told of, by this replica or by others', () => {
    hub.headIs(0);
    hear(1, 2);
    hear(2, 3, 'mine');
    hub.headIs(3);
    expect(heard).toEqual([['a/2']]);
    hub.headIs(3);
    expect(heard).toEqual([['a/2'], null]);
    hear(3, 4);
    hub.headIs(4);
    hub.headIs(4);
    expect(heard).toEqual([['a/2'], null, ['a/4']]);
  });

  it('misses nothing when news come late, twice or the wrong way round', () => {
    hub.headIs(0);
    hub.headIs(3);
    hear(1, 3);
    hear(0, 1);
    hear(0, 1);
    hub.headIs(3);
    expect(heard).toEqual([['a/3'], ['a/1'], ['a/1']]);
  });

  it('does not trust a release that says only how far it is', () => {
    hub.headIs(0);
    hub.heardAppend(JSON.stringify({ from: 'old', position: 1, streams: ['a/1'] }));
    hub.headIs(1);
    hub.headIs(1);
    expect(heard).toEqual([['a/1'], null]);
  });

  it('does not believe what is beyond the ledger', () => {
    hub.headIs(2);
    hear(0, 1_000);
    hub.headIs(2);
    hub.headIs(2);
    hear(2, 3);
    hub.headIs(3);
    heard.length = 0;
    hub.headIs(4);
    hub.headIs(4);
    expect(heard).toEqual([null]);
  });

  it.each(['', '{', '7', '{"from":"other","room":7}', `{"from":"other","room":"${'x'.repeat(NEWS_BYTES_MAX)}"}`])(
    'takes for "any" what is no text of ours: %.30s',
    (text) => {
      hub.heardAppend(text);
      hub.heardMessage(text);
      expect([heard, rooms]).toEqual([[null], [null]]);
    },
  );

  it('names no streams that do not fit', () => {
    const streams = ['ä'.repeat(40)];
    const told = { after: 1, position: 2, streams };
    expect(JSON.parse(appendText('one', told, 140))).toEqual({ from: 'one', ...told });
    expect(JSON.parse(appendText('one', told, 100))).toEqual({ from: 'one', ...told, streams: null });
  });
});
