import type { Attempt, ChatPromise, Outcome } from '../../engine/ports.ts';
import { readableText } from '../../kit/escape.ts';
import { shorten } from '../../kit/shorten.ts';
import { escapeMarks } from './block-kit.ts';
import { CHANNEL_NAME_CHARS_MAX, TOPIC_CHARS_MAX } from './limits.ts';
import { keep, type MessagePorts, type Posted, say } from './messages.ts';
import type { Failure } from './outcome.ts';

/** Who we are there (auth.test). */
export interface Self {
  readonly team: string;
  readonly user: string;
  readonly bot: string | null;
  /** Address of the workspace, ending with a slash. */
  readonly url: string;
}
export interface RoomPorts extends MessagePorts {
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
      return (await keepRoom(ports, promise, attempt)) ?? DONE;
    case 'say':
      return (await say(ports, promise.room, promise.document, attempt)) ?? DONE;
    case 'invite':
      return (await invite(ports, promise)) ?? DONE;
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

async function keepRoom(ports: RoomPorts, { incident, room, topic, card, digest }: Keep, attempt: Attempt): Promise<Posted> {
  const failed = await keep(ports, `card/${incident}`, room, card, attempt);
  if (failed !== null) return failed;
  const decorated = await decorate(ports, incident, room, topic);
  if (decorated !== null) return decorated;
  return ports.digestChannel === null ? null : keep(ports, `digest/${incident}`, ports.digestChannel, digest, attempt);
}

/** Pin and topic: where Slack forbids them for good, the card stands all the same. */
async function decorate({ api, notes }: RoomPorts, incident: number, channel: string, topic: string): Promise<Posted> {
  const [card] = JSON.parse((await notes.get(`card/${incident}`)) ?? '[]') as readonly string[];
  const wanted = [
    { note: `pinned/${incident}`, value: card ?? '', method: 'pins.add', args: { channel, timestamp: card } },
    { note: `topic/${incident}`, value: topic, method: 'conversations.setTopic', args: { channel, topic: topicText(topic) } },
  ];
  for (const { note, value, method, args } of wanted) {
    if ((await notes.get(note)) === value) continue;
    const called = await api.call(method, args);
    if (!called.ok && called.failure.outcome !== 'dead') return called.failure;
    await notes.put(note, value);
  }
  return null;
}

/** A topic within the limit, also after its marks were escaped. */
function topicText(topic: string): string {
  let words = shorten(readableText(topic).replaceAll('\n', ' '), TOPIC_CHARS_MAX);
  while (escapeMarks(words).length > TOPIC_CHARS_MAX) words = shorten(words, words.length - 1);
  return escapeMarks(words);
}

type Invite = Extract<ChatPromise, { kind: 'invite' }>;
/** Nothing to do, or nothing that could be done. */
const INVITED_ALREADY = new Set(['already_in_channel', 'cant_invite_self']);

/** One by one: Slack refuses a whole list for one person in it. Who has no account there is paged all the same. */
async function invite({ api, directory }: RoomPorts, { room, people }: Invite): Promise<Posted> {
  await directory.learn(people);
  let last: Posted = null;
  for (const person of people) {
    const user = directory.slackId(person);
    if (user === null) continue;
    const called = await api.call('conversations.invite', { channel: room, users: user });
    if (called.ok || INVITED_ALREADY.has(called.error)) continue;
    if (called.failure.outcome !== 'dead') return called.failure;
    last = called.failure;
  }
  return last;
}

type Direct = Extract<ChatPromise, { kind: 'direct' }>;

async function direct(ports: RoomPorts, { person, document }: Direct, attempt: Attempt): Promise<Posted> {
  const { directory } = ports;
  await directory.learn([person]);
  const user = directory.slackId(person);
  if (user === null) {
    const detail = `${directory.name(person)} has no Slack user: add \`identities.slack\` or the e-mail address of the account to allclear.yaml.`;
    return { outcome: 'dead', reason: 'client', detail };
  }
  const channel = await directChannel(ports, user);
  return typeof channel === 'string' ? say(ports, channel, document, attempt) : channel;
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
