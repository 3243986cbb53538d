import type { Hear } from '../../src/engine/ports.ts';
import type { OpenInteraction, Shown } from '../support/discord/api-far-end.ts';
import { type DiscordWorld, openDiscordWorld } from '../support/discord/discord-world.ts';
import { command, presses, submits } from '../support/discord/interactions.ts';
import { buttonsOf, fieldsOf, readMessage } from '../support/discord/seen.ts';
import type { FakeMessage } from '../support/discord/server-state.ts';
import { type PlatformHarness, platformContract, type SeenMessage, type SeenReply } from './platform-contract.ts';

platformContract('discord', openDiscord);

type Json = Readonly<Record<string, unknown>>;

/** The platform over its own gateway, looked at through the server. */
async function openDiscord(hear: Hear): Promise<PlatformHarness> {
  let heard: () => void = () => undefined;
  const world = await openDiscordWorld((delivery) => {
    const answered = hear(delivery);
    heard();
    return answered;
  });
  const nextHeard = () =>
    new Promise<void>((resolve) => {
      heard = resolve;
    });
  return {
    platform: world.platform,
    observe: eyes(world),
    act: hands(world, nextHeard),
    saidAt: async (room, message) => Date.parse(messagesIn(world, room).find(({ id }) => id === message)?.timestamp ?? ''),
    async close() {
      await world.close();
      if (world.far.complaints.length > 0) throw new Error(`Discord would refuse: ${world.far.complaints.join('; ')}`);
    },
  };
}

function messagesIn({ far }: DiscordWorld, channel: string): readonly FakeMessage[] {
  return (far.state.channels.get(channel)?.messages ?? []).filter(({ type }) => type === 0);
}

function eyes(world: DiscordWorld): PlatformHarness['observe'] {
  const { state, ids } = world.far;
  const seen = (message: FakeMessage): SeenMessage => ({
    author: nameOf(world, String(message.author['id'])),
    text: readMessage(message),
    mentions: message.notified,
  });
  return {
    rooms: async () => rooms(world),
    cards: async (room) =>
      messagesIn(world, room)
        .filter(({ pinned }) => pinned)
        .map(readMessage),
    topic: async (room) => state.channels.get(room)?.topic ?? '',
    messages: async (room) =>
      messagesIn(world, room)
        .filter(({ pinned }) => !pinned)
        .map(seen),
    members: async (room) => [...(state.channels.get(room)?.overwrites.keys() ?? [])].map((id) => nameOf(world, id)),
    async inbox(person) {
      const channel = [...state.channels.values()].find(({ recipient }) => recipient === ids[person]);
      return channel === undefined ? [] : messagesIn(world, channel.id).map(seen);
    },
  };
}

function hands(world: DiscordWorld, nextHeard: () => Promise<void>): PlatformHarness['act'] {
  const { far } = world;
  const deliveries = new Map<string, OpenInteraction>();
  const modals = new Map<string, Json>();
  const roomOf = (incident: number): string => {
    const found = rooms(world).find((one) => one.incident === incident);
    if (found === undefined) throw new Error(`incident ${incident} has no channel`);
    return found.room;
  };
  const openFor = (delivery: string): OpenInteraction => {
    const open = deliveries.get(delivery) ?? far.interaction();
    deliveries.set(delivery, open);
    return open;
  };
  const seenReply = ({ kind, body, isPrivate }: Shown, person: string): SeenReply => {
    if (kind !== 'modal') return { text: readMessage({ content: body['content'] }), isPrivate, form: null };
    modals.set(person, body);
    return { text: '', isPrivate: true, form: { fields: Object.keys(fieldsOf(body)), complaints: {} } };
  };
  return {
    types: async (person, incident, words, delivery) =>
      seenReply(await command(far, { person, channel: roomOf(incident) }, 'line', { words }, openFor(delivery)), person),
    async fills(person, incident, _command, values, delivery) {
      const before = modals.get(person);
      if (before === undefined) throw new Error(`no form is open before ${person}`);
      const doing = { person, channel: roomOf(incident) };
      const shown = await submits(far, doing, before, values, openFor(delivery));
      const again = buttonsOf(shown.body).find(({ label }) => label === 'Open the form');
      if (again === undefined) return seenReply(shown, person);
      // Discord answers no form with a form: the one that was complained about is behind a button.
      const { body } = await presses(far, doing, again.id);
      modals.set(person, body);
      return {
        text: readMessage(shown.body),
        isPrivate: shown.isPrivate,
        form: { fields: Object.keys(fieldsOf(body)), complaints: complaintsIn(before, body) },
      };
    },
    says: async (person, incident, text) => far.says(person, roomOf(incident), text).id,
    async pins(person, incident, message, pinned) {
      const arrived = nextHeard();
      far.reacts(person, roomOf(incident), message, '📌', pinned);
      await arrived;
    },
  };
}

/** What stands under a field now and did not before. */
function complaintsIn(before: Json, now: Json): Readonly<Record<string, string>> {
  const help = fieldsOf(before);
  return Object.fromEntries(Object.entries(fieldsOf(now)).filter(([field, words]) => help[field] !== words));
}

function rooms({ far }: DiscordWorld): readonly { readonly room: string; readonly incident: number }[] {
  return [...far.state.channels.values()].flatMap(({ id, name, type }) => {
    const incident = /^inc-(\d+)/.exec(name)?.[1];
    return incident === undefined || type === 2 ? [] : [{ room: id, incident: Number(incident) }];
  });
}

function nameOf({ far }: DiscordWorld, user: string): string {
  if (user === far.state.bot.id) return 'allclear';
  return Object.entries(far.ids).find(([, id]) => id === user)?.[0] ?? user;
}
