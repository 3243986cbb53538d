import type { z } from 'zod';
import type { Heard } from '../../engine/ports.ts';
import { tellDirectly } from './answers.ts';
import type { Dispatch } from './deliveries.ts';
import type { InboundPorts } from './hearing.ts';
import { MESSAGES_IN_PAGE_MAX } from './limits.ts';
import { Edit, Message, type Reaction } from './payloads.ts';
import { channelUrl, incidentOf } from './rooms.ts';
import { wordsOf } from './words.ts';

/** 📌, and the other one people find when they look for it. */
const PINS: ReadonlySet<string> = new Set(['📌', '📍']);
/** Rooms that are looked through after the gateway forgot us; older incidents are over. */
const ROOMS_CAUGHT_UP_MAX = 25;

export type Pin = Extract<Heard['said'], { kind: 'pin' }>;
/** A message in the timeline, and who took it there. */
interface Pinned {
  readonly user: string;
}
const noteOf = (channel: string, message: string): string => `pin/${channel}/${message}`;

/** 📌 on a message of an incident room takes it to the timeline, its removal withdraws it. Only a refusal is told: Discord shows the pin. */
export async function hearReaction(ports: InboundPorts, reaction: z.infer<typeof Reaction>, added: boolean, key: string): Promise<void> {
  const { channel_id: channel, message_id: id, user_id: user, emoji } = reaction;
  if (!PINS.has(emoji.name ?? '')) return;
  const incident = await incidentOf(ports, channel);
  if (incident === null) return;
  const said = await pinOf(ports, channel, (await messageAt(ports, channel, id)) ?? goneMessage(id), added);
  await hearPin(ports, { incident, channel, user, key: `discord-${key}`, said });
}

interface Pinning {
  readonly incident: number;
  readonly channel: string;
  readonly user: string;
  readonly key: string;
  readonly said: Pin;
}

async function hearPin(ports: InboundPorts, { incident, channel, user, key, said }: Pinning): Promise<void> {
  const person = ports.directory.personOf(user);
  const userName = await ports.directory.nameOf(user);
  const heard = ports.intake.hear({ platform: 'discord', key, person, userName, incident, said });
  // Nobody waits for an answer: what cannot be heard now stays written down and is heard at the next start.
  if (heard === null) throw new Error('a reaction came while Allclear is starting');
  const reply = await heard;
  if (said.pinned) await rememberPin(ports, channel, said.message, user);
  else await ports.notes.remove(noteOf(channel, said.message));
  if (!reply.ok) await tellDirectly(ports, { user }, reply);
}

/** A message in a timeline: its edits are followed, and its pin is looked for after an absence. */
export async function rememberPin({ notes }: InboundPorts, channel: string, message: string, user: string): Promise<void> {
  await notes.put(noteOf(channel, message), JSON.stringify({ user } satisfies Pinned));
}

export async function pinOf(ports: InboundPorts, channel: string, message: Message, pinned: boolean): Promise<Pin> {
  const { directory } = ports;
  return {
    kind: 'pin',
    pinned,
    message: message.id,
    text: await textOf(ports, message),
    author: message.author.id === '0' ? 'somebody' : await directory.nameOf(message.author.id),
    at: Date.parse(message.timestamp),
    url: `${channelUrl(ports, channel)}/${message.id}`,
  };
}

/** What a message says, with its files by name: their addresses are good for a day, the message's own for ever. */
async function textOf({ directory }: InboundPorts, { content, attachments }: Pick<Message, 'content' | 'attachments'>): Promise<string> {
  const text = await wordsOf(content, (user) => directory.nameOf(user));
  return [text, ...attachments.map(({ filename }) => `📎 ${filename}`)].filter((line) => line !== '').join('\n');
}

const EDITS: ReadonlySet<string> = new Set(['MESSAGE_UPDATE', 'MESSAGE_DELETE', 'MESSAGE_DELETE_BULK']);

export function isEdit({ type }: Pick<Dispatch, 'type'>): boolean {
  return EDITS.has(type);
}

/** Whether one of the messages is in a timeline. */
export async function concernsPin({ notes }: Pick<InboundPorts, 'notes'>, data: unknown): Promise<boolean> {
  const read = Edit.safeParse(data);
  if (!read.success) return false;
  for (const id of idsOf(read.data)) if ((await notes.get(noteOf(read.data.channel_id, id))) !== null) return true;
  return false;
}

function idsOf({ id, ids = [] }: z.infer<typeof Edit>): readonly string[] {
  return id === undefined ? ids : [id];
}

/** A message of an incident room reads otherwise, or is gone. Whether it was pinned is for the incident to say. */
export async function hearEdit(ports: InboundPorts, { type, key, data }: Dispatch): Promise<void> {
  const read = Edit.safeParse(data);
  const incident = read.success ? await incidentOf(ports, read.data.channel_id) : null;
  if (!read.success || incident === null) return;
  const { content, attachments } = read.data;
  // An update without text is one of pictures or pins.
  if (type === 'MESSAGE_UPDATE' && content === undefined) return;
  const text = type === 'MESSAGE_UPDATE' ? await textOf(ports, { content: content ?? '', attachments }) : null;
  for (const message of idsOf(read.data)) {
    const said = { kind: 'edited', message, text } as const;
    const heard = ports.intake.hear({
      platform: 'discord',
      key: `discord-${key}-${message}`,
      person: null,
      userName: 'Discord',
      incident,
      said,
    });
    if (heard === null) throw new Error('an edit came while Allclear is starting');
    await heard;
  }
}

/** Discord's ids carry the time since its epoch (reference#snowflakes). */
const EPOCH_MS = 1_420_070_400_000n;
const TIME_SHIFT = 22n;

/** A message nobody can read any more: its id still says when it was said. */
function goneMessage(id: string): Message {
  const timestamp = new Date(Number((BigInt(id) >> TIME_SHIFT) + EPOCH_MS)).toISOString();
  return { id, content: '', timestamp, author: { id: '0', username: '' }, attachments: [], reactions: [] };
}

async function messageAt({ api }: InboundPorts, channel: string, id: string): Promise<Message | null> {
  const called = await api.call('GET', `/channels/${channel}/messages/${id}`);
  if (called.ok) return Message.parse(called.result);
  if (called.failure.outcome !== 'dead') throw new Error(called.failure.detail);
  return null;
}

/**
 * Pins and their removal that the gateway did not tell, because it was away for longer than it remembers: the newest messages of the newest
 * rooms, and every message that was taken before.
 */
export async function catchUp(ports: InboundPorts): Promise<void> {
  const rooms = (await ports.notes.list('incident-of/')).map(({ key, value }) => ({
    channel: key.slice('incident-of/'.length),
    incident: Number(value),
  }));
  for (const room of rooms.sort((one, other) => other.incident - one.incident).slice(0, ROOMS_CAUGHT_UP_MAX)) {
    const called = await ports.api.call('GET', `/channels/${room.channel}/messages`, { query: { limit: String(MESSAGES_IN_PAGE_MAX) } });
    if (!called.ok && called.failure.outcome === 'dead') continue;
    if (!called.ok) throw new Error(called.failure.detail);
    const messages = (called.result as readonly unknown[]).flatMap((one) => Message.safeParse(one).data ?? []);
    await catchUpRoom(ports, room, messages);
  }
}

interface Room {
  readonly channel: string;
  readonly incident: number;
}

async function catchUpRoom(ports: InboundPorts, room: Room, messages: readonly Message[]): Promise<void> {
  const { notes, api } = ports;
  const prefix = `pin/${room.channel}/`;
  const known = new Map((await notes.list(prefix)).map(({ key, value }) => [key.slice(prefix.length), JSON.parse(value) as Pinned]));
  for (const message of messages) {
    const emoji = message.reactions.find(({ emoji: { name } }) => PINS.has(name ?? ''))?.emoji.name ?? null;
    if (emoji === null || known.has(message.id)) continue;
    const users = await api.call('GET', `/channels/${room.channel}/messages/${message.id}/reactions/${encodeURIComponent(emoji)}`);
    const [first] = users.ok ? (users.result as readonly { id: string }[]) : [];
    if (first === undefined) continue;
    const said = await pinOf(ports, room.channel, message, true);
    await hearPin(ports, { ...room, user: first.id, key: `discord-missed-pin-${message.id}-${first.id}`, said });
  }
  for (const [id, { user }] of known) await withdrawMissed(ports, room, id, user, messages);
}

async function withdrawMissed(ports: InboundPorts, room: Room, id: string, user: string, messages: readonly Message[]): Promise<void> {
  const found = messages.find((one) => one.id === id) ?? (await messageAt(ports, room.channel, id));
  if (found?.reactions.some(({ emoji: { name } }) => PINS.has(name ?? '')) === true) return;
  const said = await pinOf(ports, room.channel, found ?? goneMessage(id), false);
  await hearPin(ports, { ...room, user, key: `discord-missed-unpin-${id}-${user}`, said });
}
