import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatPromise, Outcome } from '../../../src/engine/ports.ts';
import { systemClock } from '../../../src/kit/clock.ts';
import type { Document } from '../../../src/readings/document.ts';
import { openSlackWorld, type SlackWorld } from '../../support/slack/slack-world.ts';

const SIGNAL = new AbortController().signal;
const OPEN: ChatPromise = { kind: 'open', incident: 42, name: 'inc-42-checkout', title: 'Checkout' };
const saying = (text: string): Document => ({ blocks: [{ kind: 'text', text: [{ kind: 'plain', text }] }] });
const LIMITED = { status: 429, body: {}, headers: { 'retry-after': '7' } };

describe('a room on Slack', () => {
  let world: SlackWorld;
  let room: string;
  let monotonic: number;
  beforeEach(async () => {
    monotonic = 0;
    const clock = { ...systemClock, monotonic: () => monotonic };
    world = await openSlackWorld(async () => ({ ok: true, quiet: true, document: { blocks: [] } }), { clock, editEveryMs: 1_000 });
    const opened = await deliver(OPEN, '1-0');
    room = opened.outcome === 'done' ? String(opened.acts?.[0]?.['room']) : '';
  });
  afterEach(async () => {
    await world.close();
    expect(world.edge.complaints).toEqual([]);
  });

  function deliver(promise: ChatPromise, key: string, number = 1): Promise<Outcome> {
    return world.platform.deliver(promise, { key, number, signal: SIGNAL });
  }
  const say = (key: string, channel = room) => deliver({ kind: 'say', incident: 42, room: channel, document: saying(key) }, key);
  const page = (key: string, number = 1) =>
    deliver({ kind: 'direct', person: 'bo', document: saying('Wake up'), urgent: true }, key, number);
  const callsOf = (method: string) => world.edge.calls.filter((call) => call.method === method);
  const channel = async (name: string): Promise<string> =>
    ((await world.as('bot', 'conversations.create', { name })) as { channel: { id: string } }).channel.id;
  function keep(text: string, key: string, more: Partial<Extract<ChatPromise, { kind: 'keep' }>> = {}): Promise<Outcome> {
    const promise = { kind: 'keep', incident: 42, room, topic: text, card: saying(text), digest: saying(`line ${text}`), ...more } as const;
    return deliver(promise, key);
  }
  async function textsIn(place: string): Promise<readonly string[]> {
    const { messages } = (await world.as('bot', 'conversations.history', { channel: place })) as {
      messages: { text: string; subtype?: string }[];
    };
    return messages.filter(({ subtype }) => subtype === undefined).map(({ text }) => text);
  }

  it('edits its card once a second, with what is newest then', async () => {
    expect(await keep('first', '2-0')).toEqual({ outcome: 'done' });
    monotonic += 400;
    expect(await keep('second', '3-0')).toEqual({
      outcome: 'later',
      reason: 'rate_limited',
      detail: expect.stringContaining('just now'),
      afterMs: 600,
    });
    expect(callsOf('chat.update')).toHaveLength(0);
    monotonic += 600;
    expect(await keep('third', '4-0')).toEqual({ outcome: 'done' });
    expect(callsOf('chat.update')).toHaveLength(1);
    expect(await textsIn(room)).toEqual(['third']);
  });

  it('is left alone for as long as Slack asked, while other rooms and methods go on', async () => {
    const other = await channel('inc-43-search');
    world.edge.fault('chat.postMessage', LIMITED);
    expect(await say('2-0')).toMatchObject({ outcome: 'later', reason: 'rate_limited', afterMs: 7_000 });
    monotonic += 3_000;
    expect(await say('3-0')).toMatchObject({ outcome: 'later', afterMs: 4_000 });
    expect(callsOf('chat.postMessage')).toHaveLength(1);
    expect(await say('4-0', other)).toEqual({ outcome: 'done' });
    monotonic += 4_000;
    expect(await say('2-0')).toEqual({ outcome: 'done' });
  });

  it('keeps no page waiting, whatever Slack asked of others', async () => {
    await page('2-0');
    const { channel: inbox } = (await world.as('bot', 'conversations.open', { users: world.ids['bo'] })) as { channel: { id: string } };
    world.edge.fault('chat.postMessage', LIMITED);
    expect(await say('3-0', inbox.id)).toMatchObject({ outcome: 'later' });
    expect(await page('4-0')).toEqual({ outcome: 'done' });
    // What Slack asks of a page itself is a failed attempt: the next way of waking them is not put off.
    world.edge.fault('chat.postMessage', LIMITED);
    expect(await page('5-0')).toMatchObject({ outcome: 'retry', reason: 'rate_limited', afterMs: 7_000 });
  });

  it('sends a page again when nobody knows whether it arrived, and looks for nothing first', async () => {
    await page('2-0');
    world.edge.fault('chat.postMessage', { lost: true });
    expect(await page('3-0')).toMatchObject({ outcome: 'unknown' });
    expect(await page('3-0', 2)).toEqual({ outcome: 'done' });
    expect(callsOf('conversations.history')).toHaveLength(0);
    expect(callsOf('chat.postMessage')).toHaveLength(3);
  });

  it('does not take silence about somebody for an answer', async () => {
    world.edge.fault('users.lookupByEmail', { status: 503, body: {} });
    expect(await page('2-0')).toMatchObject({ outcome: 'retry', reason: 'server' });
    expect(await page('2-0', 2)).toEqual({ outcome: 'done' });
  });

  it('has bookmarks, one a label, which follow what they lead to', async () => {
    const links = (postmortem: string) => [
      { label: 'Console', url: 'https://allclear.example.org/incidents/42' },
      { label: 'Postmortem', url: postmortem },
    ];
    await keep('first', '2-0', { links: links('https://git.example.org/1') });
    monotonic += 1_000;
    await keep('second', '3-0', { links: links('https://git.example.org/2') });
    monotonic += 1_000;
    await keep('third', '4-0', { links: links('https://git.example.org/2') });
    const { bookmarks } = (await world.as('eyes', 'bookmarks.list', { channel_id: room })) as {
      bookmarks: { title: string; link: string }[];
    };
    expect(bookmarks).toMatchObject([
      { title: 'Console', link: 'https://allclear.example.org/incidents/42' },
      { title: 'Postmortem', link: 'https://git.example.org/2' },
    ]);
    expect([callsOf('bookmarks.add').length, callsOf('bookmarks.edit').length]).toEqual([2, 1]);
  });

  it('adds no bookmark twice when the answer to the first was lost', async () => {
    const links = [{ label: 'Console', url: 'https://allclear.example.org/incidents/42' }];
    world.edge.fault('bookmarks.add', { lost: true });
    expect(await keep('first', '2-0', { links })).toMatchObject({ outcome: 'unknown' });
    monotonic += 1_000;
    const promise = { kind: 'keep', incident: 42, room, topic: 'first', card: saying('first'), digest: saying(''), links } as const;
    expect(await deliver(promise, '2-0', 2)).toEqual({ outcome: 'done' });
    expect(callsOf('bookmarks.add')).toHaveLength(1);
  });

  it('is announced where its severity is, and stays current where it once was', async () => {
    const [loud, quiet] = [await channel('all-hands'), await channel('ops')];
    await keep('sev2', '2-0', { announcement: { channel: quiet, document: saying('sev2') } });
    monotonic += 1_000;
    await keep('sev1', '3-0', { announcement: { channel: loud, document: saying('sev1') } });
    expect(await textsIn(loud)).toEqual(['sev1']);
    expect(await textsIn(quiet)).toEqual(['sev1']);
  });

  it('stands although it cannot be announced, and says so', async () => {
    const lost = { channel: 'C0GONE', document: saying('sev1') };
    expect(await keep('sev1', '2-0', { announcement: lost })).toMatchObject({
      outcome: 'done',
      acts: [{ type: 'incident.room-degraded', what: 'its announcement', detail: expect.stringContaining('channel_not_found') }],
    });
    expect(await textsIn(room)).toEqual(['sev1']);
  });

  it('is archived once, and opened again once', async () => {
    const archive = (archived: boolean, key: string) => deliver({ kind: 'archive', incident: 42, room, archived }, key);
    const isArchived = async () =>
      ((await world.as('bot', 'conversations.info', { channel: room })) as { channel: { is_archived: boolean } }).channel.is_archived;
    expect(await archive(true, '2-0')).toEqual({ outcome: 'done' });
    expect(await archive(true, '2-0')).toEqual({ outcome: 'done' });
    expect(await isArchived()).toBe(true);
    expect(await archive(false, '3-0')).toEqual({ outcome: 'done' });
    expect(await archive(false, '3-0')).toEqual({ outcome: 'done' });
    expect(await isArchived()).toBe(false);
  });

  it('invites the members of groups, each once: who left is left alone', async () => {
    world.edge.groups = [{ id: 'S1', handle: 'support', users: [world.ids['guest'] ?? ''] }];
    const invite = (key: string) =>
      deliver({ kind: 'invite', incident: 42, room, people: ['ana'], groups: ['support', 'unheard-of'] }, key);
    expect(await invite('2-0')).toEqual({ outcome: 'done' });
    expect(await invite('3-0')).toEqual({ outcome: 'done' });
    const guests = callsOf('conversations.invite').map(({ args }) => args['users']);
    expect(guests).toEqual([world.ids['ana'], world.ids['guest'], world.ids['ana']]);
  });
});

describe('a user group that follows a schedule', () => {
  let world: SlackWorld;
  beforeEach(async () => {
    world = await openSlackWorld(async () => ({ ok: true, quiet: true, document: { blocks: [] } }));
    world.edge.groups = [{ id: 'S1', handle: 'oncall-payments', users: [] }];
  });
  afterEach(() => world.close());
  const keep = (people: readonly string[], group = 'oncall-payments') =>
    world.platform.deliver({ kind: 'group', group, people }, { key: '1-0', number: 1, signal: SIGNAL });
  const changes = () => world.edge.calls.map(({ method }) => method).filter((method) => /usergroups\.(?!list)/.test(method));

  it('becomes those on call, and is changed only when it differs', async () => {
    expect(await keep(['bo'])).toEqual({ outcome: 'done' });
    expect(await keep(['bo'])).toEqual({ outcome: 'done' });
    expect(world.edge.groups[0]?.users).toEqual([world.ids['bo']]);
    expect(changes()).toEqual(['usergroups.users.update']);
  });

  it('is disabled while nobody is on call, and comes back', async () => {
    await keep(['bo']);
    expect(await keep([])).toEqual({ outcome: 'done' });
    expect(world.edge.groups[0]?.date_delete).toBe(1);
    expect(await keep(['ana'])).toEqual({ outcome: 'done' });
    expect(world.edge.groups[0]).toMatchObject({ users: [world.ids['ana']], date_delete: 0 });
  });

  it('says what to do when there is no such group, or the scope is missing', async () => {
    expect(await keep(['bo'], 'oncall-search')).toMatchObject({ outcome: 'dead', detail: expect.stringContaining('Make it') });
    world.edge.fault('usergroups.users.update', { status: 200, body: { ok: false, error: 'missing_scope', needed: 'usergroups:write' } });
    expect(await keep(['bo'])).toMatchObject({ outcome: 'dead', reason: 'auth', detail: expect.stringContaining('(usergroups:write)') });
  });
});
