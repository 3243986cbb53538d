import type { Attempt } from '../../engine/ports.ts';
import { sha256Hex } from '../../kit/hashing.ts';
import type { Document } from '../../readings/document.ts';
import type { Notes } from '../notes.ts';
import type { DiscordApi } from './api.ts';
import { type Directory, mentionedIn } from './directory.ts';
import { type DiscordMessage, drawMessages } from './drawing.ts';
import { MENTIONED_USERS_MAX, MESSAGES_IN_PAGE_MAX, NONCE_CHARS_MAX } from './limits.ts';
import { CODES, type Failure } from './outcome.ts';

export interface MessagePorts {
  readonly api: DiscordApi;
  readonly notes: Notes;
  readonly directory: Directory;
  readonly buttonKey: Uint8Array;
}
/** Null when all is well. */
export type Posted = Failure | null;

/** Message flag: addresses in a text bring no pictures of where they lead. */
export const NO_EMBEDS = 1 << 2;
/** Nobody is notified but who stands in it; without this Discord notifies whomever the text names, also when a message is edited. */
export interface AllowedMentions {
  readonly parse: readonly [];
  readonly users: readonly string[];
}
export const NOBODY: AllowedMentions = { parse: [], users: [] };

export function drawn({ directory, buttonKey }: MessagePorts, document: Document): readonly DiscordMessage[] {
  return drawMessages(document, { people: directory, buttonKey });
}

export function mentioning({ directory }: MessagePorts, document: Document): AllowedMentions {
  return { parse: [], users: mentionedIn(document, directory).slice(0, MENTIONED_USERS_MAX) };
}

export interface SayOptions {
  /** False for pages: what may have arrived is sent again, under the same nonce. */
  readonly look: boolean;
}

/** Says a document once under a key, part by part; a repeat goes on where the first attempt stopped. */
export async function say(
  ports: MessagePorts,
  channel: string,
  document: Document,
  attempt: Attempt,
  { look }: SayOptions,
): Promise<Posted> {
  const mentions = mentioning(ports, document);
  for (const [part, message] of drawn(ports, document).entries()) {
    const note = `said/${channel}/${attempt.key}/${part}`;
    if ((await ports.notes.get(note)) !== null) continue;
    const mayStand = look && attempt.number > 1;
    const posted = await post(ports, { channel, message, mentions, key: `${attempt.key}/${part}`, mayStand });
    if (typeof posted !== 'string') return posted;
    await ports.notes.put(note, posted);
  }
  return null;
}

/** Keeps one message, or as many as the document takes, current in place. The note under `name` remembers which ones. */
export async function keep(ports: MessagePorts, name: string, channel: string, document: Document, attempt: Attempt): Promise<Posted> {
  const { api, notes } = ports;
  const known = await kept(ports, name);
  const now: Part[] = [];
  for (const [index, message] of drawn(ports, document).entries()) {
    const part = await keepPart(ports, channel, message, known[index] ?? null, `${name}/${index}`, attempt);
    if ('outcome' in part) return part;
    now.push(part);
    await notes.put(name, JSON.stringify([...now, ...known.slice(now.length)]));
  }
  for (const { id } of known.slice(now.length)) {
    const called = await api.call('DELETE', `/channels/${channel}/messages/${id}`);
    if (!called.ok && called.code !== CODES.unknownMessage) return called.failure;
  }
  await notes.put(name, JSON.stringify(now));
  return null;
}

/** A message that is kept current, and what it shows. */
interface Part {
  readonly id: string;
  readonly shows: string;
}

export async function kept({ notes }: MessagePorts, name: string): Promise<readonly Part[]> {
  return JSON.parse((await notes.get(name)) ?? '[]') as readonly Part[];
}

async function keepPart(
  ports: MessagePorts,
  channel: string,
  message: DiscordMessage,
  known: Part | null,
  key: string,
  attempt: Attempt,
): Promise<Part | Failure> {
  const shows = sha256Hex(JSON.stringify(message));
  if (known?.shows === shows) return known;
  if (known === null) return posted(await post(ports, { channel, message, mentions: NOBODY, key, mayStand: attempt.number > 1 }), shows);
  const called = await ports.api.call('PATCH', `/channels/${channel}/messages/${known.id}`, { body: bodyOf(message, NOBODY) });
  if (called.ok) return { id: known.id, shows };
  if (called.code !== CODES.unknownMessage) return called.failure;
  // Somebody deleted it: a room without its card is worse than a card at another place.
  return posted(await post(ports, { channel, message, mentions: NOBODY, key: `${key}/${known.id}`, mayStand: false }), shows);
}

function posted(id: string | Failure, shows: string): Part | Failure {
  return typeof id === 'string' ? { id, shows } : id;
}

export function bodyOf({ content, components }: DiscordMessage, mentions: AllowedMentions): Record<string, unknown> {
  return { content, components, allowed_mentions: mentions, flags: NO_EMBEDS };
}

interface Posting {
  readonly channel: string;
  readonly message: DiscordMessage;
  readonly mentions: AllowedMentions;
  readonly key: string;
  /** An earlier attempt may have arrived. */
  readonly mayStand: boolean;
}

/** The id of the message. Discord knows a nonce for some minutes only, so what may stand is looked for first. */
async function post(ports: MessagePorts, { channel, message, mentions, key, mayStand }: Posting): Promise<string | Failure> {
  if (mayStand) {
    const found = await find(ports, channel, message);
    if (found !== null) return found;
  }
  const nonce = sha256Hex(`${channel} ${key}`).slice(0, NONCE_CHARS_MAX);
  const body = { ...bodyOf(message, mentions), nonce, enforce_nonce: true };
  const called = await ports.api.call('POST', `/channels/${channel}/messages`, { body });
  return called.ok ? (called.result as { id: string }).id : called.failure;
}

interface Seen {
  readonly id: string;
  readonly content: string;
  readonly author: { readonly id: string };
}

/** A message of ours with this text that no other promise has said: messages carry no mark of ours that Discord would give back. */
async function find({ api, notes }: MessagePorts, channel: string, { content }: DiscordMessage): Promise<string | Failure | null> {
  const called = await api.call('GET', `/channels/${channel}/messages`, { query: { limit: String(MESSAGES_IN_PAGE_MAX) } });
  if (!called.ok) return called.failure;
  const said = new Set((await notes.list(`said/${channel}/`)).map(({ value }) => value));
  const self = await notes.get('self');
  const found = (called.result as readonly Seen[]).find((one) => one.content === content && one.author.id === self && !said.has(one.id));
  return found?.id ?? null;
}
