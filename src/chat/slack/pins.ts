import type { z } from 'zod';
import type { Heard, Reply } from '../../engine/ports.ts';
import { SECOND_MS } from '../../kit/duration.ts';
import { shorten } from '../../kit/shorten.ts';
import { refusing } from '../saying.ts';
import { type Asker, answer, tell } from './answers.ts';
import { hear, type InboundPorts } from './hearing.ts';
import type { Files, MessageEdit, Reaction } from './payloads.ts';
import { incidentOf } from './rooms.ts';
import { SENTENCES } from './sentences.ts';
import { wordsOf } from './words.ts';

/** 📌, and the other one people find when they look for it. */
const PINS = new Set(['pushpin', 'round_pushpin']);

/** The parts of a message that matter for the timeline. */
interface Message {
  readonly ts: string;
  readonly text?: string | undefined;
  readonly user?: string | undefined;
  readonly username?: string | undefined;
  readonly files?: z.infer<typeof Files>;
}
type Who = Pick<Heard, 'person' | 'userName' | 'incident'>;

/** 📌 on a message of an incident room takes it to the timeline, its removal withdraws it. Only a refusal is told: Slack shows the pin. */
export async function hearReaction(ports: InboundPorts, { event, event_id }: z.infer<typeof Reaction>): Promise<void> {
  const { channel, ts } = event.item;
  if (!PINS.has(event.reaction)) return;
  const incident = await incidentOf(ports, channel);
  if (incident === null) return;
  const person = await ports.directory.personOf({ id: event.user, team: null, name: null });
  // Kept until Slack can say: a pin is not lost, and nobody is called a stranger for it.
  if (person === null && ports.directory.isUnclear(event.user)) throw new Error('Slack did not say whose reaction it is');
  const said = await pinOf(ports, channel, await messageAt(ports, channel, ts), event.type === 'reaction_added');
  const userName = await ports.directory.nameOf(event.user);
  const reply = await ports.hear({ platform: 'slack', key: `slack-${event_id}`, person, userName, incident, said });
  // Nobody waits for an answer: what cannot be heard now stays written down and is heard at the next start.
  if (reply === null) throw new Error('a reaction came while Allclear is starting');
  if (!reply.ok) await tell(ports, { user: event.user, channel, responseUrl: null, trigger: null }, reply);
}

/** The shortcut "Add to timeline". */
export async function addToTimeline(
  ports: InboundPorts,
  asker: Asker & { readonly trigger: string },
  who: Who,
  message: Message,
): Promise<void> {
  if (who.incident === null || asker.channel === null) return tell(ports, asker, refusing(SENTENCES.noIncidentHere));
  const said = await pinOf(ports, asker.channel, message, true);
  await tell(ports, asker, await hear(ports, { ...who, key: `slack-${asker.trigger}`, said }, asker.user));
}

/** The shortcut "Declare incident from this message": the form of `declare`, filled in from the message. */
export async function declareFrom(
  ports: InboundPorts,
  asker: Asker & { readonly trigger: string },
  who: Who,
  message: Message,
): Promise<void> {
  // A room's own messages are about its incident; this is about a new one.
  const reply = await hear(
    ports,
    { ...who, incident: null, key: `slack-${asker.trigger}`, said: { kind: 'words', words: 'declare' } },
    asker.user,
  );
  const text = (await wordsOf(message.text ?? '', (user) => ports.directory.nameOf(user))).trim();
  await answer(ports, asker, filledIn(reply, { title: text.split('\n', 1)[0] ?? '', description: text }));
}

function filledIn({ fields: _complaints, ...reply }: Reply, values: Readonly<Record<string, string>>): Reply {
  if (reply.form === undefined) return reply;
  const fields = reply.form.fields.map((field) => ({ ...field, value: shorten(values[field.name] ?? field.value, field.charsMax) }));
  return { ...reply, form: { ...reply.form, fields } };
}

type Pin = Extract<Heard['said'], { kind: 'pin' }>;

async function pinOf(ports: InboundPorts, channel: string, message: Message, pinned: boolean): Promise<Pin> {
  const { api, directory } = ports;
  const link = await api.call('chat.getPermalink', { channel, message_ts: message.ts });
  const author = message.user === undefined ? (message.username ?? 'an app') : await directory.nameOf(message.user);
  return {
    kind: 'pin',
    pinned,
    message: message.ts,
    text: await textOf(ports, message),
    author,
    at: Math.floor(Number(message.ts) * SECOND_MS),
    url: link.ok ? String(link.result['permalink']) : null,
  };
}

/** What a message says, with its files by name and address: the timeline keeps no copies. */
async function textOf({ directory }: InboundPorts, { text = '', files = [] }: Pick<Message, 'text' | 'files'>): Promise<string> {
  const words = await wordsOf(text, (user) => directory.nameOf(user));
  const named = files.map(({ name, title, permalink }) => `📎 ${title ?? name ?? 'a file'}${permalink == null ? '' : ` ${permalink}`}`);
  return [words, ...named].filter((line) => line !== '').join('\n');
}

/** A message of an incident room reads otherwise, or is gone. Whether it was pinned is for the incident to say. */
export async function hearEdit(ports: InboundPorts, { event, event_id }: z.infer<typeof MessageEdit>): Promise<void> {
  const incident = await incidentOf(ports, event.channel);
  const isDeleted = event.subtype === 'message_deleted';
  // Our own card is edited all the time.
  if (incident === null || (!isDeleted && event.message.bot_id != null && event.message.bot_id === ports.ownBot())) return;
  const said = isDeleted
    ? ({ kind: 'edited', message: event.deleted_ts, text: null } as const)
    : ({ kind: 'edited', message: event.message.ts, text: await textOf(ports, event.message) } as const);
  const reply = await ports.hear({ platform: 'slack', key: `slack-${event_id}`, person: null, userName: 'Slack', incident, said });
  if (reply === null) throw new Error('an edit came while Allclear is starting');
}

/** A message by its time, in the channel or in a thread of it. */
async function messageAt({ api }: InboundPorts, channel: string, ts: string): Promise<Message> {
  for (const [method, args] of [
    ['conversations.history', { channel, latest: ts, oldest: ts, inclusive: true, limit: 1 }],
    ['conversations.replies', { channel, ts, limit: 1 }],
  ] as const) {
    const called = await api.call(method, args);
    const found = called.ok ? ((called.result['messages'] ?? []) as readonly Message[]).find((one) => one.ts === ts) : undefined;
    if (found !== undefined) return found;
    if (!called.ok && called.failure.outcome !== 'dead') throw new Error(called.failure.detail);
  }
  return { ts };
}
