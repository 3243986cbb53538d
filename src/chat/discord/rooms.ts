import type { Attempt, ChatPromise, Outcome } from '../../engine/ports.ts';
import { readableText } from '../../kit/escape.ts';
import { shorten } from '../../kit/shorten.ts';
import { TOPIC_CHARS_MAX } from './limits.ts';
import { keep, kept, type MessagePorts, type Posted, say } from './messages.ts';
import type { Failure } from './outcome.ts';
import { GUEST_PERMISSIONS } from './permissions.ts';
import { bridgeOf, openPlace, type Place, type PlacePorts } from './places.ts';
import { saying } from './sentences.ts';

export interface RoomPorts extends MessagePorts, PlacePorts {
  /** Channel that shows one message an incident, or null. */
  readonly digestChannel: string | null;
}

const DONE: Outcome = { outcome: 'done' };

/** Keeps one promise; what stands already is recognised by our own notes, never by its name alone. */
export async function keepPromise(ports: RoomPorts, promise: ChatPromise, attempt: Attempt): Promise<Outcome> {
  switch (promise.kind) {
    case 'open':
      return open(ports, promise);
    case 'keep':
      return (await keepRoom(ports, promise, attempt)) ?? DONE;
    case 'say':
      return (await say(ports, promise.room, promise.document, attempt, { look: true })) ?? DONE;
    case 'invite':
      return (await invite(ports, promise, attempt)) ?? DONE;
    case 'direct':
      return (await direct(ports, promise, attempt)) ?? DONE;
  }
}

/** The incident whose room a channel is. */
export async function incidentOf({ notes }: Pick<MessagePorts, 'notes'>, channel: string): Promise<number | null> {
  const known = await notes.get(`incident-of/${channel}`);
  return known === null ? null : Number(known);
}

type Open = Extract<ChatPromise, { kind: 'open' }>;

async function open(ports: RoomPorts, { incident, name, title }: Open): Promise<Outcome> {
  const place = await openPlace(ports, incident, name, title);
  if ('outcome' in place) return place;
  const { channel } = place;
  await ports.notes.put(`incident-of/${channel}`, String(incident));
  const url = channelUrl(ports, channel);
  return { outcome: 'done', acts: [{ type: 'incident.room-opened', incident, platform: 'discord', room: channel, url }] };
}

/** https://docs.discord.com/developers/reference#message-formatting: addresses of the client. */
export function channelUrl({ guild }: Pick<PlacePorts, 'guild'>, channel: string): string {
  return `https://discord.com/channels/${guild}/${channel}`;
}

type Keep = Extract<ChatPromise, { kind: 'keep' }>;

async function keepRoom(ports: RoomPorts, { incident, room, topic, card, digest }: Keep, attempt: Attempt): Promise<Posted> {
  const failed = await keep(ports, `card/${incident}`, room, card, attempt);
  if (failed !== null) return failed;
  const pinned = await pinCard(ports, incident, room, attempt);
  if (pinned !== null) return pinned;
  const told = ports.digestChannel === null ? null : await keep(ports, `digest/${incident}`, ports.digestChannel, digest, attempt);
  return told ?? setTopic(ports, incident, room, topic, attempt);
}

async function pinCard(ports: RoomPorts, incident: number, room: string, attempt: Attempt): Promise<Posted> {
  const [card] = await kept(ports, `card/${incident}`);
  if (card === undefined || (await ports.notes.get(`pinned-card/${incident}`)) === card.id) return null;
  const called = await ports.api.call('PUT', `/channels/${room}/messages/pins/${card.id}`);
  if (!called.ok && called.failure.outcome !== 'dead') return called.failure;
  if (!called.ok) await complain(ports, room, `The card could not be pinned: ${called.failure.detail}`, attempt);
  await ports.notes.put(`pinned-card/${incident}`, card.id);
  return null;
}

/** Where Discord forbids something for good, the room is told once, and the rest goes on. */
async function complain(ports: RoomPorts, room: string, sentence: string, attempt: Attempt): Promise<void> {
  await say(ports, room, saying(sentence), { ...attempt, key: `complaint/${sentence}` }, { look: false });
}

/** Last, because Discord takes two topics in ten minutes: the card must not wait for it. Threads have none. */
async function setTopic(ports: RoomPorts, incident: number, room: string, topic: string, attempt: Attempt): Promise<Posted> {
  const place = JSON.parse((await ports.notes.get(`room/${incident}`)) ?? '{}') as Partial<Place>;
  if (place.isThread === true) return null;
  const bridge = await bridgeOf(ports, incident);
  if (bridge !== null && typeof bridge !== 'string') return bridge;
  const words = topicText(topic, bridge);
  if ((await ports.notes.get(`topic/${incident}`)) === words) return null;
  const called = await ports.api.call('PATCH', `/channels/${room}`, { body: { topic: words } });
  if (!called.ok && called.failure.outcome === 'retry' && called.failure.reason === 'rate_limited') return tooEarly(called.failure);
  if (!called.ok && called.failure.outcome !== 'dead') return called.failure;
  if (!called.ok) await complain(ports, room, `The topic could not be set: ${called.failure.detail}`, attempt);
  await ports.notes.put(`topic/${incident}`, words);
  return null;
}

/** Everything else stands: nothing failed, the newest topic is only due later. */
function tooEarly({ reason, detail, afterMs = 1 }: Extract<Failure, { outcome: 'retry' }>): Failure {
  return { outcome: 'later', reason, detail, afterMs };
}

function topicText(topic: string, bridge: string | null): string {
  const suffix = bridge === null ? '' : ` · 🔊 ${bridge}`;
  return shorten(readableText(topic).replaceAll('\n', ' '), TOPIC_CHARS_MAX - suffix.length) + suffix;
}

type Invite = Extract<ChatPromise, { kind: 'invite' }>;

/** One by one; then they are called by name, as being let in notifies nobody. Who has no account there is paged all the same. */
async function invite(ports: RoomPorts, promise: Invite, attempt: Attempt): Promise<Posted> {
  const { notes, directory } = ports;
  const { incident, room } = promise;
  const place = JSON.parse((await notes.get(`room/${incident}`)) ?? '{}') as Partial<Place>;
  const people: { readonly person: string; readonly note: string }[] = [];
  let last: Posted = null;
  for (const person of promise.people) {
    const user = directory.discordId(person);
    const note = `invited/${room}/${user}`;
    if (user === null || (await notes.get(note)) !== null) continue;
    const failed = await letIn(ports, room, user, place.isThread === true);
    if (failed !== null && failed.outcome !== 'dead') return failed;
    last = failed ?? last;
    people.push({ person, note });
  }
  if (people.length === 0) return last;
  const text = [...people.flatMap(({ person }) => [{ kind: 'person', id: person } as const, SPACE]), NEEDED];
  const failed = await say(ports, room, { blocks: [{ kind: 'text', text }] }, { ...attempt, key: `${attempt.key}/invite` }, { look: true });
  if (failed !== null) return failed;
  for (const { note } of people) await notes.put(note, attempt.key);
  return last;
}

async function letIn({ api }: RoomPorts, room: string, user: string, isThread: boolean): Promise<Posted> {
  const called = isThread
    ? await api.call('PUT', `/channels/${room}/thread-members/${user}`)
    : await api.call('PUT', `/channels/${room}/permissions/${user}`, { body: { type: MEMBER, allow: String(GUEST_PERMISSIONS) } });
  return called.ok ? null : called.failure;
}
/** resources/channel#overwrite-object: an overwrite for one member. */
const MEMBER = 1;
const SPACE = { kind: 'plain', text: ' ' } as const;
const NEEDED = { kind: 'plain', text: 'you are needed here. The pinned card says what is known.' } as const;

type Direct = Extract<ChatPromise, { kind: 'direct' }>;

async function direct(ports: RoomPorts, { person, document }: Direct, attempt: Attempt): Promise<Posted> {
  const user = ports.directory.discordId(person);
  if (user === null) {
    const detail = `${ports.directory.name(person)} has no Discord user: add \`identities.discord\` to allclear.yaml.`;
    return { outcome: 'dead', reason: 'client', detail };
  }
  const channel = await directChannel(ports, user);
  return typeof channel === 'string' ? say(ports, channel, document, attempt, { look: false }) : channel;
}

/** The conversation with one user, opened once. */
export async function directChannel({ api, notes }: Pick<MessagePorts, 'api' | 'notes'>, user: string): Promise<string | Failure> {
  const known = await notes.get(`direct/${user}`);
  if (known !== null) return known;
  const called = await api.call('POST', '/users/@me/channels', { body: { recipient_id: user } });
  if (!called.ok) return called.failure;
  const { id } = called.result as { id: string };
  await notes.put(`direct/${user}`, id);
  return id;
}
