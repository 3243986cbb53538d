import type { z } from 'zod';
import type { Heard } from '../../engine/ports.ts';
import { sha256Hex } from '../../kit/hashing.ts';
import { tellDirectly } from './answers.ts';
import type { Dispatch } from './deliveries.ts';
import { messagesOf, pinNote } from './edits.ts';
import type { InboundPorts } from './hearing.ts';
import { MESSAGES_IN_PAGE_MAX } from './limits.ts';
import { CODES } from './outcome.ts';
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
  /** By a reaction; what was taken by the menu has none that could be missed. */
  readonly isMarked: boolean;
  /** What it said when it was last heard, as a hash. */
  readonly says: string;
}

/** 📌 on a message of an incident room takes it to the timeline, its removal withdraws it. Only a refusal is told: Discord shows the pin. */
export async function hearReaction(ports: InboundPorts, reaction: z.infer<typeof Reaction>, added: boolean, key: string): Promise<void> {
  const { channel_id: channel, message_id: id, user_id: user, emoji } = reaction;
  if (!PINS.has(emoji.name ?? '')) return;
  const incident = await incidentOf(ports, channel);
  if (incident === null) return;
  const said = await pinOf(ports, channel, await readable(ports, channel, id), added);
  await hearPin(ports, { incident, channel, user, key: `discord-${key}`, said });
}

interface Pinning {
  readonly incident: number;
  readonly channel: string;
  readonly user: string;
  readonly key: string;
  readonly said: Pin;
  /** It happened while nobody listened: whoever did it waits for no answer any more. */
  readonly isLate?: boolean;
}

async function hearPin(ports: InboundPorts, { incident, channel, user, key, said, isLate }: Pinning): Promise<void> {
  const person = ports.directory.personOf(user);
  const userName = await ports.directory.nameOf(user);
  const reply = await ports.hear({ platform: 'discord', key, person, userName, incident, said });
  // Nobody waits for an answer: what cannot be heard now stays written down and is heard at the next start.
  if (reply === null) throw new Error('a reaction came while Allclear is starting');
  if (said.pinned) await rememberPin(ports, channel, said, user, true);
  else await ports.notes.remove(pinNote(channel, said.message));
  if (!reply.ok && isLate !== true) await tellDirectly(ports, { user }, reply);
}

/** A message in a timeline: its edits are followed, and it is looked at after an absence. */
export async function rememberPin({ notes }: InboundPorts, channel: string, said: Pin, user: string, isMarked: boolean): Promise<void> {
  const pinned: Pinned = { user, isMarked, says: sha256Hex(said.text) };
  await notes.put(pinNote(channel, said.message), JSON.stringify(pinned));
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

/** A message of an incident room reads otherwise, or is gone. Whether it was pinned is for the incident to say. */
export async function hearEdit(ports: InboundPorts, { type, key, data }: Dispatch): Promise<void> {
  const read = Edit.safeParse(data);
  const incident = read.success ? await incidentOf(ports, read.data.channel_id) : null;
  if (!read.success || incident === null) return;
  const { content, attachments } = read.data;
  // An update without text is one of pictures or pins.
  if (type === 'MESSAGE_UPDATE' && content === undefined) return;
  const text = type === 'MESSAGE_UPDATE' ? await textOf(ports, { content: content ?? '', attachments }) : null;
  const room = { channel: read.data.channel_id, incident };
  for (const message of messagesOf(read.data)) await hearChange(ports, room, message, text, `discord-${key}-${message}`);
}

/** Nobody asked, so nobody is answered. */
async function hearChange(
  ports: InboundPorts,
  { channel, incident }: Room,
  message: string,
  text: string | null,
  key: string,
): Promise<void> {
  const said = { kind: 'edited', message, text } as const;
  const reply = await ports.hear({ platform: 'discord', key, person: null, userName: 'Discord', incident, said });
  if (reply === null) throw new Error('an edit came while Allclear is starting');
  const note = pinNote(channel, message);
  const known = await ports.notes.get(note);
  if (known === null) return;
  // What is gone does not change any more.
  if (text === null) await ports.notes.remove(note);
  else await ports.notes.put(note, JSON.stringify({ ...(JSON.parse(known) as Pinned), says: sha256Hex(text) }));
}

/** Discord's ids carry the time since its epoch (reference#snowflakes). */
const EPOCH_MS = 1_420_070_400_000n;
const TIME_SHIFT = 22n;

/** A message nobody can read any more: its id still says when it was said. */
function goneMessage(id: string): Message {
  const timestamp = new Date(Number((BigInt(id) >> TIME_SHIFT) + EPOCH_MS)).toISOString();
  return { id, content: '', timestamp, author: { id: '0', username: '' }, attachments: [], reactions: [] };
}

/** A message; `gone` when it was deleted, `unreadable` when Discord does not let us see it. */
async function messageAt({ api }: InboundPorts, channel: string, id: string): Promise<Message | 'gone' | 'unreadable'> {
  const called = await api.call('GET', `/channels/${channel}/messages/${id}`);
  if (called.ok) return Message.parse(called.result);
  if (called.failure.outcome !== 'dead') throw new Error(called.failure.detail);
  return called.code === CODES.unknownMessage ? 'gone' : 'unreadable';
}

async function readable(ports: InboundPorts, channel: string, id: string): Promise<Message> {
  const found = await messageAt(ports, channel, id);
  return typeof found === 'string' ? goneMessage(id) : found;
}

/**
 * Pins, their removal, edits and deletions that the gateway did not tell, because it was away for longer than it remembers: the newest messages of the newest
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
    await hearPin(ports, { ...room, user: first.id, key: lateKey(ports, 'pin', message.id), said, isLate: true });
  }
  for (const [id, pinned] of known)
    await followMissed(
      ports,
      room,
      id,
      pinned,
      messages.find((one) => one.id === id),
    );
}

/** The same thing may be missed twice, so the time is part of its name; what was heard before is refused by the incident. */
function lateKey({ clock }: InboundPorts, what: string, message: string): string {
  return `discord-missed-${what}-${message}-${clock.now()}`;
}

async function followMissed(ports: InboundPorts, room: Room, id: string, pinned: Pinned, listed: Message | undefined): Promise<void> {
  const found = listed ?? (await messageAt(ports, room.channel, id));
  if (found === 'unreadable') return;
  if (found === 'gone') return hearChange(ports, room, id, null, lateKey(ports, 'deletion', id));
  const isStill = found.reactions.some(({ emoji: { name } }) => PINS.has(name ?? ''));
  if (pinned.isMarked && !isStill) {
    const said = await pinOf(ports, room.channel, found, false);
    return hearPin(ports, { ...room, user: pinned.user, key: lateKey(ports, 'unpin', id), said, isLate: true });
  }
  const text = await textOf(ports, found);
  if (sha256Hex(text) !== pinned.says) await hearChange(ports, room, id, text, lateKey(ports, 'edit', id));
}
