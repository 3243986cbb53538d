import { ChannelType } from 'discord.js';
import { hmacSha256Hex } from '../../kit/hashing.ts';
import type { Notes } from '../notes.ts';
import type { Called, DiscordApi } from './api.ts';
import { CATEGORIES_MAX, CHANNEL_NAME_CHARS_MAX } from './limits.ts';
import { literal } from './markdown.ts';
import { NOBODY } from './messages.ts';
import { CODES, type Failure } from './outcome.ts';
import { SILENCE } from './permissions.ts';

export interface PlacePorts {
  readonly api: DiscordApi;
  readonly notes: Notes;
  readonly guild: string;
  /** Category of incident rooms; null for one that Allclear makes. */
  readonly category: string | null;
  /** Text or forum channel whose threads or posts the rooms are; null when rooms are channels. */
  readonly roomsChannel: string | null;
  /** Whether each room gets a voice channel. */
  readonly hasBridge: boolean;
  /** Marks channels as ours while they are made. */
  readonly placeKey: Uint8Array;
}
/** Where the people of an incident talk. */
export interface Place {
  readonly channel: string;
  readonly isThread: boolean;
}
interface Channel {
  readonly id: string;
  readonly name: string;
  readonly type: ChannelType;
  readonly topic?: string | null;
  readonly owner_id?: string;
  readonly permission_overwrites?: readonly unknown[];
}

const opening = new WeakMap<Notes, Map<number, Promise<Place | Failure>>>();

/** The place of an incident, made once: Discord lets any number of channels share a name, so two who ask at once get one answer. */
export function openPlace(ports: PlacePorts, incident: number, name: string, title: string): Promise<Place | Failure> {
  const running = opening.get(ports.notes) ?? new Map<number, Promise<Place | Failure>>();
  opening.set(ports.notes, running);
  const first = running.get(incident);
  if (first !== undefined) return first;
  const making = findOrMake(ports, incident, name, title).finally(() => running.delete(incident));
  running.set(incident, making);
  return making;
}

async function findOrMake(ports: PlacePorts, incident: number, name: string, title: string): Promise<Place | Failure> {
  const { notes, roomsChannel } = ports;
  const known = await placeOf(ports, incident);
  if (known !== null) return known;
  const isRepeat = !(await notes.add(`opening/${incident}`, ''));
  const channel =
    roomsChannel === null ? await textChannel(ports, incident, name, isRepeat) : await thread(ports, roomsChannel, name, title, isRepeat);
  if (typeof channel !== 'string') return channel;
  const place: Place = { channel, isThread: roomsChannel !== null };
  await notes.put(`room/${incident}`, JSON.stringify(place));
  return place;
}

async function textChannel(ports: PlacePorts, incident: number, name: string, isRepeat: boolean): Promise<string | Failure> {
  const mark = markOf(ports, incident);
  const known = await ports.notes.get(`channel/${incident}`);
  if (known !== null) return known;
  const found = isRepeat ? await findChannel(ports, ({ topic }) => topic?.includes(mark) === true) : null;
  const body = { name: name.slice(0, CHANNEL_NAME_CHARS_MAX), type: ChannelType.GuildText, topic: `Opening … ${mark}` };
  const channel = found ?? (await makeIn(ports, body, `inc-${incident}`));
  if (typeof channel === 'string') await ports.notes.put(`channel/${incident}`, channel);
  return channel;
}

/** In the topic until the first real one is set, by which time the channel is written down. */
function markOf({ placeKey }: PlacePorts, incident: number): string {
  return `(${hmacSha256Hex(placeKey, `room ${incident}`).slice(0, MARK_DIGITS)})`;
}
const MARK_DIGITS = 12;

/** The voice channel beside a room; null when none is wanted. Where Discord forbids one for good, the room is there all the same. */
export async function bridgeOf(ports: PlacePorts, incident: number): Promise<string | Failure | null> {
  if (!ports.hasBridge) return null;
  const note = `bridge/${incident}`;
  const known = JSON.parse((await ports.notes.get(note)) ?? 'null') as string | Failure | null;
  if (known !== null && known !== '') return known;
  const name = `inc-${incident}-bridge`;
  const isOurs = (one: Channel): boolean => one.type === ChannelType.GuildVoice && one.name === name;
  const found = known === null ? null : await findChannel(ports, isOurs);
  await ports.notes.put(note, JSON.stringify(''));
  const made = found ?? (await makeIn(ports, { name, type: ChannelType.GuildVoice }, `inc-${incident}`));
  if (typeof made === 'string' || made.outcome === 'dead') await ports.notes.put(note, JSON.stringify(made));
  return made;
}

/** Where an incident's people talk, if they do already. */
export async function placeOf({ notes }: Pick<PlacePorts, 'notes'>, incident: number): Promise<Place | null> {
  return JSON.parse((await notes.get(`room/${incident}`)) ?? 'null') as Place | null;
}

/** Closes a room for good, or opens it again. Channels cannot be archived there, so nobody may write any more, and the voice channel goes. */
export async function shelve(ports: PlacePorts, incident: number, room: string, archived: boolean): Promise<Failure | null> {
  const { api, notes, guild } = ports;
  if ((await placeOf(ports, incident))?.isThread === true) {
    const called = await api.call('PATCH', `/channels/${room}`, { body: { archived, locked: archived } });
    return called.ok ? null : called.failure;
  }
  // The role of everybody has the number of the server (resources/guild).
  const route = `/channels/${room}/permissions/${guild}`;
  const called = archived ? await api.call('PUT', route, { body: { type: 0, deny: String(SILENCE) } }) : await api.call('DELETE', route);
  if (!called.ok && called.code !== CODES.unknownOverwrite) return called.failure;
  const bridge = JSON.parse((await notes.get(`bridge/${incident}`)) ?? 'null') as unknown;
  if (!archived || typeof bridge !== 'string' || bridge === '') return null;
  const gone = await api.call('DELETE', `/channels/${bridge}`);
  if (!gone.ok && gone.code !== CODES.unknownChannel) return gone.failure;
  await notes.remove(`bridge/${incident}`);
  return null;
}

async function thread(ports: PlacePorts, parent: string, name: string, title: string, isRepeat: boolean): Promise<string | Failure> {
  const asked = await ports.api.call('GET', `/channels/${parent}`);
  if (!asked.ok) return asked.failure;
  const { type } = asked.result as Channel;
  const self = await ports.notes.get('self');
  if (isRepeat) {
    const active = await ports.api.call('GET', `/guilds/${ports.guild}/threads/active`);
    if (!active.ok) return active.failure;
    const { threads } = active.result as { threads: readonly (Channel & { readonly parent_id: string })[] };
    const found = threads.find((one) => one.name === name && one.owner_id === self && one.parent_id === parent);
    if (found !== undefined) return found.id;
  }
  // A post of a forum begins with a message; a thread of a channel without one must say that everybody may see it.
  const message = { content: literal(title), allowed_mentions: NOBODY };
  const body = type === ChannelType.GuildForum ? { message } : { type: ChannelType.PublicThread };
  const open = { name: name.slice(0, CHANNEL_NAME_CHARS_MAX), auto_archive_duration: WEEK_MINUTES };
  return idOf(await ports.api.call('POST', `/channels/${parent}/threads`, { body: { ...open, ...body } }));
}
/** resources/channel#channel-object: the longest silence after which a thread may be archived. */
const WEEK_MINUTES = 10_080;

/** In the first category that has room: Discord alone knows, so it is asked by trying. */
async function makeIn(ports: PlacePorts, body: Readonly<Record<string, unknown>>, reason: string): Promise<string | Failure> {
  const { api, guild } = ports;
  let last: Called | null = null;
  for (let number = 1; number <= CATEGORIES_MAX; number += 1) {
    const category = await categoryOf(ports, number);
    if (typeof category !== 'string') return category;
    last = await api.call('POST', `/guilds/${guild}/channels`, { body: { ...body, parent_id: category }, reason });
    if (last.ok || !isFull(last)) break;
  }
  return last === null ? NO_CATEGORY : idOf(last);
}
const NO_CATEGORY: Failure = { outcome: 'dead', reason: 'client', detail: 'No category takes another channel; delete old incident rooms.' };

function isFull(called: Called): boolean {
  return !called.ok && called.code === CODES.invalidForm && JSON.stringify(called.raw).includes('CHANNEL_PARENT_MAX_CHANNELS');
}
function idOf(called: Called): string | Failure {
  return called.ok ? (called.result as Channel).id : called.failure;
}

const CATEGORY_NAME = 'Incidents';

/** The first is the operator's or "Incidents"; further ones are made like it when it is full. */
async function categoryOf({ api, notes, guild, category }: PlacePorts, number: number): Promise<string | Failure> {
  if (number === 1 && category !== null) return category;
  const known = await notes.get(`category/${number}`);
  if (known !== null) return known;
  const listed = await api.call('GET', `/guilds/${guild}/channels`);
  if (!listed.ok) return listed.failure;
  const all = (listed.result as readonly Channel[]).filter(({ type }) => type === ChannelType.GuildCategory);
  const model = all.find(({ id }) => id === category);
  const name = number === 1 ? CATEGORY_NAME : `${model?.name ?? CATEGORY_NAME} ${number}`;
  const found = all.find((one) => one.name === name);
  const overwrites = model?.permission_overwrites === undefined ? {} : { permission_overwrites: model.permission_overwrites };
  const body = { name, type: ChannelType.GuildCategory, ...overwrites };
  const made = found?.id ?? idOf(await api.call('POST', `/guilds/${guild}/channels`, { body }));
  if (typeof made === 'string') await notes.put(`category/${number}`, made);
  return made;
}

async function findChannel({ api, guild }: PlacePorts, isIt: (channel: Channel) => boolean): Promise<string | Failure | null> {
  const called = await api.call('GET', `/guilds/${guild}/channels`);
  return called.ok ? ((called.result as readonly Channel[]).find(isIt)?.id ?? null) : called.failure;
}
