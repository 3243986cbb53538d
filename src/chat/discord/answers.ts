import { InteractionResponseType, MessageFlags } from 'discord.js';
import type { Form, Reply } from '../../engine/ports.ts';
import { within } from '../../kit/deadline.ts';
import type { Document } from '../../readings/document.ts';
import { saying } from '../saying.ts';
import type { DiscordMessage } from './drawing.ts';
import { filledIn, keepForm, sentId, showId } from './forms.ts';
import type { InboundPorts } from './hearing.ts';
import { ANSWER_MS_MAX } from './limits.ts';
import { bodyOf, drawn, mentioning, NO_EMBEDS } from './messages.ts';
import { modal } from './modal.ts';
import { CODES } from './outcome.ts';
import { directChannel } from './rooms.ts';
import { SENTENCES } from './sentences.ts';

/** Where the asker waits: an interaction is answered under its own id and token, for fifteen minutes. */
export interface Asker {
  readonly user: string;
  readonly interaction: string;
  readonly token: string;
  /** A form cannot be answered with another one. */
  readonly mayShowForm: boolean;
}
type Texts = Readonly<Record<string, string>>;

/** The number of the application, under which answers are changed and added to. */
export interface AnswerPorts extends InboundPorts {
  readonly application: () => string;
}

/**
 * Answers the asker: with a modal where something is missing, else in words, only to them where the answer is quiet. What is not ready
 * within the time Discord gives is announced and told when it is. `typed` is what a form held when it was sent.
 */
export async function answer(ports: AnswerPorts, asker: Asker, replying: Promise<Reply>, typed: Texts = {}): Promise<void> {
  const inTime = await within(replying, ANSWER_MS_MAX, ports.clock).catch(() => null);
  if (inTime !== null) return answerNow(ports, asker, inTime, typed);
  const deferred = await respond(ports, asker, InteractionResponseType.DeferredChannelMessageWithSource, { flags: MessageFlags.Ephemeral });
  const reply = await replying;
  if (deferred === 'lost') return tellDirectly(ports, asker, reply);
  await tellLater(ports, asker, await withForm(ports, asker, reply, typed, SENTENCES.tooLateForForm), reply.quiet);
}

async function answerNow(ports: AnswerPorts, asker: Asker, reply: Reply, typed: Texts): Promise<void> {
  if (reply.form !== undefined && asker.mayShowForm) return showForm(ports, asker, reply.form, reply.fields ?? {}, reply);
  await tell(ports, asker, await withForm(ports, asker, reply, typed, SENTENCES.stillMissing), reply);
}

/** Opens a form; in words when it comes too late. */
export async function showForm(ports: AnswerPorts, asker: Asker, form: Form, complaints: Texts, reply: Reply | null): Promise<void> {
  await keepForm(ports, asker.interaction, asker.user, form, complaints);
  const data = modal(form, complaints, sentId(asker.interaction), ports.directory);
  const shown = await respond(ports, asker, InteractionResponseType.Modal, data);
  if (shown === 'lost' && reply !== null) await tellDirectly(ports, asker, reply);
}

/** Discord refuses an empty message, and an interaction without an answer looks like a failure. */
function drawnOrDone(ports: AnswerPorts, document: Document): readonly DiscordMessage[] {
  const messages = drawn(ports, document);
  return messages.length === 0 ? [{ content: '✓', components: [] }] : messages;
}

/** The messages of a reply; one that asks for more ends with a button to its form. */
async function withForm(
  ports: AnswerPorts,
  asker: Asker,
  reply: Reply,
  typed: Texts,
  sentence: string,
): Promise<readonly DiscordMessage[]> {
  if (reply.form === undefined) return drawnOrDone(ports, reply.document);
  await keepForm(ports, asker.interaction, asker.user, filledIn(reply.form, typed), reply.fields ?? {});
  const blocks = [...reply.document.blocks.filter(({ kind }) => kind !== 'buttons'), ...saying(sentence).blocks];
  const messages = drawn(ports, { blocks });
  const button = { type: 2, style: 1, label: 'Open the form', custom_id: showId(asker.interaction) } as const;
  return messages.map((one, index) => (index === messages.length - 1 ? { ...one, components: [{ type: 1, components: [button] }] } : one));
}

export async function tell(ports: AnswerPorts, asker: Asker, messages: readonly DiscordMessage[], reply: Reply): Promise<void> {
  const [first = { content: '', components: [] }, ...rest] = messages;
  const data = { ...bodyOf(first, mentioning(ports, reply.document)), flags: flagsOf(reply.quiet) };
  const told = await respond(ports, asker, InteractionResponseType.ChannelMessageWithSource, data);
  if (told === 'lost') return tellDirectly(ports, asker, reply);
  // Told before: a repeat shows the same again in the same place.
  if (told === 'repeat') await change(ports, asker, first);
  else await add(ports, asker, rest, reply.quiet);
}

async function tellLater(ports: AnswerPorts, asker: Asker, messages: readonly DiscordMessage[], quiet: boolean): Promise<void> {
  const [first = { content: '', components: [] }, ...rest] = messages;
  await change(ports, asker, first);
  // What was announced to the asker alone stays theirs: the room gets it too.
  await add(ports, asker, quiet ? rest : messages, quiet);
}

function flagsOf(quiet: boolean): number {
  return quiet ? NO_EMBEDS | MessageFlags.Ephemeral : NO_EMBEDS;
}

type Responded = 'shown' | 'repeat' | 'lost';

async function respond(
  { api }: AnswerPorts,
  { interaction, token }: Asker,
  type: InteractionResponseType,
  data: object,
): Promise<Responded> {
  const called = await api.call('POST', `/interactions/${interaction}/${token}/callback`, { body: { type, data }, auth: false });
  if (called.ok) return 'shown';
  return called.code === CODES.alreadyAnswered ? 'repeat' : 'lost';
}

async function change(ports: AnswerPorts, { token }: Asker, message: DiscordMessage): Promise<void> {
  const body = bodyOf(message, NOBODY_ELSE);
  await ports.api.call('PATCH', `/webhooks/${ports.application()}/${token}/messages/@original`, { body, auth: false });
}
const NOBODY_ELSE = { parse: [], users: [] } as const;

async function add(ports: AnswerPorts, { token }: Asker, messages: readonly DiscordMessage[], quiet: boolean): Promise<void> {
  for (const message of messages) {
    const body = { ...bodyOf(message, NOBODY_ELSE), flags: flagsOf(quiet) };
    await ports.api.call('POST', `/webhooks/${ports.application()}/${token}`, { body, auth: false });
  }
}

/** The interaction is over: what was asked is done or refused all the same, and the asker reads it as a direct message. */
export async function tellDirectly(ports: InboundPorts, { user }: Pick<Asker, 'user'>, { document }: Reply): Promise<void> {
  const channel = await directChannel(ports, user);
  if (typeof channel !== 'string') return;
  for (const message of drawn(ports, document))
    await ports.api.call('POST', `/channels/${channel}/messages`, { body: bodyOf(message, NOBODY_ELSE) });
}
