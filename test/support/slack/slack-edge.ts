import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { complaintsAboutHome, complaintsAboutMessage, complaintsAboutView } from './block-kit-check.ts';

type Json = Record<string, unknown>;
/** An answer instead of Slack's own; `hang` keeps the connection open and says nothing. */
/** `when` leaves calls alone that it does not mean. */
export type Fault = { readonly when?: (args: Json) => boolean } & (
  | { readonly status: number; readonly body: Json; readonly headers?: Readonly<Record<string, string>> }
  /** Slack does it, and the answer is lost on its way. */
  | { readonly lost: true }
  | { readonly hang: true }
);
/** Something an asker was shown. */
export interface Shown {
  readonly kind: 'response' | 'view' | 'ephemeral' | 'home';
  /** Last part of the response address, the trigger, or the user. */
  readonly name: string;
  readonly body: Json;
}

/** A user group; the emulator has none. */
export interface UserGroup {
  readonly id?: string;
  readonly handle: string;
  readonly users: readonly string[];
  readonly date_delete?: number;
}

/** What stands between Allclear and the emulated Slack: checks what goes out, and does what the emulator leaves out. */
export interface SlackEdge {
  /** Base of the Web API, ending with a slash. */
  readonly apiUrl: string;
  readonly responseUrl: (name: string) => string;
  readonly calls: readonly { readonly method: string; readonly args: Json }[];
  /** Everything Slack would have refused of what went out. */
  readonly complaints: readonly string[];
  groups: readonly UserGroup[];
  /** While it is set every call gets this. */
  outage: Fault | null;
  /** The next calls of a method get these instead. */
  fault(method: string, ...faults: readonly Fault[]): void;
  /** The next thing that is shown and matches. */
  shown(matches: (shown: Shown) => boolean): Promise<Shown>;
  close(): Promise<void>;
}

export async function openSlackEdge(emulatorUrl: string): Promise<SlackEdge> {
  const calls: { method: string; args: Json }[] = [];
  const complaints: string[] = [];
  const faults = new Map<string, Fault[]>();
  const waiting = new Set<{ matches: (shown: Shown) => boolean; resolve: (shown: Shown) => void }>();
  const show = (shown: Shown): void => {
    for (const one of waiting) {
      if (!one.matches(shown)) continue;
      waiting.delete(one);
      one.resolve(shown);
    }
  };
  const edge: Pick<SlackEdge, 'groups' | 'outage'> = { groups: [], outage: null };
  const faultFor = (method: string, args: Json): Fault | undefined => {
    const waiting = faults.get(method) ?? [];
    const index = waiting.findIndex(({ when }) => when?.(args) !== false);
    return edge.outage ?? (index < 0 ? undefined : waiting.splice(index, 1)[0]);
  };

  async function api(method: string, request: IncomingMessage, text: string, response: ServerResponse): Promise<void> {
    const args = argsOf(text);
    calls.push({ method, args });
    complaints.push(...complaintsAbout(method, args).map((complaint) => `${method}: ${complaint}`));
    const fault = faultFor(method, args);
    if (fault !== undefined && 'hang' in fault) return;
    if (fault !== undefined && 'status' in fault) return send(response, fault.status, fault.body, fault.headers);
    if (method.startsWith('usergroups.')) return send(response, 200, aboutGroups(edge, method, args));
    const answer = await forward(`${emulatorUrl}/api/${method}`, request, text);
    if (fault !== undefined) return void response.destroy();
    if (answer['ok'] === true) shownBy(method, args, answer, show);
    send(response, 200, answer);
  }
  function respond(name: string, text: string, response: ServerResponse): void {
    const body = JSON.parse(text) as Json;
    complaints.push(...complaintsAboutMessage(body).map((complaint) => `response: ${complaint}`));
    send(response, 200, { ok: true });
    show({ kind: 'response', name, body });
  }
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    const [, place = '', name = ''] = (request.url ?? '').split('/');
    if (place === 'api') await api(name, request, text, response);
    else respond(name, text, response);
  }
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(edge, {
    apiUrl: `${url}/api/`,
    responseUrl: (name: string) => `${url}/response/${name}`,
    calls,
    complaints,
    fault: (method: string, ...more: readonly Fault[]) => void faults.set(method, [...(faults.get(method) ?? []), ...more]),
    shown: (matches: (shown: Shown) => boolean) => new Promise<Shown>((resolve) => waiting.add({ matches, resolve })),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}

/** https://docs.slack.dev/reference/methods/usergroups.users.update and its neighbours. */
function aboutGroups(edge: { groups: readonly UserGroup[] }, method: string, args: Json): Json {
  if (method === 'usergroups.list') return { ok: true, usergroups: edge.groups };
  const id = String(args['usergroup']);
  if (!edge.groups.some((group) => group.id === id)) return { ok: false, error: 'no_such_subteam' };
  const users = String(args['users'] ?? '').split(',');
  if (method === 'usergroups.users.update' && users.join('') === '') return { ok: false, error: 'no_users_provided' };
  const change = (group: UserGroup): UserGroup => {
    if (method === 'usergroups.users.update') return { ...group, users };
    return { ...group, date_delete: method === 'usergroups.disable' ? 1 : 0 };
  };
  edge.groups = edge.groups.map((group) => (group.id === id ? change(group) : group));
  return { ok: true };
}

async function forward(url: string, request: IncomingMessage, body: string): Promise<Json> {
  const headers = { authorization: request.headers.authorization ?? '', 'content-type': request.headers['content-type'] ?? '' };
  return (await (await fetch(url, { method: 'POST', headers, body })).json()) as Json;
}

/** Modals and words to one person only, which nobody finds again by asking Slack. */
function shownBy(method: string, args: Json, answer: Json, show: (shown: Shown) => void): void {
  if (method === 'views.publish') show({ kind: 'home', name: String(args['user_id']), body: args['view'] as Json });
  if (method === 'views.open') show({ kind: 'view', name: String(args['trigger_id']), body: answer['view'] as Json });
  if (method === 'chat.postEphemeral') show({ kind: 'ephemeral', name: String(args['user']), body: args });
}

/** Headers under which Slack sends a body (docs.slack.dev/authentication/verifying-requests-from-slack). */
export function signed(secret: string, body: string, atMs: number): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1_000));
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature };
}

function complaintsAbout(method: string, args: Json): readonly string[] {
  if (method === 'chat.postMessage' || method === 'chat.update' || method === 'chat.postEphemeral') return complaintsAboutMessage(args);
  if (method === 'views.publish') return complaintsAboutHome(args['view'] as Json);
  if (method === 'views.open') return complaintsAboutView(args['view'] as Json);
  if (method === 'conversations.create') return /^[a-z0-9_-]{1,80}$/.test(String(args['name'])) ? [] : [`name ${String(args['name'])}`];
  return [];
}

/** Forms whose values may be JSON, as Slack's client sends them. */
function argsOf(text: string): Json {
  if (text.startsWith('{')) return JSON.parse(text) as Json;
  const entries = [...new URLSearchParams(text)].map(([name, value]): [string, unknown] => [
    name,
    /^[[{]/.test(value) ? parsed(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    // Words of a person that only look like it.
    return value;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, body: Json, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
