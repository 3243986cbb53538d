import { InteractionResponseType, MessageFlags } from 'discord-api-types/v10';
import { described } from './published-description.ts';
import { complaintsAboutCommands, complaintsAboutMessage, complaintsAboutModal } from './request-check.ts';
import {
  addMessage,
  type FakeChannel,
  type FakeMessage,
  newChannel,
  notifiedBy,
  type ServerState,
  shownChannel,
  shownMessage,
  snowflake,
} from './server-state.ts';

export type Json = Record<string, unknown>;
export interface Answered {
  readonly status: number;
  readonly body: unknown;
}
/** Something an asker was shown under a token. */
export interface Shown {
  readonly token: string;
  readonly kind: 'message' | 'modal' | 'deferred' | 'edit' | 'follow-up' | 'choices';
  readonly body: Json;
  readonly isPrivate: boolean;
}
/** An interaction that waits for its answers. */
export interface OpenInteraction {
  readonly id: string;
  readonly token: string;
  original: Json | null;
  isAnswered: boolean;
  isPrivate: boolean;
  /** Three seconds, or fifteen minutes, are over. */
  isOver: boolean;
}
export interface ApiWorld {
  readonly state: ServerState;
  readonly application: string;
  readonly gatewayUrl: () => string;
  readonly interactions: Map<string, OpenInteraction>;
  readonly show: (shown: Shown) => void;
  readonly complain: (complaint: string) => void;
  readonly dispatch: (type: string, data: Json) => void;
  /** Channels a category takes. */
  categoryMax: number;
  flags: number;
}
type Route = (world: ApiWorld, names: readonly string[], body: Json, method: string) => Answered;

const EPHEMERAL = MessageFlags.Ephemeral;
const ok = (body: unknown, status = 200): Answered => ({ status, body });
export const refuses = (status: number, code: number, message: string, errors?: Json): Answered => ({
  status,
  body: { message, code, ...(errors === undefined ? {} : { errors }) },
});
const unknownChannel = refuses(404, 10_003, 'Unknown Channel');
const unknownMessage = refuses(404, 10_008, 'Unknown Message');

/** What the documented routes do, on the state of one server. */
export function answerCall(world: ApiWorld, method: string, path: string, body: Json): Answered {
  for (const [verb, pattern, route] of ROUTES) {
    const names = verb === method ? pattern.exec(path)?.slice(1).map(decodeURIComponent) : undefined;
    if (names === undefined) continue;
    for (const one of described(method, path, body)) world.complain(one);
    return route(world, names, body, method);
  }
  world.complain(`${method} ${path}: no such route`);
  return refuses(404, 0, '404: Not Found');
}

const ID = '(\\d+)';
const at = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll(':id', ID).replaceAll(':word', '([^/]+)')}$`);

function inChannel(act: (channel: FakeChannel, world: ApiWorld, names: readonly string[], body: Json) => Answered): Route {
  return (world, names, body) => {
    const channel = world.state.channels.get(names[0] ?? '');
    return channel === undefined ? unknownChannel : act(channel, world, names, body);
  };
}
function onMessage(
  act: (message: FakeMessage, world: ApiWorld, names: readonly string[], body: Json, channel: FakeChannel) => Answered,
): Route {
  return inChannel((channel, world, names, body) => {
    const message = channel.messages.find(({ id }) => id === names[1]);
    return message === undefined ? unknownMessage : act(message, world, names, body, channel);
  });
}

const ROUTES: readonly (readonly [method: string, pattern: RegExp, route: Route])[] = [
  ['GET', at('/applications/@me'), ({ application, state, flags }) => ok({ id: application, flags, bot: { id: state.bot.id } })],
  ['GET', at('/gateway/bot'), (world) => ok({ url: world.gatewayUrl(), shards: 1, session_start_limit: LIMIT })],
  ['GET', at('/applications/:id/guilds/:id/commands'), ({ state }) => ok(state.commands)],
  ['PUT', at('/applications/:id/guilds/:id/commands'), putCommands],
  ['GET', at('/guilds/:id'), ({ state }) => ok({ id: state.guild, name: 'Example Shop', owner_id: '1', roles: state.roles })],
  ['GET', at('/guilds/:id/channels'), ({ state }) => ok(serverChannels(state).map((one) => shownChannel(one, state.guild)))],
  ['POST', at('/guilds/:id/channels'), makeChannel],
  ['GET', at('/guilds/:id/roles'), ({ state }) => ok(state.roles)],
  ['GET', at('/guilds/:id/members/:id'), member],
  [
    'GET',
    at('/guilds/:id/threads/active'),
    ({ state }) =>
      ok({ threads: [...state.channels.values()].filter(({ type }) => type === 11).map((one) => shownChannel(one, state.guild)) }),
  ],
  ['GET', at('/channels/:id'), inChannel((channel, { state }) => ok(shownChannel(channel, state.guild)))],
  ['PATCH', at('/channels/:id'), inChannel(editChannel)],
  ['DELETE', at('/channels/:id'), inChannel(({ id }, { state }) => ok({ deleted: state.channels.delete(id) }))],
  ['POST', at('/channels/:id/threads'), inChannel(makeThread)],
  ['GET', at('/channels/:id/messages'), inChannel(({ messages }) => ok(messages.toReversed().slice(0, 100).map(shownMessage)))],
  ['POST', at('/channels/:id/messages'), inChannel(postMessage)],
  ['GET', at('/channels/:id/messages/:id'), onMessage((message) => ok(shownMessage(message)))],
  ['PATCH', at('/channels/:id/messages/:id'), onMessage(editMessage)],
  ['DELETE', at('/channels/:id/messages/:id'), onMessage(deleteMessage)],
  ['PUT', at('/channels/:id/messages/pins/:id'), onMessage(pinMessage)],
  ['PUT', at('/channels/:id/permissions/:id'), inChannel(overwrite)],
  ['DELETE', at('/channels/:id/permissions/:id'), inChannel(({ overwrites }, _world, [, id = '']) => dropped(overwrites.delete(id)))],
  ['PUT', at('/channels/:id/thread-members/:id'), inChannel(joinThread)],
  ['PUT', at('/guilds/:id/members/:id/roles/:id'), (world, names) => changeRoles(world, names, true)],
  ['DELETE', at('/guilds/:id/members/:id/roles/:id'), (world, names) => changeRoles(world, names, false)],
  [
    'GET',
    at('/channels/:id/messages/:id/reactions/:word'),
    onMessage(({ reactions }, _world, [, , emoji = '']) => ok([...(reactions.get(emoji) ?? [])].map((id) => ({ id })))),
  ],
  ['POST', at('/users/@me/channels'), directChannel],
  [
    'GET',
    at('/users/:id'),
    ({ state }, [id = '']) => (state.users.has(id) ? ok(state.users.get(id)) : refuses(404, 10_013, 'Unknown User')),
  ],
  ['POST', at('/interactions/:id/:word/callback'), callback],
  ['PATCH', at('/webhooks/:id/:word/messages/@original'), editOriginal],
  ['POST', at('/webhooks/:id/:word'), followUp],
];
const LIMIT = { total: 1_000, remaining: 990, reset_after: 60_000, max_concurrency: 1 };

function serverChannels({ channels }: ServerState): readonly FakeChannel[] {
  return [...channels.values()].filter(({ recipient, type }) => recipient === null && type !== 11);
}

function putCommands(world: ApiWorld, _names: readonly string[], body: Json): Answered {
  const commands = body as unknown as readonly Json[];
  for (const complaint of complaintsAboutCommands(commands)) world.complain(`commands: ${complaint}`);
  // Discord adds what it knows and leaves out what goes without saying.
  world.state.commands = commands.map((one) => ({ ...one, id: snowflake(), version: snowflake(), nsfw: false, dm_permission: true }));
  return ok(world.state.commands);
}

function makeChannel({ state, categoryMax, complain }: ApiWorld, _names: readonly string[], body: Json): Answered {
  const { name, type, parent_id: parent = null, topic = null } = body as { name: string; type: number; parent_id?: string; topic?: string };
  if (name.length < 1 || name.length > 100) complain(`channel name of ${name.length}`);
  const siblings = serverChannels(state).filter((one) => parent !== null && one.parent_id === parent);
  if (siblings.length >= categoryMax) {
    const full = { code: 'CHANNEL_PARENT_MAX_CHANNELS', message: 'Maximum number of channels in category reached (50)' };
    return refuses(400, 50_035, 'Invalid Form Body', { parent_id: { _errors: [full] } });
  }
  const channel = newChannel({ name, type, parent_id: parent, topic });
  state.channels.set(channel.id, channel);
  return ok(shownChannel(channel, state.guild), 201);
}

function makeThread(parent: FakeChannel, { state, complain }: ApiWorld, _names: readonly string[], body: Json): Answered {
  const isForum = parent.type === 15;
  if (isForum !== (body['message'] !== undefined)) complain('a post needs a message, a thread has none');
  if (isForum) for (const one of complaintsAboutMessage(body['message'] as Json)) complain(`post: ${one}`);
  const thread = newChannel({ name: String(body['name']), type: 11, parent_id: parent.id, owner_id: state.bot.id });
  if (isForum) addMessage(thread, state.bot, body['message'] as Json);
  state.channels.set(thread.id, thread);
  return ok(shownChannel(thread, state.guild), 201);
}

function dropped(existed: boolean): Answered {
  return existed ? ok(null, 204) : refuses(404, 10_009, 'Unknown Overwrite');
}

function changeRoles({ state }: ApiWorld, [, id = '', role = '']: readonly string[], has: boolean): Answered {
  const user = state.users.get(id);
  if (user === undefined || !state.roles.some((one) => one.id === role)) return refuses(404, 10_011, 'Unknown Role');
  user.roles = [...user.roles.filter((one) => one !== role), ...(has ? [role] : [])];
  return ok(null, 204);
}

function editChannel(channel: FakeChannel, { complain, state }: ApiWorld, _names: readonly string[], { topic, archived }: Json): Answered {
  if (archived !== undefined) {
    channel.archived = archived === true;
    return ok(shownChannel(channel, state.guild));
  }
  if (String(topic).length > 1_024) complain('the topic is too long');
  if (channel.type === 11) complain('threads have no topic');
  channel.topic = String(topic);
  return ok(shownChannel(channel, state.guild));
}

function postMessage(channel: FakeChannel, { state, complain, dispatch }: ApiWorld, _names: readonly string[], body: Json): Answered {
  const complaints = complaintsAboutMessage(body);
  for (const one of complaints) complain(`message: ${one}`);
  const said = body['enforce_nonce'] === true ? channel.messages.find(({ nonce }) => nonce !== null && nonce === body['nonce']) : undefined;
  const message = said ?? addMessage(channel, state.bot, body);
  if (said === undefined) dispatch('MESSAGE_CREATE', shownMessage(message));
  return ok({ ...shownMessage(message), nonce: message.nonce });
}

function editMessage(message: FakeMessage, { complain, state }: ApiWorld, _names: readonly string[], body: Json): Answered {
  for (const one of complaintsAboutMessage(body)) complain(`edit: ${one}`);
  if (message.author['id'] !== state.bot.id) return refuses(403, 50_005, 'Cannot edit a message authored by another user');
  message.content = String(body['content']);
  message.components = body['components'] as readonly Json[];
  message.notified = [...message.notified, ...notifiedBy(body)];
  return ok(shownMessage(message));
}

function deleteMessage(message: FakeMessage, _world: ApiWorld, _names: readonly string[], _body: Json, channel: FakeChannel): Answered {
  channel.messages = channel.messages.filter((one) => one !== message);
  return ok(null, 204);
}

function pinMessage(message: FakeMessage, { state }: ApiWorld, _names: readonly string[], _body: Json, channel: FakeChannel): Answered {
  if (!message.pinned) channel.messages.push({ ...addMessage(newChannel({ type: 0, name: '' }), state.bot, {}), type: 6 });
  message.pinned = true;
  return ok(null, 204);
}

function overwrite(channel: FakeChannel, { state, complain }: ApiWorld, [, user = '']: readonly string[], body: Json): Answered {
  if (channel.type === 11) complain('threads have no overwrites');
  const isKnown = body['type'] === 1 ? state.users.has(user) : user === state.guild || state.roles.some(({ id }) => id === user);
  if (!isKnown) return refuses(404, 10_013, 'Unknown User');
  // Nobody gives or takes what they have not themselves.
  const held = state.roles.reduce((sum, { id, permissions }) => sum | (state.bot.roles.includes(id) ? BigInt(permissions) : 0n), 0n);
  const asked = BigInt(String(body['allow'] ?? 0)) | BigInt(String(body['deny'] ?? 0));
  if ((asked & ~held) !== 0n) return refuses(403, 50_013, 'Missing Permissions');
  channel.overwrites.set(user, { id: user, ...body });
  return ok(null, 204);
}

function joinThread(channel: FakeChannel, { complain }: ApiWorld, [, user = '']: readonly string[]): Answered {
  if (channel.type !== 11) complain('only threads have members');
  channel.members.add(user);
  return ok(null, 204);
}

function member({ state }: ApiWorld, [, id = '']: readonly string[]): Answered {
  const user = state.users.get(id);
  return user === undefined ? refuses(404, 10_007, 'Unknown Member') : ok({ user, roles: user.roles });
}

function directChannel({ state }: ApiWorld, _names: readonly string[], { recipient_id: user }: Json): Answered {
  if (!state.users.has(String(user))) return refuses(404, 10_013, 'Unknown User');
  const found = [...state.channels.values()].find(({ recipient }) => recipient === user);
  const channel = found ?? newChannel({ type: 1, name: '', recipient: String(user) });
  state.channels.set(channel.id, channel);
  return ok(shownChannel(channel, state.guild));
}

/** interactions/receiving-and-responding#interaction-response-object-interaction-callback-type */
const CALLBACKS: Readonly<Record<number, { readonly kind: Shown['kind']; readonly complaints: (body: Json) => readonly string[] }>> = {
  [InteractionResponseType.ChannelMessageWithSource]: { kind: 'message', complaints: complaintsAboutMessage },
  [InteractionResponseType.DeferredChannelMessageWithSource]: { kind: 'deferred', complaints: () => [] },
  [InteractionResponseType.ApplicationCommandAutocompleteResult]: {
    kind: 'choices',
    complaints: ({ choices }) => ((choices as []).length <= 25 ? [] : ['too many choices']),
  },
  [InteractionResponseType.Modal]: { kind: 'modal', complaints: complaintsAboutModal },
};

function callback(world: ApiWorld, [id = '', token = '']: readonly string[], { type, data = {} }: Json): Answered {
  const open = world.interactions.get(token);
  if (open === undefined || open.id !== id || open.isOver) return refuses(404, 10_062, 'Unknown interaction');
  if (open.isAnswered) return refuses(400, 40_060, 'Interaction has already been acknowledged.');
  const known = CALLBACKS[Number(type)];
  if (known === undefined) return refuses(400, 50_035, 'Invalid Form Body');
  const body = data as Json;
  open.isAnswered = true;
  open.isPrivate = (Number(body['flags'] ?? 0) & EPHEMERAL) !== 0;
  for (const one of known.complaints(body)) world.complain(`answer ${known.kind}: ${one}`);
  if (known.kind === 'message') open.original = body;
  world.show({ token, kind: known.kind, body, isPrivate: open.isPrivate });
  return ok(null, 204);
}

function editOriginal(world: ApiWorld, [, token = '']: readonly string[], body: Json): Answered {
  const open = world.interactions.get(token);
  if (open === undefined || open.isOver) return refuses(401, 50_027, 'Invalid Webhook Token');
  for (const one of complaintsAboutMessage(body)) world.complain(`answer: ${one}`);
  open.original = body;
  world.show({ token, kind: 'edit', body, isPrivate: open.isPrivate });
  return ok({ id: snowflake() });
}

function followUp(world: ApiWorld, [, token = '']: readonly string[], body: Json): Answered {
  const open = world.interactions.get(token);
  if (open === undefined || open.isOver) return refuses(401, 50_027, 'Invalid Webhook Token');
  for (const one of complaintsAboutMessage(body)) world.complain(`follow-up: ${one}`);
  world.show({ token, kind: 'follow-up', body, isPrivate: (Number(body['flags'] ?? 0) & EPHEMERAL) !== 0 });
  return ok({ id: snowflake() });
}
