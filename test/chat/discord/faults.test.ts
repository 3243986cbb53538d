import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatPromise, Heard, Outcome, Reply } from '../../../src/engine/ports.ts';
import type { Document } from '../../../src/readings/document.ts';
import { type DiscordWorld, openDiscordWorld } from '../../support/discord/discord-world.ts';
import { command } from '../../support/discord/interactions.ts';
import { readMessage } from '../../support/discord/seen.ts';

const OPEN: ChatPromise = { kind: 'open', incident: 42, name: 'inc-42-checkout', title: 'Checkout' };
const CARD: Document = { blocks: [{ kind: 'text', text: [{ kind: 'plain', text: 'SEV1 Checkout' }] }] };
const DONE: Reply = { ok: true, quiet: true, document: CARD };
const MESSAGES = /\/channels\/\d+\/messages$/;
const error = (status: number, code: number, message: string) => ({ status, body: { code, message } });

describe('Discord in trouble', () => {
  let world: DiscordWorld;
  let heard: Heard[];
  let answer: () => Promise<Reply>;
  beforeEach(async () => {
    heard = [];
    answer = async () => DONE;
    world = await openDiscordWorld(async (one) => {
      heard.push(one);
      return answer();
    });
  });
  afterEach(async () => {
    await world.close();
    expect(world.far.complaints).toEqual([]);
  });

  function deliver(promise: ChatPromise, key: string, number = 1): Promise<Outcome> {
    return world.platform.deliver(promise, { key, number, signal: new AbortController().signal });
  }
  async function openRoom(): Promise<string> {
    const opened = await deliver(OPEN, '1-0');
    return opened.outcome === 'done' ? String(opened.acts?.[0]?.['room']) : '';
  }
  const saying = (room: string): ChatPromise => ({ kind: 'say', incident: 42, room, document: CARD });
  const keeping = (room: string): ChatPromise => ({ kind: 'keep', incident: 42, room, topic: 'SEV1', card: CARD, digest: CARD });
  const paging = (urgent: boolean): ChatPromise => ({ kind: 'direct', person: 'bo', document: CARD, urgent });
  const callsOf = (method: string, path: RegExp) => world.far.calls.filter((call) => call.method === method && path.test(call.path)).length;
  const textsIn = (room: string) => (world.far.state.channels.get(room)?.messages ?? []).filter(({ type }) => type === 0).map(readMessage);
  const rooms = () => [...world.far.state.channels.values()].filter(({ name }) => name.startsWith('inc-42'));

  it.each([
    [
      '429 with Retry-After',
      { status: 429, body: { retry_after: 7 }, headers: { 'retry-after': '7' } },
      { outcome: 'later', reason: 'rate_limited' },
    ],
    ['503', { status: 503, body: {} }, { outcome: 'retry', reason: 'server' }],
    ['its own overload', error(503, 130_000, 'API resource is currently overloaded'), { outcome: 'retry', reason: 'server' }],
    ['silence', { hang: true }, { outcome: 'unknown', reason: 'timeout' }],
    ['a lost answer', { lost: true }, { outcome: 'unknown' }],
    ['Unknown Channel', error(404, 10_003, 'Unknown Channel'), { outcome: 'dead', reason: 'client', detail: /console/ }],
    ['Unauthorized', error(401, 0, '401: Unauthorized'), { outcome: 'dead', reason: 'auth', detail: /DISCORD_TOKEN/ }],
    [
      'Missing Permissions',
      error(403, 50_013, 'Missing Permissions'),
      { outcome: 'dead', reason: 'auth', detail: /allclear discord invite/ },
    ],
    ['Missing Access', error(403, 50_001, 'Missing Access'), { outcome: 'dead', reason: 'auth', detail: /does not see this channel/ }],
    ['an archived thread', error(400, 50_083, 'Thread is archived'), { outcome: 'dead', reason: 'client', detail: /archived/ }],
    ['a code nobody knows', error(400, 99_999, 'New'), { outcome: 'dead', reason: 'client', detail: /New \(99999\)$/ }],
  ] as const)('answers what became of a message after %s, and asks once', async (_name, fault, expected) => {
    const room = await openRoom();
    world.far.fault('POST', MESSAGES, fault);
    const outcome = await deliver(saying(room), '2-0');
    const { detail = /./, ...rest } = expected as { detail?: RegExp };
    expect(outcome).toMatchObject(rest);
    expect('detail' in outcome ? outcome.detail : '').toMatch(detail);
    expect(callsOf('POST', MESSAGES)).toBe(1);
  });

  it('waits as long as Discord says', async () => {
    const room = await openRoom();
    world.far.fault('POST', MESSAGES, { status: 429, body: { retry_after: 7 }, headers: { 'retry-after': '7' } });
    const outcome = await deliver(saying(room), '2-0');
    expect('afterMs' in outcome ? outcome.afterMs : 0).toBeGreaterThanOrEqual(7_000);
  });

  it('asks again with the token after it was refused once', async () => {
    const room = await openRoom();
    world.far.fault('POST', MESSAGES, error(401, 0, '401: Unauthorized'));
    await deliver(saying(room), '2-0');
    expect(await deliver(saying(room), '3-0')).toEqual({ outcome: 'done' });
  });

  it('looks for a message whose answer was lost before it says it again', async () => {
    const room = await openRoom();
    world.far.fault('POST', MESSAGES, { lost: true });
    expect(await deliver(saying(room), '2-0')).toMatchObject({ outcome: 'unknown' });
    expect(await deliver(saying(room), '2-0', 2)).toEqual({ outcome: 'done' });
    expect(callsOf('POST', MESSAGES)).toBe(1);
    // The same words under another key are another message.
    expect(await deliver(saying(room), '3-0')).toEqual({ outcome: 'done' });
    expect(await deliver(saying(room), '4-0', 2)).toEqual({ outcome: 'done' });
    expect(textsIn(room)).toHaveLength(3);
  });

  it('sends a page again without looking, under the number that shows it once', async () => {
    world.far.fault('POST', MESSAGES, { lost: true });
    expect(await deliver(paging(true), '2-0')).toMatchObject({ outcome: 'unknown' });
    expect(await deliver(paging(true), '2-0', 2)).toEqual({ outcome: 'done' });
    expect(callsOf('GET', MESSAGES)).toBe(0);
    const inbox = [...world.far.state.channels.values()].find(({ recipient }) => recipient === world.far.ids['bo']);
    expect(textsIn(inbox?.id ?? '')).toHaveLength(1);
  });

  it('finds the room whose answer was lost, and makes no second one', async () => {
    world.far.fault('POST', /\/guilds\/\d+\/channels$/, { lost: true });
    world.far.fault('POST', /\/guilds\/\d+\/channels$/, { lost: true });
    // First the category is lost, then the room.
    expect(await deliver(OPEN, '1-0')).toMatchObject({ outcome: 'unknown' });
    expect(await deliver(OPEN, '1-0', 2)).toMatchObject({ outcome: 'unknown' });
    expect(await deliver(OPEN, '1-0', 3)).toMatchObject({ outcome: 'done', acts: [{ type: 'incident.room-opened', incident: 42 }] });
    expect(rooms()).toHaveLength(1);
    expect([...world.far.state.channels.values()].filter(({ name }) => name === 'Incidents')).toHaveLength(1);
  });

  it('makes one room of two that are asked for at once', async () => {
    await Promise.all([deliver(OPEN, '1-0'), deliver(OPEN, '1-0')]);
    expect(rooms()).toHaveLength(1);
  });

  it('leaves a channel of the same name alone that is not its own', async () => {
    const category = [...world.far.state.channels.values()].find(({ type }) => type === 4);
    world.far.fault('POST', /\/guilds\/\d+\/channels$/, { status: 503, body: {} });
    await deliver(OPEN, '1-0');
    const other = { ...(category ?? { id: '' }), id: '1234567890123456', name: 'inc-42-checkout', type: 0, topic: 'mine' };
    world.far.state.channels.set(other.id, other as never);
    const opened = await deliver(OPEN, '1-0', 2);
    expect(opened).toMatchObject({ outcome: 'done' });
    expect(JSON.stringify(opened)).not.toContain(other.id);
  });

  it('goes on in a next category when one is full', async () => {
    world.far.world.categoryMax = 1;
    const first = await openRoom();
    const second = await deliver({ ...OPEN, incident: 43, name: 'inc-43-search' }, '2-0');
    expect(second).toMatchObject({ outcome: 'done' });
    const { channels } = world.far.state;
    const categories = [...channels.values()].filter(({ name }) => name.startsWith('Incidents')).map(({ id, name }) => ({ id, name }));
    expect(categories.map(({ name }) => name)).toEqual(['Incidents', 'Incidents 2']);
    expect(channels.get(first)?.parent_id).toBe(categories[0]?.id);
    expect([...channels.values()].find(({ name }) => name === 'inc-43-search')?.parent_id).toBe(categories[1]?.id);
  });

  it('puts the card back when somebody deleted it', async () => {
    const room = await openRoom();
    await deliver(keeping(room), '2-0');
    const channel = world.far.state.channels.get(room);
    if (channel !== undefined) channel.messages = [];
    const card: Document = { blocks: [{ kind: 'text', text: [{ kind: 'plain', text: 'SEV2 Checkout' }] }] };
    expect(await deliver({ ...keeping(room), card } as ChatPromise, '3-0')).toEqual({ outcome: 'done' });
    expect(textsIn(room)).toEqual(['SEV2 Checkout']);
  });

  it('edits nothing that shows the same already', async () => {
    const room = await openRoom();
    for (const key of ['2-0', '3-0', '4-0']) expect(await deliver(keeping(room), key)).toEqual({ outcome: 'done' });
    expect(callsOf('PATCH', /\/messages\/\d+$/)).toBe(0);
    expect(callsOf('PATCH', /\/channels\/\d+$/)).toBe(1);
  });

  it('keeps the card where pinning and topics are forbidden, and says what the room lacks', async () => {
    const room = await openRoom();
    world.far.fault('PUT', /\/pins\//, error(403, 50_013, 'Missing Permissions'));
    world.far.fault('PATCH', /\/channels\/\d+$/, error(403, 50_013, 'Missing Permissions'));
    const lacks = [
      {
        type: 'incident.room-degraded',
        incident: 42,
        platform: 'discord',
        what: 'its pin',
        detail: expect.stringContaining('Missing Permissions'),
      },
      expect.objectContaining({ what: 'its topic' }),
    ];
    expect(await deliver(keeping(room), '2-0')).toEqual({ outcome: 'done', acts: lacks });
    expect(textsIn(room)).toHaveLength(1);
  });

  it('lets a topic wait that Discord takes later, with everything else in its place', async () => {
    const room = await openRoom();
    world.far.fault('PATCH', /\/channels\/\d+$/, {
      status: 429,
      body: {},
      headers: { 'retry-after': '300', 'x-ratelimit-scope': 'shared' },
    });
    expect(await deliver(keeping(room), '2-0')).toMatchObject({ outcome: 'later', reason: 'rate_limited' });
    expect(textsIn(room)).toHaveLength(1);
    expect(world.far.state.channels.get(room)?.messages[0]?.pinned).toBe(true);
  });

  it('says who cannot be written to, and what to add', async () => {
    const outcome = await deliver({ kind: 'direct', person: 'dee', document: CARD }, '2-0');
    expect(outcome).toMatchObject({ outcome: 'dead', reason: 'client', detail: expect.stringContaining('identities.discord') });
    world.far.fault('POST', MESSAGES, error(403, 50_007, 'Cannot send messages to this user'));
    expect(await deliver(paging(true), '3-0')).toMatchObject({
      outcome: 'dead',
      reason: 'client',
      detail: expect.stringContaining('direct messages'),
    });
  });

  it('answers as a direct message when the interaction is over', async () => {
    const room = await openRoom();
    const open = world.far.interaction();
    open.isOver = true;
    void command(world.far, { person: 'bo', channel: room }, 'ack', {}, open);
    const inbox = () => [...world.far.state.channels.values()].find(({ recipient }) => recipient === world.far.ids['bo'])?.id ?? '';
    await expect.poll(() => textsIn(inbox())).toEqual(['SEV1 Checkout']);
    expect(heard).toHaveLength(1);
  });

  it('announces an answer that takes longer than Discord waits, and tells it when it is there', async () => {
    const room = await openRoom();
    const late = Promise.withResolvers<Reply>();
    answer = () => late.promise;
    const deferred = world.far.shown(({ kind }) => kind === 'deferred');
    const told = command(world.far, { person: 'bo', channel: room }, 'ack');
    expect(await deferred).toMatchObject({ isPrivate: true });
    late.resolve(DONE);
    expect(await told).toMatchObject({ kind: 'edit', isPrivate: true, body: { content: 'SEV1 Checkout' } });
  });

  it('says that nothing was written down when hearing fails', async () => {
    const room = await openRoom();
    answer = () => Promise.reject(new Error('the store is gone'));
    expect(readMessage((await command(world.far, { person: 'bo', channel: room }, 'ack')).body)).toContain('Nothing has changed');
    expect(world.bugs).toHaveLength(1);
  });
});
