import { InteractionType } from 'discord-api-types/v10';
import type { OpenInteraction, Shown } from './api-far-end.ts';
import type { DiscordFarEnd } from './discord-far-end.ts';

type Json = Record<string, unknown>;
/** What a person does in a channel; null means in a conversation with the bot. */
export interface Doing {
  readonly person: string;
  readonly channel: string;
  readonly inServer?: boolean;
}

/** Sends an interaction as the gateway does, and answers what its sender is shown: the last thing, when it was announced first. */
export async function interact(far: DiscordFarEnd, doing: Doing, type: number, data: Json, open = far.interaction()): Promise<Shown> {
  const shown = far.shown(({ token, kind }) => token === open.token && kind !== 'deferred' && kind !== 'follow-up');
  far.gateway.dispatch('INTERACTION_CREATE', payload(far, doing, type, data, open));
  return shown;
}

function payload(
  { state, ids, world }: DiscordFarEnd,
  { person, channel, inServer = true }: Doing,
  type: number,
  data: Json,
  open: OpenInteraction,
): Json {
  const user = { id: ids[person] ?? person, username: person, global_name: null };
  const from = inServer ? { guild_id: state.guild, member: { user, roles: [], permissions: '0' } } : { user };
  return { id: open.id, token: open.token, application_id: world.application, version: 1, type, channel_id: channel, ...from, data };
}

/** `/incident <name>` with its options by name, as the client sends them by the registered types. */
export function commandData(
  { state }: DiscordFarEnd,
  name: string,
  values: Readonly<Record<string, string | number | boolean>>,
  focused?: string,
): Json {
  const root = state.commands.find((one) => one['name'] === 'incident');
  const top = (root?.['options'] ?? []) as readonly Json[];
  const group = top.find(({ type, options }) => type === 2 && (options as readonly Json[]).some((one) => one['name'] === name));
  const found = ((group?.['options'] ?? top) as readonly Json[]).find((one) => one['name'] === name && one['type'] === 1);
  if (found === undefined) throw new Error(`/incident ${name} is not registered`);
  const known = (found['options'] ?? []) as readonly Json[];
  const options = Object.entries(values).map(([option, value]) => {
    const type = known.find((one) => one['name'] === option)?.['type'];
    if (type === undefined) throw new Error(`/incident ${name} has no option ${option}`);
    return { name: option, type, value, ...(option === focused ? { focused: true } : {}) };
  });
  const sub = { name, type: 1, options };
  return { id: '1', name: 'incident', type: 1, options: [group === undefined ? sub : { name: group['name'], type: 2, options: [sub] }] };
}

export function command(
  far: DiscordFarEnd,
  doing: Doing,
  name: string,
  values: Readonly<Record<string, string | number | boolean>> = {},
  open?: OpenInteraction,
): Promise<Shown> {
  return interact(far, doing, InteractionType.ApplicationCommand, commandData(far, name, values), open);
}

export function completes(far: DiscordFarEnd, doing: Doing, name: string, option: string, typed: string): Promise<Shown> {
  return interact(far, doing, InteractionType.ApplicationCommandAutocomplete, commandData(far, name, { [option]: typed }, option));
}

export function onMessage(far: DiscordFarEnd, doing: Doing, name: string, message: Json): Promise<Shown> {
  const id = String(message['id']);
  return interact(far, doing, InteractionType.ApplicationCommand, {
    id: '2',
    name,
    type: 3,
    target_id: id,
    resolved: { messages: { [id]: message } },
  });
}

export function presses(far: DiscordFarEnd, doing: Doing, customId: string): Promise<Shown> {
  return interact(far, doing, InteractionType.MessageComponent, { custom_id: customId, component_type: 2 });
}

/** Sends the fields of a modal that was shown; users are chosen by id. */
export function submits(
  far: DiscordFarEnd,
  doing: Doing,
  modal: Json,
  values: Readonly<Record<string, string>>,
  open?: OpenInteraction,
): Promise<Shown> {
  const components = (modal['components'] as readonly Json[]).map((label, id) => {
    const { type, custom_id: name, value: held = '' } = label['component'] as Json;
    const value = values[String(name)] ?? String(held);
    return {
      type: 18,
      id,
      component: type === 4 ? { type, custom_id: name, value } : { type, custom_id: name, values: value === '' ? [] : [value] },
    };
  });
  return interact(far, doing, InteractionType.ModalSubmit, { custom_id: modal['custom_id'], components }, open);
}
