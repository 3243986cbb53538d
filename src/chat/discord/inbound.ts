import { ApplicationCommandType, ComponentType, InteractionType } from 'discord.js';
import type { Heard, Reply } from '../../engine/ports.ts';
import { shorten } from '../../kit/shorten.ts';
import { refusing } from '../saying.ts';
import { type AnswerPorts, type Asker, answer, showForm } from './answers.ts';
import { offerCompletions } from './autocomplete.ts';
import { readCommand, typedCommand } from './command-words.ts';
import type { Dispatch } from './deliveries.ts';
import { isEdit } from './edits.ts';
import { filledIn, isShowId, openForm, valuesOf } from './forms.ts';
import { hear } from './hearing.ts';
import { CommandData, ComponentData, Interaction, type Message, ModalData, Reaction } from './payloads.ts';
import { hearEdit, hearReaction, pinOf, rememberPin } from './pins.ts';
import { incidentOf } from './rooms.ts';
import { SENTENCES } from './sentences.ts';
import { openCommand } from './signed-command.ts';
import { ON_MESSAGE } from './slash-commands.ts';
import { wordsOf } from './words.ts';

/** Who caused an interaction, and where. */
interface Sender {
  readonly asker: Asker;
  readonly channel: string | null;
  readonly who: Pick<Heard, 'person' | 'userName' | 'incident' | 'key'>;
}

/** Works on one dispatch of the gateway, to its end. What has not the shape of one is none. */
export async function hearDispatch(ports: AnswerPorts, dispatch: Dispatch): Promise<void> {
  const { type, key, data } = dispatch;
  if (isEdit(dispatch)) return hearEdit(ports, dispatch);
  if (type === 'INTERACTION_CREATE') {
    const read = Interaction.safeParse(data);
    if (read.success) await hearInteraction(ports, read.data);
    return;
  }
  const read = Reaction.safeParse(data);
  if (read.success && type.startsWith('MESSAGE_REACTION_')) await hearReaction(ports, read.data, type === 'MESSAGE_REACTION_ADD', key);
}

async function hearInteraction(ports: AnswerPorts, interaction: Interaction): Promise<void> {
  const sender = await senderOf(ports, interaction);
  if (sender === null) return;
  // Who let the bot into another server meets nobody there: rooms and roles are of this one.
  if (typeof interaction.guild_id === 'string' && interaction.guild_id !== ports.guild) return say(ports, sender, SENTENCES.notHere);
  switch (interaction.type) {
    case InteractionType.ApplicationCommand:
      return hearCommand(ports, sender, interaction.data);
    case InteractionType.ApplicationCommandAutocomplete:
      return offerCompletions(ports, interaction);
    case InteractionType.MessageComponent:
      return hearButton(ports, sender, interaction.data);
    case InteractionType.ModalSubmit:
      return hearForm(ports, { ...sender, asker: { ...sender.asker, mayShowForm: false } }, interaction.data);
  }
}

async function senderOf(ports: AnswerPorts, { id, token, member, user, channel_id: channel }: Interaction): Promise<Sender | null> {
  const from = member?.user ?? user ?? null;
  if (from === null) return null;
  const incident = typeof channel === 'string' ? await incidentOf(ports, channel) : null;
  const person = ports.directory.personOf(from.id);
  return {
    asker: { user: from.id, interaction: id, token, mayShowForm: true },
    channel: channel ?? null,
    who: { person, userName: from.global_name ?? from.username, incident, key: `discord-${id}` },
  };
}

function say(ports: AnswerPorts, { asker }: Sender, sentence: string): Promise<void> {
  return answer(ports, asker, Promise.resolve(refusing(sentence)));
}

async function hearCommand(ports: AnswerPorts, sender: Sender, data: unknown): Promise<void> {
  const read = CommandData.safeParse(data);
  if (!read.success) return;
  if (read.data.type === ApplicationCommandType.Message) return hearOnMessage(ports, sender, read.data);
  const typed = typedCommand(read.data);
  const command = typed === null ? ({ kind: 'unknown' } as const) : readCommand(typed, ports.outlines(), ports.directory);
  if (command.kind === 'unknown') return say(ports, sender, SENTENCES.unknownCommand);
  if (command.kind === 'stranger') return say(ports, sender, `${await ports.directory.nameOf(command.user)} ${SENTENCES.unknownUser}`);
  await answer(ports, sender.asker, hear(ports, { ...sender.who, said: command.said }));
}

/** The menu of a message: takes it to the timeline, or declares from it. */
async function hearOnMessage(ports: AnswerPorts, sender: Sender, { name, target_id: target, resolved }: CommandData): Promise<void> {
  const message = target === undefined ? undefined : resolved?.messages?.[target];
  if (message === undefined || sender.channel === null) return say(ports, sender, SENTENCES.unknownCommand);
  if (name === ON_MESSAGE.declare) return declareFrom(ports, sender, message);
  if (sender.who.incident === null) return say(ports, sender, SENTENCES.noIncidentHere);
  const said = await pinOf(ports, sender.channel, message, true);
  await rememberPin(ports, sender.channel, said, sender.asker.user, false);
  await answer(ports, sender.asker, hear(ports, { ...sender.who, said }));
}

/** The form of `declare`, filled in from a message; a room's own messages are about its incident, this is about a new one. */
async function declareFrom(ports: AnswerPorts, { asker, who }: Sender, message: Message): Promise<void> {
  const text = (await wordsOf(message.content, (user) => ports.directory.nameOf(user))).trim();
  const values = { title: text.split('\n', 1)[0] ?? '', description: text };
  const asked = hear(ports, { ...who, incident: null, said: { kind: 'words', words: 'declare' } });
  await answer(
    ports,
    asker,
    asked.then((reply) => withValues(reply, values)),
  );
}

function withValues({ fields: _complaints, ...reply }: Reply, values: Readonly<Record<string, string>>): Reply {
  if (reply.form === undefined) return reply;
  const short = reply.form.fields
    .map(({ name, charsMax }) => [name, shorten(values[name] ?? '', charsMax)])
    .filter(([, value]) => value !== '');
  return { ...reply, form: filledIn(reply.form, Object.fromEntries(short) as Record<string, string>) };
}

async function hearButton(ports: AnswerPorts, sender: Sender, data: unknown): Promise<void> {
  const read = ComponentData.safeParse(data);
  if (!read.success) return;
  const { custom_id: id } = read.data;
  const kept = isShowId(id) ? await openForm(ports, id, sender.asker.user) : null;
  if (kept !== null) return showForm(ports, sender.asker, kept.form, kept.complaints, null);
  const words = openCommand(ports.buttonKey, id);
  if (words === null) return say(ports, sender, isShowId(id) ? SENTENCES.forgedForm : SENTENCES.forgedButton);
  await answer(ports, sender.asker, hear(ports, { ...sender.who, said: { kind: 'words', words } }));
}

async function hearForm(ports: AnswerPorts, sender: Sender, data: unknown): Promise<void> {
  const read = ModalData.safeParse(data);
  const kept = read.success ? await openForm(ports, read.data.custom_id, sender.asker.user) : null;
  if (!read.success || kept === null) return say(ports, sender, SENTENCES.forgedForm);
  const filled: Record<string, string> = {};
  for (const { component } of read.data.components) {
    const value = component.value ?? component.values?.[0] ?? '';
    const person = component.type === ComponentType.UserSelect && value !== '' ? ports.directory.personOf(value) : undefined;
    if (person === null) return say(ports, sender, `${await ports.directory.nameOf(value)} ${SENTENCES.unknownUser}`);
    if (value !== '') filled[component.custom_id] = person === undefined ? value : `@${person}`;
  }
  const values = valuesOf(kept, filled);
  await answer(ports, sender.asker, hear(ports, { ...sender.who, said: { kind: 'form', command: kept.form.command, values } }), values);
}
