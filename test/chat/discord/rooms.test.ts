import { afterEach, describe, expect, it } from 'vitest';
import type { ChatPromise, Heard, Outcome, Reply } from '../../../src/engine/ports.ts';
import type { Document } from '../../../src/readings/document.ts';
import { roomName } from '../../../src/readings/room.ts';
import type { DiscordFarEnd } from '../../support/discord/discord-far-end.ts';
import { type DiscordWorld, openDiscordWorld, type WorldOptions } from '../../support/discord/discord-world.ts';
import { readMessage } from '../../support/discord/seen.ts';
import { type FakeChannel, newChannel } from '../../support/discord/server-state.ts';

const DONE: Reply = { ok: true, quiet: true, document: { blocks: [] } };
const FORUM = 15;
const TEXT = 0;

function saying(text: string): Document {
  return { blocks: [{ kind: 'text', text: [{ kind: 'plain', text }] }] };
}

describe('rooms on Discord', () => {
  let world: DiscordWorld;
  let heard: Heard[];
  async function open(options: WorldOptions | ((far: DiscordFarEnd) => WorldOptions) = {}): Promise<void> {
    heard = [];
    world = await openDiscordWorld(async (one) => {
      heard.push(one);
      return DONE;
    }, options);
  }
  afterEach(async () => {
    await world.close();
    expect(world.far.complaints).toEqual([]);
    expect(world.bugs).toEqual([]);
  });
  const deliver = (promise: ChatPromise, key: string, number = 1): Promise<Outcome> =>
    world.platform.deliver(promise, { key, number, signal: new AbortController().signal });
  async function openRoom(incident = 42, name = 'inc-42-checkout', title = 'Checkout'): Promise<FakeChannel> {
    const opened = await deliver({ kind: 'open', incident, name, title }, `${incident}-0`);
    const room = opened.outcome === 'done' ? world.far.state.channels.get(String(opened.acts?.[0]?.['room'])) : undefined;
    if (room === undefined) throw new Error(`no room: ${JSON.stringify(opened)}`);
    return room;
  }
  const keeping = (room: string, more: Partial<Extract<ChatPromise, { kind: 'keep' }>> = {}): ChatPromise => ({
    ...{ kind: 'keep', incident: 42, room, topic: 'SEV1 · investigating', card: saying('the card'), digest: saying('the line') },
    ...more,
  });
  const textsIn = ({ messages }: FakeChannel): readonly string[] => messages.filter(({ type }) => type === 0).map(readMessage);
  const channel = (id: string): FakeChannel => world.far.state.channels.get(id) ?? newChannel({ type: -1, name: 'none' });
  function makeChannel(far: DiscordFarEnd, type: number, name: string): string {
    const made = newChannel({ type, name });
    far.state.channels.set(made.id, made);
    return made.id;
  }

  it.each([
    ['threads of a text channel', TEXT, 0],
    ['posts of a forum', FORUM, 1],
  ])('are %s when that is configured, and found again when the answer was lost', async (_name, type, first) => {
    let parent = '';
    await open((far) => {
      parent = makeChannel(far, type, 'war-rooms');
      return { roomsChannel: parent, hasBridge: true };
    });
    world.far.fault('POST', /\/threads$/, { lost: true });
    expect(await deliver({ kind: 'open', incident: 42, name: 'inc-42-checkout', title: '**Checkout** @everyone' }, '1-0')).toMatchObject({
      outcome: 'unknown',
    });
    const room = await openRoom();
    expect(room).toMatchObject({ type: 11, parent_id: parent, name: 'inc-42-checkout' });
    expect(room.messages.flatMap(({ notified }) => notified)).toEqual([]);
    expect([...world.far.state.channels.values()].filter(({ type: kind }) => kind === 11)).toHaveLength(1);
    expect(await deliver(keeping(room.id), '2-0')).toEqual({ outcome: 'done' });
    expect(textsIn(room).slice(first)).toEqual(['the card']);
    expect(await deliver({ kind: 'invite', incident: 42, room: room.id, people: ['bo'], groups: ['on-call'] }, '3-0')).toEqual({
      outcome: 'done',
    });
    expect([...room.members]).toEqual([world.far.ids['bo']]);
    expect(await deliver({ kind: 'archive', incident: 42, room: room.id, archived: true }, '4-0')).toEqual({ outcome: 'done' });
    expect(room.archived).toBe(true);
    const message = world.far.says('bo', room.id, 'the cause');
    world.far.reacts('ana', room.id, message.id, '📌', true);
    await expect.poll(() => heard).toMatchObject([{ incident: 42, said: { kind: 'pin', text: 'the cause' } }]);
  });

  it('have a voice channel, a topic that leads there and to everything else, and a category of the operator', async () => {
    let category = '';
    await open((far) => {
      category = makeChannel(far, 4, 'War rooms');
      return { category, hasBridge: true };
    });
    const room = await openRoom();
    const links = [
      { label: 'Console', url: 'https://allclear.example.org/incidents/42' },
      { label: 'Long', url: `https://example.org/${'x'.repeat(2_000)}` },
    ];
    expect(await deliver(keeping(room.id, { links }), '2-0')).toEqual({ outcome: 'done' });
    expect(await deliver(keeping(room.id, { links, topic: 'SEV2' }), '3-0')).toEqual({ outcome: 'done' });
    const bridges = [...world.far.state.channels.values()].filter(({ type }) => type === 2);
    expect(bridges).toMatchObject([{ name: 'inc-42-bridge', parent_id: category }]);
    expect(room.parent_id).toBe(category);
    expect(room.topic).toBe(`SEV2 · 🔊 <#${bridges[0]?.id}> · Console: https://allclear.example.org/incidents/42`);
  });

  it('stand without a voice channel where Discord allows none, and say so', async () => {
    await open({ hasBridge: true });
    const room = await openRoom();
    world.far.fault('POST', /\/guilds\/\d+\/channels$/, {
      status: 400,
      body: { code: 30_013, message: 'Maximum number of guild channels reached (500)' },
    });
    const outcome = await deliver(keeping(room.id), '2-0');
    expect(outcome).toMatchObject({
      outcome: 'done',
      acts: [{ type: 'incident.room-degraded', what: 'its voice bridge', detail: /500/ }].map(anyDetail),
    });
    expect(room.topic).toBe('SEV1 · investigating');
  });

  it('are announced where the severity says, and listed in the digest, each kept current in place', async () => {
    let [digest, town] = ['', ''];
    await open((far) => {
      [digest, town] = [makeChannel(far, TEXT, 'digest'), makeChannel(far, TEXT, 'town-hall')];
      return { digestChannel: digest };
    });
    const room = await openRoom();
    const announcement = { channel: town, document: saying('announced') };
    await deliver(keeping(room.id, { announcement }), '2-0');
    await deliver(keeping(room.id, { digest: saying('the line, later') }), '3-0');
    expect(textsIn(channel(digest))).toEqual(['the line, later']);
    expect(textsIn(channel(town))).toEqual(['the line, later']);
    world.far.fault('POST', new RegExp(`/channels/${town}/messages$`), { status: 404, body: { code: 10_003, message: 'Unknown Channel' } });
    world.far.state.channels.set(town, newChannel({ ...channel(town), messages: [] }));
    const lost = await deliver(keeping(room.id, { announcement: { ...announcement, document: saying('again') } }), '4-0');
    expect(lost).toMatchObject({ outcome: 'done', acts: [{ what: 'its announcement' }] });
  });

  it('let people and roles in once, and call people by name', async () => {
    await open();
    const room = await openRoom();
    const inviting = (people: readonly string[]): ChatPromise => ({
      kind: 'invite',
      incident: 42,
      room: room.id,
      people,
      groups: ['on-call', 'nobody'],
    });
    for (const key of ['2-0', '3-0']) expect(await deliver(inviting(['ana', 'dee']), key)).toEqual({ outcome: 'done' });
    await deliver(inviting(['ana', 'bo']), '4-0');
    const { ids, state } = world.far;
    expect([...room.overwrites.keys()]).toEqual([ids['ana'], state.roles[0]?.id, ids['bo']]);
    expect(room.messages.map(({ notified }) => notified)).toEqual([[ids['ana']], [ids['bo']]]);
  });

  it('are closed to everybody after the end, without their voice channel, and opened again', async () => {
    await open({ hasBridge: true });
    const room = await openRoom();
    await deliver(keeping(room.id), '2-0');
    const shelve = (archived: boolean, key: string) => deliver({ kind: 'archive', incident: 42, room: room.id, archived }, key);
    for (const key of ['3-0', '4-0']) expect(await shelve(true, key)).toEqual({ outcome: 'done' });
    const { guild, channels } = world.far.state;
    expect(BigInt(String(room.overwrites.get(guild)?.['deny'])) & (1n << 11n)).not.toBe(0n);
    expect([...channels.values()].filter(({ type }) => type === 2)).toEqual([]);
    for (const key of ['5-0', '6-0']) expect(await shelve(false, key)).toEqual({ outcome: 'done' });
    expect(room.overwrites.has(guild)).toBe(false);
  });

  it('keep a role in step with who is on call, and say when there is none', async () => {
    await open();
    const { state, ids } = world.far;
    const has = () => ['ana', 'bo', 'cy'].filter((person) => state.users.get(ids[person] ?? '')?.roles.includes(state.roles[0]?.id ?? ''));
    expect(has()).toEqual(['bo']);
    expect(await deliver({ kind: 'group', group: 'on-call', people: ['ana', 'cy', 'dee'] }, '2-0')).toEqual({ outcome: 'done' });
    expect(has()).toEqual(['ana', 'cy']);
    expect(await world.platform.groups('ana')).toEqual([state.roles[0]?.id, 'on-call']);
    expect(await deliver({ kind: 'group', group: 'off-call', people: [] }, '3-0')).toMatchObject({
      outcome: 'dead',
      detail: expect.stringContaining('off-call'),
    });
  });

  it.each([
    ['markup and mentions', '**bold** <@&1> @everyone [x](https://example.org) `c` || > # - 1.'],
    ['4,000 characters', 'Checkout is down '.repeat(250)],
    ['marks that turn the reading direction', '\u202Eexe.gpj\u2066 is down'],
    ['only emoji', '🔥🔥🔥'],
    ['nothing but white space', ' \n\t '],
  ])('have a legal name and a correct card with a title of %s', async (_name, title) => {
    await open();
    const room = await openRoom(42, roomName({ number: 42, title, kind: 'incident' }), title);
    expect(room.name).toMatch(/^inc-42[a-z0-9-]{0,94}$/);
    expect(await deliver(keeping(room.id, { card: saying(`inc-42 ${title}`), topic: title }), '2-0')).toEqual({ outcome: 'done' });
    expect(room.messages.flatMap(({ notified }) => notified)).toEqual([]);
  });
});

function anyDetail<One extends { readonly detail: RegExp }>({ detail, ...one }: One) {
  return { ...one, detail: expect.stringMatching(detail) };
}
