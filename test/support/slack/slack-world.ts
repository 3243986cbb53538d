import { createEmulator } from 'emulate';
import Fastify from 'fastify';
import { createNotes } from '../../../src/chat/notes.ts';
import { BOT_SCOPES, SLACK_PATH } from '../../../src/chat/slack/manifest.ts';
import { createSlackPlatform, type SlackPlatform } from '../../../src/chat/slack/platform.ts';
import type { Catalog } from '../../../src/domain/catalog.ts';
import type { Hear } from '../../../src/engine/ports.ts';
import { systemClock } from '../../../src/kit/clock.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { slackRoutes } from '../../../src/web/slack.ts';
import { exampleCatalog } from '../catalog.ts';
import { openSlackEdge, type SlackEdge, signed } from './slack-edge.ts';

type Json = Readonly<Record<string, unknown>>;
const BOT_TOKEN = 'xoxb-allclear';
const BOT_USER = 'U0ALLCLEAR';
const SIGNING_SECRET = 'a signing secret of this test';
const PEOPLE = ['ana', 'bo', 'guest'];

/** An emulated workspace, the edge before it, and the platform before that, over real sockets. */
export interface SlackWorld {
  readonly platform: SlackPlatform;
  readonly edge: SlackEdge;
  readonly bugs: unknown[];
  readonly botUser: string;
  /** Slack's ids of the people. */
  readonly ids: Readonly<Record<string, string>>;
  /** Calls the Web API as somebody, past the edge. */
  as(who: string, method: string, args: Json): Promise<Json>;
  /** A trigger of a person, good for one modal. */
  trigger(person: string): Promise<string>;
  /** Sends a payload as Slack does, signed now; answers what Allclear acknowledged it with. */
  sends(payload: Json | string, options?: { readonly atMs?: number; readonly secret?: string }): Promise<{ status: number; text: string }>;
  /** Another platform on the same notes, as after a restart. */
  again(hear: Hear): Promise<SlackPlatform>;
  close(): Promise<void>;
}

export async function openSlackWorld(hear: Hear): Promise<SlackWorld> {
  const emulator = await createEmulator({ service: 'slack', port: 0, seed: { slack: seed() } });
  const edge = await openSlackEdge(emulator.url);
  const as = async (who: string, method: string, args: Json): Promise<Json> => {
    const headers = { authorization: `Bearer ${who === 'bot' ? BOT_TOKEN : `xoxp-${who}`}`, 'content-type': 'application/json' };
    const answered = await fetch(`${emulator.url}/api/${method}`, { method: 'POST', headers, body: JSON.stringify(args) });
    return (await answered.json()) as Json;
  };
  const members = (await as('bot', 'users.list', {}))['members'] as readonly { id: string; name: string }[];
  const ids = Object.fromEntries(members.map(({ id, name }) => [name, id]));
  const { store, database } = await openSqliteStore(':memory:');
  const bugs: unknown[] = [];
  const platforms: SlackPlatform[] = [];
  const create = async (hearing: Hear): Promise<SlackPlatform> => {
    const platform = createSlackPlatform({
      token: BOT_TOKEN,
      appToken: null,
      signingSecret: SIGNING_SECRET,
      apiUrl: edge.apiUrl,
      digestChannel: null,
      notes: createNotes(database.$pickTables<'platform_notes'>(), 'slack'),
      catalog: () => catalogWith(ids),
      clock: systemClock,
      secret: 'the secret of this installation, long enough',
      bug: (fault) => void bugs.push(fault),
      timeoutMs: 1_000,
      editEveryMs: 0,
    });
    platforms.push(platform);
    await platform.start(hearing);
    return platform;
  };
  const platform = await create(hear);
  const app = Fastify();
  await app.register(slackRoutes(SLACK_PATH, (request) => (platforms.at(-1) ?? platform).receive(request)));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    platform,
    edge,
    bugs,
    botUser: BOT_USER,
    ids,
    as,
    again: create,
    async trigger(person) {
      return String((await as('bot', 'views.generateTriggerId', { user_id: ids[person] }))['trigger_id']);
    },
    async sends(payload, { atMs = Date.now(), secret = SIGNING_SECRET } = {}) {
      const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
      const type = body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded';
      const answered = await fetch(url + SLACK_PATH, {
        method: 'POST',
        headers: { ...signed(secret, body, atMs), 'content-type': type },
        body,
      });
      return { status: answered.status, text: await answered.text() };
    },
    async close() {
      for (const one of platforms) await one.stop();
      await app.close();
      await Promise.all([edge.close(), emulator.close(), store.close()]);
    },
  };
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
      { token: 'xoxp-eyes', user: 'allclear', scopes: ['pins:read', 'channels:read'] },
      ...PEOPLE.map((name) => ({
        token: `xoxp-${name}`,
        user: name,
        scopes: ['chat:write', 'channels:join', 'channels:history', 'reactions:write'],
      })),
    ],
    strict_scopes: true,
  };
}

/** Ana by her id, Bo by his e-mail address. */
function catalogWith(ids: Readonly<Record<string, string>>): Catalog {
  const { ana } = exampleCatalog.people;
  if (ana === undefined || ids['ana'] === undefined) return exampleCatalog;
  return { ...exampleCatalog, people: { ...exampleCatalog.people, ana: { ...ana, identities: { slack: ids['ana'] } } } };
}
