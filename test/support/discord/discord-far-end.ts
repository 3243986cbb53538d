import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answered, type ApiWorld, answerCall, type Json, type OpenInteraction, refuses, type Shown } from './api-far-end.ts';
import { type GatewayFarEnd, openGatewayFarEnd } from './gateway-far-end.ts';
import { addMessage, type FakeMessage, type FakeUser, newChannel, type ServerState, shownMessage, snowflake } from './server-state.ts';

/** An answer instead of Discord's own; `hang` keeps the connection open and says nothing. */
export type Fault =
  | { readonly status: number; readonly body: Json; readonly headers?: Readonly<Record<string, string>> }
  /** Discord does it, and the answer is lost on its way. */
  | { readonly lost: true }
  | { readonly hang: true };
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: Json;
}

/** A strict Discord of one server, over real sockets: the HTTP API and the gateway, with eyes and hands of the people there. */
export interface DiscordFarEnd {
  readonly apiUrl: string;
  readonly token: string;
  readonly state: ServerState;
  readonly world: ApiWorld;
  readonly gateway: GatewayFarEnd;
  readonly calls: readonly Call[];
  /** Everything Discord would have refused of what went out. */
  readonly complaints: readonly string[];
  /** Ids of the people by name. */
  readonly ids: Readonly<Record<string, string>>;
  /** The next calls of this kind get these instead. */
  fault(method: string, path: RegExp, ...faults: readonly Fault[]): void;
  /** The next thing that is shown and matches. */
  shown(matches: (shown: Shown) => boolean): Promise<Shown>;
  says(person: string, channel: string, content: string): FakeMessage;
  /** Its author changes a message. */
  edits(channel: string, message: string, content: string): void;
  reacts(person: string, channel: string, message: string, emoji: string, added: boolean): void;
  /** An interaction that waits; `INTERACTION_CREATE` is for the caller to send. */
  interaction(): OpenInteraction;
  close(): Promise<void>;
}

const TOKEN = 'a-token-of-this-test';
const PEOPLE = ['ana', 'bo', 'cy', 'guest'];

/** Everything that is asked, and the faults that were ordered for it. */
function openDesk(world: () => ApiWorld) {
  const calls: Call[] = [];
  const faults: { method: string; path: RegExp; fault: Fault }[] = [];
  const faultFor = (method: string, path: string): Fault | null => {
    const index = faults.findIndex((one) => one.method === method && one.path.test(path));
    return index < 0 ? null : (faults.splice(index, 1)[0]?.fault ?? null);
  };
  return {
    calls,
    fault: (method: string, path: RegExp, ...more: readonly Fault[]) => void faults.push(...more.map((fault) => ({ method, path, fault }))),
    async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const method = request.method ?? '';
      const path = (request.url ?? '').replace(/^\/api\/v10/, '').replace(/\?.*$/, '');
      const text = await textOf(request);
      const body = text === '' ? {} : (JSON.parse(text) as Json);
      calls.push({ method, path, body });
      const fault = faultFor(method, path);
      if (fault !== null && 'hang' in fault) return;
      if (fault !== null && 'status' in fault) return send(response, fault, fault.headers);
      const answered = isAllowed(path, request.headers.authorization)
        ? answerCall(world(), method, path, body)
        : refuses(401, 0, '401: Unauthorized');
      if (fault !== null) return void response.destroy();
      send(response, answered);
    },
  };
}

/** What askers are shown, for whoever waits to see it. */
function openShow() {
  const waiting = new Set<{ matches: (shown: Shown) => boolean; resolve: (shown: Shown) => void }>();
  return {
    shown: (matches: (shown: Shown) => boolean) => new Promise<Shown>((resolve) => waiting.add({ matches, resolve })),
    show(shown: Shown): void {
      for (const one of waiting) {
        if (!one.matches(shown)) continue;
        waiting.delete(one);
        one.resolve(shown);
      }
    },
  };
}

export async function openDiscordFarEnd(): Promise<DiscordFarEnd> {
  const complaints: string[] = [];
  const { state, ids } = newServer();
  const { show, shown } = openShow();
  let base = '';
  const world: ApiWorld = {
    state,
    application: snowflake(),
    gatewayUrl: () => `ws://${base}`,
    interactions: new Map(),
    categoryMax: 50,
    // The privileged intent is switched on (resources/application#application-object-application-flags).
    flags: 1 << 19,
    complain: (complaint) => void complaints.push(complaint),
    dispatch: (type, data) => gateway.dispatch(type, data),
    show,
  };
  const { serve, calls, fault } = openDesk(() => world);
  const server = createServer((request, response) => void serve(request, response));
  const gateway = openGatewayFarEnd(server, TOKEN, () => ({
    v: 10,
    user: { id: state.bot.id, username: 'allclear', bot: true },
    guilds: [{ id: state.guild, unavailable: true }],
    resume_gateway_url: world.gatewayUrl(),
    application: { id: world.application, flags: 0 },
  }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    apiUrl: `http://${base}/api`,
    token: TOKEN,
    ...{ state, world, gateway, calls, complaints, ids, fault, shown },
    ...hands(state, ids, gateway),
    interaction() {
      const token = `token-${snowflake()}`;
      const open: OpenInteraction = { id: snowflake(), token, original: null, isAnswered: false, isPrivate: false, isOver: false };
      world.interactions.set(open.token, open);
      return open;
    },
    async close() {
      gateway.drop();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** What an invitation asks for, by the bits of topics/permissions#permissions-bitwise-permission-flags. */
const ASKED_FOR = [4, 10, 11, 16, 28, 35, 38, 51].reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);

function newServer(): { readonly state: ServerState; readonly ids: Readonly<Record<string, string>> } {
  const guild = snowflake();
  const roles = [
    { id: snowflake(), name: 'on-call', permissions: '0', position: 1 },
    { id: snowflake(), name: 'everybody', permissions: '0', position: 2 },
    { id: snowflake(), name: 'Allclear', permissions: String(ASKED_FOR), position: 3 },
    { id: snowflake(), name: 'owners', permissions: '8', position: 4 },
    { id: guild, name: '@everyone', permissions: '0', position: 0 },
  ];
  const bot: FakeUser = { id: snowflake(), username: 'allclear', bot: true, roles: [roles[2]?.id ?? ''] };
  const people = PEOPLE.map((username): FakeUser => ({ id: snowflake(), username, roles: username === 'bo' ? [roles[0]?.id ?? ''] : [] }));
  const users = new Map([bot, ...people].map((user) => [user.id, user]));
  const channels = [newChannel({ type: 4, name: 'Text Channels' }), newChannel({ type: 0, name: 'incidents' })];
  const state: ServerState = {
    guild,
    bot,
    users,
    roles,
    channels: new Map(channels.map((one) => [one.id, one])),
    commands: [],
  };
  return { state, ids: Object.fromEntries(people.map(({ id, username }) => [username, id])) };
}

/** What people do there by themselves. */
function hands(
  state: ServerState,
  ids: Readonly<Record<string, string>>,
  gateway: GatewayFarEnd,
): Pick<DiscordFarEnd, 'says' | 'edits' | 'reacts'> {
  const user = (person: string): FakeUser => state.users.get(ids[person] ?? '') ?? state.bot;
  return {
    says(person, id, content) {
      const channel = state.channels.get(id);
      if (channel === undefined) throw new Error(`there is no channel ${id}`);
      const message = addMessage(channel, user(person), { content, allowed_mentions: { parse: [] } });
      gateway.dispatch('MESSAGE_CREATE', { ...shownMessage(message), guild_id: state.guild });
      return message;
    },
    edits(id, messageId, content) {
      const message = state.channels.get(id)?.messages.find((one) => one.id === messageId);
      if (message === undefined) throw new Error(`there is no message ${messageId}`);
      message.content = content;
      gateway.dispatch('MESSAGE_UPDATE', { ...shownMessage(message), guild_id: state.guild });
    },
    reacts(person, id, messageId, emoji, added) {
      const message = state.channels.get(id)?.messages.find((one) => one.id === messageId);
      const users = message?.reactions.get(emoji) ?? new Set();
      if (added) users.add(user(person).id);
      else users.delete(user(person).id);
      message?.reactions.set(emoji, users);
      gateway.dispatch(added ? 'MESSAGE_REACTION_ADD' : 'MESSAGE_REACTION_REMOVE', {
        user_id: user(person).id,
        channel_id: id,
        message_id: messageId,
        guild_id: state.guild,
        emoji: { id: null, name: emoji },
      });
    },
  };
}

/** Answers to interactions prove themselves; with the token of the bot they would be counted among its calls. */
function isAllowed(path: string, authorization: string | undefined): boolean {
  const provesItself = /^\/(?:interactions|webhooks)\//.test(path);
  return provesItself ? authorization === undefined : authorization === `Bot ${TOKEN}`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, { status, body }: Answered, headers: Readonly<Record<string, string>> = {}): void {
  if (status === 204) return void response.writeHead(status).end();
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
