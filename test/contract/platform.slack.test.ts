import type { Hear } from '../../src/engine/ports.ts';
import { reaction, slashCommand, viewSubmission } from '../support/slack/payloads.ts';
import { mentionsIn, readMessage } from '../support/slack/seen.ts';
import type { Shown } from '../support/slack/slack-edge.ts';
import { openSlackWorld, type SlackWorld } from '../support/slack/slack-world.ts';
import { type PlatformHarness, platformContract, type SeenMessage, type SeenReply } from './platform-contract.ts';

platformContract('slack', openSlack);

type Json = Readonly<Record<string, unknown>>;
interface Message {
  readonly ts: string;
  readonly user: string;
  readonly subtype?: string;
  readonly text?: string;
  readonly blocks?: readonly Json[];
}

/** The platform over its own route, looked at through the emulated workspace. */
async function openSlack(hear: Hear): Promise<PlatformHarness> {
  let heard: () => void = () => undefined;
  const world = await openSlackWorld((delivery) => {
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
    saidAt: async (_room, message) => Math.floor(Number(message) * 1_000),
    async close() {
      await world.close();
      if (world.edge.complaints.length > 0) throw new Error(`Slack would refuse: ${world.edge.complaints.join('; ')}`);
    },
  };
}

function eyes(world: SlackWorld): PlatformHarness['observe'] {
  const { as } = world;
  async function messagesIn(channel: string): Promise<readonly Message[]> {
    const { messages } = (await as('bot', 'conversations.history', { channel, limit: 500 })) as { messages: readonly Message[] };
    return messages.filter(({ subtype }) => subtype === undefined).toReversed();
  }
  async function pinsIn(channel: string): Promise<readonly Message[]> {
    // With a right the app has no need of.
    const { items } = (await as('eyes', 'pins.list', { channel })) as { items: readonly { message: Message }[] };
    return items.map(({ message }) => message);
  }
  const seen = ({ user, ...message }: Message): SeenMessage => ({
    author: nameOf(world, user),
    text: readMessage(message),
    mentions: mentionsIn(message),
  });
  return {
    rooms: () => rooms(world),
    cards: async (room) => (await pinsIn(room)).map(readMessage),
    async topic(room) {
      const { channel } = (await as('bot', 'conversations.info', { channel: room })) as { channel: { topic: { value: string } } };
      return channel.topic.value;
    },
    async messages(room) {
      const pinned = new Set((await pinsIn(room)).map(({ ts }) => ts));
      return (await messagesIn(room)).filter(({ ts }) => !pinned.has(ts)).map(seen);
    },
    async members(room) {
      const { members } = (await as('bot', 'conversations.members', { channel: room })) as { members: readonly string[] };
      return members.filter((user) => user !== world.botUser).map((user) => nameOf(world, user));
    },
    async inbox(person) {
      const { channel } = (await as('bot', 'conversations.open', { users: world.ids[person] })) as { channel: { id: string } };
      return (await messagesIn(channel.id)).map(seen);
    },
  };
}

function hands(world: SlackWorld, nextHeard: () => Promise<void>): PlatformHarness['act'] {
  const { edge, as } = world;
  const triggers = new Map<string, string>();
  const views = new Map<string, Json>();
  let responses = 0;
  async function roomOf(incident: number): Promise<string> {
    const found = (await rooms(world)).find((one) => one.incident === incident);
    if (found === undefined) throw new Error(`incident ${incident} has no channel`);
    return found.room;
  }
  /** What is shown after it was sent, or what it was acknowledged with. */
  async function awaiting(matches: (shown: Shown) => boolean, send: () => Promise<{ text: string }>): Promise<Shown | string> {
    const shown = edge.shown(matches);
    const { text } = await send();
    return text === '' ? shown : text;
  }
  return {
    async types(person, incident, words, delivery) {
      const room = await roomOf(incident);
      const trigger = triggers.get(delivery) ?? (await world.trigger(person));
      triggers.set(delivery, trigger);
      responses += 1;
      const name = `response-${responses}`;
      const body = slashCommand(world, person, room, words, trigger, name);
      const shown = await awaiting(
        (one) => one.name === name || one.name === trigger,
        () => world.sends(body),
      );
      if (typeof shown === 'string') throw new Error(`acknowledged with ${shown}`);
      if (shown.kind === 'view') views.set(person, shown.body);
      return seenReply(shown);
    },
    async fills(person, _incident, _command, values) {
      const view = views.get(person);
      if (view === undefined) throw new Error(`no form is open before ${person}`);
      const shown = await awaiting(
        ({ kind }) => kind !== 'view',
        () => world.sends(viewSubmission(world, person, view, values)),
      );
      return typeof shown === 'string' ? complained(shown, view) : seenReply(shown);
    },
    async says(person, incident, text) {
      const channel = await roomOf(incident);
      await as(person, 'conversations.join', { channel });
      return String((await as(person, 'chat.postMessage', { channel, text: escaped(text) }))['ts']);
    },
    async pins(person, incident, message, pinned, delivery) {
      const arrived = nextHeard();
      await world.sends(reaction(world, person, await roomOf(incident), message, pinned, delivery));
      await arrived;
    },
  };
}

async function rooms({ as }: SlackWorld): Promise<readonly { readonly room: string; readonly incident: number }[]> {
  const { channels } = (await as('bot', 'conversations.list', { limit: 100 })) as { channels: readonly { id: string; name: string }[] };
  return channels.flatMap(({ id, name }) => {
    const incident = /^inc-(\d+)/.exec(name)?.[1];
    return incident === undefined ? [] : [{ room: id, incident: Number(incident) }];
  });
}

function nameOf({ ids, botUser }: SlackWorld, user: string): string {
  if (user === botUser) return 'allclear';
  return Object.entries(ids).find(([, id]) => id === user)?.[0] ?? user;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function fieldsOf(view: Json): readonly string[] {
  const inputs = (view['blocks'] as readonly Json[]).filter(({ type }) => type === 'input');
  return inputs.map((block) => String(block['block_id']).replace(/^field-/, ''));
}

function seenReply({ kind, body }: Shown): SeenReply {
  const text = readMessage(body);
  if (kind === 'view') return { text, isPrivate: true, form: { fields: fieldsOf(body), complaints: {} } };
  return { text, isPrivate: kind === 'ephemeral' || body['response_type'] === 'ephemeral', form: null };
}

/** What a form was acknowledged with instead of closing. */
function complained(text: string, view: Json): SeenReply {
  const { errors } = JSON.parse(text) as { errors: Readonly<Record<string, string>> };
  const complaints = Object.fromEntries(Object.entries(errors).map(([block, sentence]) => [block.replace(/^field-/, ''), sentence]));
  return { text: Object.values(complaints).join('\n'), isPrivate: true, form: { fields: fieldsOf(view), complaints } };
}
