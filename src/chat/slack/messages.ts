import type { Attempt } from '../../engine/ports.ts';
import type { Document } from '../../readings/document.ts';
import type { Notes } from '../notes.ts';
import type { SlackApi } from './api.ts';
import { blockKit, type Pen, type SlackMessage } from './block-kit.ts';
import { type Directory, peopleIn } from './directory.ts';
import type { Failure } from './outcome.ts';

export interface MessagePorts {
  readonly api: SlackApi;
  readonly notes: Notes;
  readonly directory: Directory;
  readonly buttonKey: Uint8Array;
}
/** Null when all is well. */
export type Posted = Failure | null;

/** Marks a message as ours, with the key it was said under: https://docs.slack.dev/messaging/message-metadata */
const EVENT_TYPE = 'allclear_said';
/** A message of a minute ago stands among these. */
const LOOKED_AT_MAX = 100;

/** Draws a document, after asking Slack who the people in it are. */
export async function draw({ directory, buttonKey }: MessagePorts, document: Document): Promise<readonly SlackMessage[]> {
  await directory.learn(peopleIn(document));
  const pen: Pen = { people: directory, buttonKey };
  return blockKit(document, pen);
}

/** Says a document once under a key, part by part; a repeat goes on where the first attempt stopped. */
export async function say(ports: MessagePorts, channel: string, document: Document, attempt: Attempt): Promise<Posted> {
  for (const [part, message] of (await draw(ports, document)).entries()) {
    const posted = await postOnce(ports, channel, message, `${attempt.key}/${part}`, attempt);
    if (typeof posted !== 'string') return posted;
  }
  return null;
}

/** Says it again after an attempt nobody knows the end of, without looking first: a page twice is better than none, and a look takes time. */
export function sayAnyway(ports: MessagePorts, channel: string, document: Document, attempt: Attempt): Promise<Posted> {
  return say(ports, channel, document, { ...attempt, number: 1 });
}

/** Keeps one message, or as many as the document takes, current in place. The note under `name` remembers which ones. */
export async function keep(ports: MessagePorts, name: string, channel: string, document: Document, attempt: Attempt): Promise<Posted> {
  const { api, notes } = ports;
  const known = JSON.parse((await notes.get(name)) ?? '[]') as readonly string[];
  const kept: string[] = [];
  for (const [part, message] of (await draw(ports, document)).entries()) {
    const ts = await keepPart(ports, channel, message, known[part] ?? null, `${name}/${part}`, attempt);
    if (typeof ts !== 'string') return ts;
    kept.push(ts);
    await notes.put(name, JSON.stringify([...kept, ...known.slice(kept.length)]));
  }
  for (const ts of known.slice(kept.length)) {
    const called = await api.call('chat.delete', { channel, ts });
    if (!called.ok && called.error !== 'message_not_found') return called.failure;
  }
  await notes.put(name, JSON.stringify(kept));
  return null;
}

type Part = string | Failure;

async function keepPart(
  ports: MessagePorts,
  channel: string,
  message: SlackMessage,
  ts: string | null,
  key: string,
  attempt: Attempt,
): Promise<Part> {
  if (ts === null) return post(ports, channel, message, key, attempt.number > 1);
  const called = await ports.api.call('chat.update', { channel, ts, ...message });
  if (called.ok) return ts;
  // Somebody deleted it: a room without its card is worse than a card at another place.
  return called.error === 'message_not_found' ? post(ports, channel, message, `${key}/${ts}`, false) : called.failure;
}

async function postOnce(ports: MessagePorts, channel: string, message: SlackMessage, key: string, attempt: Attempt): Promise<Part> {
  const note = `said/${key}`;
  const known = await ports.notes.get(note);
  if (known !== null) return known;
  const posted = await post(ports, channel, message, key, attempt.number > 1);
  if (typeof posted === 'string') await ports.notes.put(note, posted);
  return posted;
}

/** Slack has no key against repeats, so the message carries ours and is looked for when an earlier attempt may have arrived. */
async function post({ api }: MessagePorts, channel: string, message: SlackMessage, key: string, mayStand: boolean): Promise<Part> {
  if (mayStand) {
    const found = await find(api, channel, key);
    if (found !== null) return found;
  }
  const metadata = { event_type: EVENT_TYPE, event_payload: { key } };
  const called = await api.call('chat.postMessage', { channel, ...message, metadata, unfurl_links: false, unfurl_media: false });
  return called.ok ? String(called.result['ts']) : called.failure;
}

interface Seen {
  readonly ts: string;
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: { readonly key?: string } };
}

async function find(api: SlackApi, channel: string, key: string): Promise<Part | null> {
  const called = await api.call('conversations.history', { channel, limit: LOOKED_AT_MAX, include_all_metadata: true });
  if (!called.ok) return called.failure;
  const messages = (called.result['messages'] ?? []) as readonly Seen[];
  return messages.find(({ metadata }) => metadata?.event_type === EVENT_TYPE && metadata.event_payload?.key === key)?.ts ?? null;
}
