import Fastify from 'fastify';
import { createNotes } from '../../../src/chat/notes.ts';
import { createSlackLibrary, type MakeSlackLibrary } from '../../../src/chat/slack/library.ts';
import { SLACK_PATH } from '../../../src/chat/slack/manifest.ts';
import { createSlackPlatform, type SlackOptions, type SlackPlatform } from '../../../src/chat/slack/platform.ts';
import type { Catalog } from '../../../src/domain/catalog.ts';
import type { Hear } from '../../../src/engine/ports.ts';
import { systemClock } from '../../../src/kit/clock.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import { slackRoutes } from '../../../src/web/slack.ts';
import { exampleCatalog } from '../catalog.ts';
import {
  type Answered,
  BOT_TOKEN,
  openSlackWorkspace,
  SIGNING_SECRET,
  type Signing,
  type SlackWorkspace,
  sendSigned,
} from './slack-workspace.ts';

type Json = Readonly<Record<string, unknown>>;

/** An emulated workspace, the edge before it, and the platform before that, over real sockets. */
export interface SlackWorld extends SlackWorkspace {
  readonly platform: SlackPlatform;
  readonly bugs: unknown[];
  /** Sends a payload as Slack does, signed now; answers what Allclear acknowledged it with. */
  sends(payload: Json | string, signing?: Signing): Promise<Answered>;
  /** Another platform on the same notes, as after a restart or of another replica. */
  again(hear: Hear, more?: Partial<SlackOptions>): Promise<SlackPlatform>;
}

/** `options` over those every test has. */
export async function openSlackWorld(
  hear: Hear,
  options: Partial<SlackOptions> = {},
  makeLibrary: MakeSlackLibrary = createSlackLibrary,
): Promise<SlackWorld> {
  const workspace = await openSlackWorkspace();
  const { edge, ids } = workspace;
  const { store, database } = await openSqliteStore(':memory:');
  const bugs: unknown[] = [];
  const platforms: SlackPlatform[] = [];
  const create = async (hearing: Hear, more: Partial<SlackOptions> = {}): Promise<SlackPlatform> => {
    const platform = createSlackPlatform(
      {
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
        ...options,
        ...more,
      },
      makeLibrary,
    );
    platforms.push(platform);
    await platform.start(hearing);
    return platform;
  };
  const platform = await create(hear);
  const app = Fastify();
  await app.register(slackRoutes(SLACK_PATH, (request) => (platforms.at(-1) ?? platform).receive(request)));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...workspace,
    platform,
    bugs,
    again: create,
    sends: (payload, signing) => sendSigned(url + SLACK_PATH, payload, signing),
    async close() {
      for (const one of platforms) {
        await one.stop();
        await one.close();
      }
      await app.close();
      await Promise.all([workspace.close(), store.close()]);
    },
  };
}

/** Ana by her id, Bo by his e-mail address. */
function catalogWith(ids: Readonly<Record<string, string>>): Catalog {
  const { ana } = exampleCatalog.people;
  if (ana === undefined || ids['ana'] === undefined) return exampleCatalog;
  return { ...exampleCatalog, people: { ...exampleCatalog.people, ana: { ...ana, identities: { slack: ids['ana'] } } } };
}
