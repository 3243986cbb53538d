import type { Attempt, ChatPromise, Outcome } from '../../engine/ports.ts';
import type { Pace } from '../../kit/pace.ts';
import { keepAll, placesListing } from '../listed.ts';
import type { SlackApi } from './api.ts';
import { decorate } from './decorations.ts';
import { keepGroup } from './groups.ts';
import { type InvitePorts, invite } from './invitations.ts';
import { CHANNEL_NAME_CHARS_MAX } from './limits.ts';
import { keep, type Posted, say, sayAnyway } from './messages.ts';
import type { Failure } from './outcome.ts';

/** Who we are there (auth.test). */
export interface Self {
  readonly team: string;
  readonly user: string;
  readonly bot: string | null;
  /** Address of the workspace, ending with a slash. */
  readonly url: string;
}
export interface RoomPorts extends InvitePorts {
  /** For pages alone: nothing else uses up its time or its patience. */
  readonly pageApi: SlackApi;
  readonly pace: Pace;
  /** So often a card is edited at the most; in between the newer one makes the older one pointless. */
  readonly editEveryMs: number;
  /** Channel that shows one line an incident, or null. */
  readonly digestChannel: string | null;
}
interface Room {
  readonly channel: string;
  readonly url: string;
}

const DONE: Outcome = { outcome: 'done' };
/** Other names that are tried when somebody else's channel has the first one. */
const SUFFIXES = ['', '-2', '-3', '-4', '-5'];
const CHANNELS_IN_PAGE = 1_000;
const PAGES_MAX = 20;

/** Keeps one promise; what stands already is recognised by our own notes, never by its name alone. */
export async function keepPromise(ports: RoomPorts, self: Self, promise: ChatPromise, attempt: Attempt): Promise<Outcome> {
  switch (promise.kind) {
    case 'open':
      return open(ports, self, promise);
    case 'keep':
      return keepRoom(ports, promise, attempt);
    case 'say':
      return (await say(ports, promise.room, promise.document, attempt)) ?? DONE;
    case 'invite':
      return (await invite(ports, promise)) ?? DONE;
    case 'archive':
      return (await archive(ports, promise)) ?? DONE;
    case 'group':
      return (await keepGroup(ports.groups, ports.directory, promise)) ?? DONE;
    case 'direct':
      return (await direct(ports, promise, attempt)) ?? DONE;
  }
}

/** The incident whose room a channel is. */
export async function incidentOf({ notes }: Pick<RoomPorts, 'notes'>, channel: string): Promise<number | null> {
  const known = await notes.get(`incident-of/${channel}`);
  return known === null ? null : Number(known);
}

type Open = Extract<ChatPromise, { kind: 'open' }>;

async function open(ports: RoomPorts, self: Self, { incident, name }: Open): Promise<Outcome> {
  const { notes } = ports;
  const known = await notes.get(`room/${incident}`);
  const made = known === null ? await create(ports, self, incident, name) : (JSON.parse(known) as Room);
  if ('outcome' in made) return made;
  await notes.put(`incident-of/${made.channel}`, String(incident));
  await notes.put(`room/${incident}`, JSON.stringify(made));
  return { outcome: 'done', acts: [{ type: 'incident.room-opened', incident, platform: 'slack', room: made.channel, url: made.url }] };
}

async function create({ api, notes }: RoomPorts, self: Self, incident: number, name: string): Promise<Room | Failure> {
  for (const suffix of SUFFIXES) {
    const candidate = name.slice(0, CHANNEL_NAME_CHARS_MAX - suffix.length) + suffix;
    const isRepeat = !(await notes.add(`opening/${incident}/${candidate}`, ''));
    const called = await api.call('conversations.create', { name: candidate });
    if (called.ok) return roomAt(self, (called.result['channel'] as { id: string }).id);
    if (called.error !== 'name_taken') return called.failure;
    // Taken, and we had asked for it before: what we asked for may stand, although we never heard so.
    const own = isRepeat ? await findOwn(api, self, candidate) : null;
    if (own !== null) return typeof own === 'string' ? roomAt(self, own) : own;
  }
  return {
    outcome: 'dead',
    reason: 'client',
    detail: `conversations.create: all names like ${name} are taken. Rename or archive the old channels.`,
  };
}

function roomAt({ url }: Self, channel: string): Room {
  return { channel, url: `${url}archives/${channel}` };
}

interface Channel {
  readonly id: string;
  readonly name: string;
  readonly creator?: string;
}

async function findOwn(api: RoomPorts['api'], self: Self, name: string): Promise<string | Failure | null> {
  let cursor = '';
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const args = { types: 'public_channel', exclude_archived: true, limit: CHANNELS_IN_PAGE };
    const called = await api.call('conversations.list', cursor === '' ? args : { ...args, cursor });
    if (!called.ok) return called.failure;
    const found = ((called.result['channels'] ?? []) as readonly Channel[]).find((one) => one.name === name && one.creator === self.user);
    if (found !== undefined) return found.id;
    cursor = (called.result['response_metadata'] as { next_cursor?: string } | undefined)?.next_cursor ?? '';
    if (cursor === '') return null;
  }
  return null;
}

type Keep = Extract<ChatPromise, { kind: 'keep' }>;

async function keepRoom(ports: RoomPorts, promise: Keep, attempt: Attempt): Promise<Outcome> {
  const { incident, room, card } = promise;
  const afterMs = await ports.pace.ask(`slack card ${room}`, ports.editEveryMs);
  if (afterMs > 0) return { outcome: 'later', reason: 'rate_limited', detail: 'the card was edited just now', afterMs };
  const failed = await keep(ports, `card/${incident}`, room, card, attempt);
  if (failed !== null) return failed;
  const lacks = await decorate(ports, promise, attempt);
  if ('outcome' in lacks) return lacks;
  const places = await placesListing(ports.notes, ports.digestChannel, promise);
  const untold = await keepAll(places, (place) => keep(ports, place.name, place.channel, place.document, attempt));
  if (untold !== null && untold.outcome !== 'dead') return untold;
  const missing = untold === null ? lacks : [...lacks, { what: 'its announcement', detail: untold.detail }];
  const acts = missing.map((lack) => ({ type: 'incident.room-degraded', incident, platform: 'slack', ...lack }));
  return acts.length === 0 ? DONE : { outcome: 'done', acts };
}

type Archive = Extract<ChatPromise, { kind: 'archive' }>;
/** It is as it should be already. */
const SHELVED_ALREADY = new Set(['already_archived', 'not_archived']);

async function archive({ api }: RoomPorts, { room, archived }: Archive): Promise<Posted> {
  const called = await api.call(archived ? 'conversations.archive' : 'conversations.unarchive', { channel: room });
  return called.ok || SHELVED_ALREADY.has(called.error) ? null : called.failure;
}

type Direct = Extract<ChatPromise, { kind: 'direct' }>;

async function direct(ports: RoomPorts, { person, document, urgent }: Direct, attempt: Attempt): Promise<Posted> {
  const { directory } = ports;
  const hurried = urgent === true ? { ...ports, api: ports.pageApi } : ports;
  const failed = await directory.learn([person]);
  if (failed !== null) return failed;
  const user = directory.slackId(person);
  if (user === null) {
    const detail = `${directory.name(person)} has no Slack user: add \`identities.slack\` or the e-mail address of the account to allclear.yaml.`;
    return { outcome: 'dead', reason: 'client', detail };
  }
  const channel = await directChannel(hurried, user);
  if (typeof channel !== 'string') return channel;
  return urgent === true ? sayAnyway(hurried, channel, document, attempt) : say(hurried, channel, document, attempt);
}

/** The conversation with one user, opened once. */
export async function directChannel({ api, notes }: Pick<RoomPorts, 'api' | 'notes'>, user: string): Promise<string | Failure> {
  const known = await notes.get(`direct/${user}`);
  if (known !== null) return known;
  const called = await api.call('conversations.open', { users: user });
  if (!called.ok) return called.failure;
  const { id } = called.result['channel'] as { id: string };
  await notes.put(`direct/${user}`, id);
  return id;
}
