import { createEmulator } from 'emulate';
import { BOT_SCOPES } from '../../../src/chat/slack/manifest.ts';
import { openSlackEdge, type SlackEdge, signed } from './slack-edge.ts';

type Json = Readonly<Record<string, unknown>>;
export const BOT_TOKEN = 'xoxb-allclear';
export const BOT_USER = 'U0ALLCLEAR';
export const SIGNING_SECRET = 'a-signing-secret-of-this-test';
const PEOPLE = ['ana', 'bo', 'guest'];

/** An emulated workspace with the edge before it: everything of Slack, and nothing of ours. */
export interface SlackWorkspace {
  readonly edge: SlackEdge;
  readonly botUser: string;
  /** Slack's ids of the people. */
  readonly ids: Readonly<Record<string, string>>;
  /** Calls the Web API as somebody, past the edge. */
  as(who: string, method: string, args: Json): Promise<Json>;
  /** A trigger of a person, good for one modal. */
  trigger(person: string): Promise<string>;
  close(): Promise<void>;
}
export interface Answered {
  readonly status: number;
  readonly text: string;
}
export interface Signing {
  readonly atMs?: number;
  readonly secret?: string;
}

export async function openSlackWorkspace(): Promise<SlackWorkspace> {
  const emulator = await createEmulator({ service: 'slack', port: 0, seed: { slack: seed() } });
  const edge = await openSlackEdge(emulator.url);
  const as = async (who: string, method: string, args: Json): Promise<Json> => {
    const headers = { authorization: `Bearer ${who === 'bot' ? BOT_TOKEN : `xoxp-${who}`}`, 'content-type': 'application/json' };
    const answered = await fetch(`${emulator.url}/api/${method}`, { method: 'POST', headers, body: JSON.stringify(args) });
    return (await answered.json()) as Json;
  };
  const members = (await as('bot', 'users.list', {}))['members'] as readonly { id: string; name: string }[];
  const ids = Object.fromEntries(members.map(({ id, name }) => [name, id]));
  return {
    edge,
    botUser: BOT_USER,
    ids,
    as,
    trigger: async (person) => String((await as('bot', 'views.generateTriggerId', { user_id: ids[person] }))['trigger_id']),
    async close() {
      await Promise.all([edge.close(), emulator.close()]);
    },
  };
}

/** Sends a payload as Slack does, signed now; answers what Allclear acknowledged it with. */
export async function sendSigned(url: string, payload: Json | string, signing: Signing = {}): Promise<Answered> {
  const { atMs = Date.now(), secret = SIGNING_SECRET } = signing;
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const type = body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded';
  const answered = await fetch(url, { method: 'POST', headers: { ...signed(secret, body, atMs), 'content-type': type }, body });
  return { status: answered.status, text: await answered.text() };
}

/** A workspace that gives the app exactly the rights of the manifest. */
function seed(): Json {
  return {
    team: { name: 'Example Shop', domain: 'example-shop' },
    users: PEOPLE.map((name) => ({ name, real_name: `${name} of Slack`, email: `${name}@example.org` })),
    oauth_apps: [
      {
        client_id: '1.1',
        client_secret: 'x',
        app_id: 'A0ALLCLEAR',
        name: 'Allclear',
        redirect_uris: [],
        bot_id: 'B0ALLCLEAR',
        bot_user_id: BOT_USER,
        bot_name: 'allclear',
      },
    ],
    tokens: [
      { token: BOT_TOKEN, user: 'allclear', app_id: 'A0ALLCLEAR', bot_id: 'B0ALLCLEAR', scopes: BOT_SCOPES.map(({ scope }) => scope) },
      // Looks at what the app has no need to see.
      { token: 'xoxp-eyes', user: 'allclear', scopes: ['pins:read', 'channels:read', 'bookmarks:read'] },
      ...PEOPLE.map((name) => ({
        token: `xoxp-${name}`,
        user: name,
        scopes: ['chat:write', 'channels:join', 'channels:history', 'reactions:write'],
      })),
    ],
    strict_scopes: true,
  };
}
