import type { Attempt, ChatPromise, Outcome } from '../../engine/ports.ts';
import type { Pace } from '../../kit/pace.ts';
import { keepAll, placesListing } from '../listed.ts';
import type { DiscordApi } from './api.ts';
import { decorate } from './decorations.ts';
import type { Groups } from './groups.ts';
import { invite } from './invitations.ts';
import { keep, type MessagePorts, type Posted, say } from './messages.ts';
import type { Failure } from './outcome.ts';
import { openPlace, type PlacePorts, shelve } from './places.ts';

export interface RoomPorts extends MessagePorts, PlacePorts {
  readonly groups: Groups;
  /** For pages alone: nothing else uses up its time or its patience. */
  readonly pageApi: DiscordApi;
  readonly pace: Pace;
  /** So often a card is edited at the most; in between the newer one makes the older one pointless. */
  readonly editEveryMs: number;
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
      return keepRoom(ports, promise, attempt);
    case 'say':
      return (await say(ports, promise.room, promise.document, attempt, { look: true })) ?? DONE;
    case 'invite':
      return (await invite(ports, promise, attempt)) ?? DONE;
    case 'archive':
      return (await shelve(ports, promise.incident, promise.room, promise.archived)) ?? DONE;
    case 'group':
      return (await ports.groups.keep(promise.group, promise.people)) ?? DONE;
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

async function keepRoom(ports: RoomPorts, promise: Keep, attempt: Attempt): Promise<Outcome> {
  const { incident, room, card } = promise;
  const afterMs = await ports.pace.ask(`discord card ${room}`, ports.editEveryMs);
  if (afterMs > 0) return { outcome: 'later', reason: 'rate_limited', detail: 'the card was edited just now', afterMs };
  const failed = await keep(ports, `card/${incident}`, room, card, attempt);
  if (failed !== null) return failed;
  const places = await placesListing(ports.notes, ports.digestChannel, promise);
  const untold = await keepAll(places, (place) => keep(ports, place.name, place.channel, place.document, attempt));
  if (untold !== null && untold.outcome !== 'dead') return untold;
  // Last, because Discord takes two topics in ten minutes: nothing else waits for it.
  const lacks = await decorate(ports, promise);
  if ('outcome' in lacks) return lacks;
  const missing = untold === null ? lacks : [...lacks, { what: 'its announcement', detail: untold.detail }];
  const acts = missing.map((lack) => ({ type: 'incident.room-degraded', incident, platform: 'discord', ...lack }));
  return acts.length === 0 ? DONE : { outcome: 'done', acts };
}

type Direct = Extract<ChatPromise, { kind: 'direct' }>;

async function direct(ports: RoomPorts, { person, document, urgent }: Direct, attempt: Attempt): Promise<Posted> {
  const user = ports.directory.discordId(person);
  if (user === null) {
    const detail = `${ports.directory.name(person)} has no Discord user: add \`identities.discord\` to allclear.yaml.`;
    return { outcome: 'dead', reason: 'client', detail };
  }
  const hurried = urgent === true ? { ...ports, api: ports.pageApi } : ports;
  const channel = await directChannel(hurried, user);
  return typeof channel === 'string' ? say(hurried, channel, document, attempt, { look: urgent !== true }) : channel;
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
