import Fastify from 'fastify';
import type { Kysely } from 'kysely';
import type { ConsoleTables } from '../../src/chat/console/message-table.ts';
import { type ConsolePlatform, createConsolePlatform } from '../../src/chat/console/platform.ts';
import type { Hear } from '../../src/engine/ports.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { sha256Hex } from '../../src/kit/hashing.ts';
import { systemRandomness } from '../../src/kit/randomness.ts';
import type { Document } from '../../src/readings/document.ts';
import { plainText } from '../../src/readings/plain-text.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { consoleRoutes } from '../../src/web/console/routes.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type ConsoleClient, type Posted, signedIn, textIn } from './console-client.ts';
import { type PlatformHarness, platformContract, type SeenMessage, type SeenReply } from './platform-contract.ts';

platformContract('console', openConsole);

const MESSAGES_MAX = 100;
/** Nothing goes on behind the platform here: the contract answers for the rest of the bot. */
const NO_READINGS = {
  incident: async () => null,
  incidents: async () => [],
  timeline: async () => [],
  switches: async () => [],
  onCall: async () => [],
  openPages: async () => [],
};

/** The console over its own pages, looked at through a second platform on the same database, as after a restart. */
async function openConsole(hear: Hear): Promise<PlatformHarness> {
  const { store, database } = await openSqliteStore(':memory:');
  const tables = database.$pickTables<'console_messages'>();
  let baseUrl = '';
  const roomUrl = (incident: number): string => `${baseUrl}/incidents/${incident}`;
  const platform = createConsolePlatform({ database: tables, clock: systemClock, roomUrl });
  const eyes = createConsolePlatform({ database: tables, clock: systemClock, roomUrl });
  const app = Fastify();
  await app.register(
    consoleRoutes({
      chat: platform,
      readings: NO_READINGS,
      ledger: store,
      onCommit: () => () => undefined,
      catalog: () => exampleCatalog,
      commands: [],
      clock: systemClock,
      randomness: systemRandomness,
      secret: 'a secret of this test, long enough',
      signIn: 'open',
      queues: null,
      baseUrl: () => baseUrl,
      templates: 'templates/console',
    }),
  );
  baseUrl = await app.listen({ host: '127.0.0.1', port: 0 });
  await platform.start(hear);
  const browsers = { ana: await signedIn(baseUrl, 'ana'), bo: await signedIn(baseUrl, 'bo') };
  return {
    platform,
    observe: observing(eyes, tables),
    act: acting(eyes, browsers),
    async saidAt(room, message) {
      const found = await eyes.message(incidentOf(room), message);
      if (found === null) throw new Error(`${message} does not stand in ${room}`);
      return found.at;
    },
    async close() {
      await platform.stop();
      await app.close();
      await store.close();
    },
  };
}

async function shownIn(eyes: ConsolePlatform, incident: number): ReturnType<ConsolePlatform['messages']> {
  return (await eyes.messages(incident, MESSAGES_MAX)).filter(({ kind }) => kind !== 'joined');
}

function observing(eyes: ConsolePlatform, tables: Kysely<ConsoleTables>): PlatformHarness['observe'] {
  const roomsOf = (kind: string) => tables.selectFrom('console_messages').where('kind', '=', kind).select('room').execute();
  return {
    rooms: async () => (await roomsOf('room')).map(({ room }) => ({ room, incident: incidentOf(room) })),
    async cards(room) {
      const cards = (await roomsOf('card')).filter((card) => card.room === room);
      return Promise.all(cards.map(async () => textOf((await eyes.card(incidentOf(room)))?.card)));
    },
    topic: async (room) => (await eyes.card(incidentOf(room)))?.topic ?? '',
    messages: async (room) => (await shownIn(eyes, incidentOf(room))).map(seen),
    async members(room) {
      const messages = await eyes.messages(incidentOf(room), MESSAGES_MAX);
      return messages.filter(({ kind }) => kind === 'joined').map(({ author }) => author);
    },
    inbox: async (person) => (await eyes.inbox(person, MESSAGES_MAX)).map(seen),
  };
}

function acting(eyes: ConsolePlatform, browsers: Readonly<Record<string, ConsoleClient>>): PlatformHarness['act'] {
  const post = async (person: string, action: string, fields: Record<string, string>, delivery: string): Promise<Posted> => {
    const browser = browsers[person];
    if (browser === undefined) throw new Error(`${person} has no browser here`);
    // A browser's number of the form stands for the platform's key of the delivery.
    return browser.post(action, fields, { nonce: sha256Hex(delivery).slice(0, 32) });
  };
  return {
    types: async (person, incident, words, delivery) =>
      seenReply(await post(person, '/say', { incident: String(incident), words: `/${words}` }, delivery)),
    async fills(person, incident, command, values, delivery) {
      const fields = Object.entries(values).map(([name, value]) => [`field.${name}`, value]);
      const body = { incident: String(incident), command, ...Object.fromEntries(fields) };
      return seenReply(await post(person, '/form', body, delivery));
    },
    async says(person, incident, text) {
      await post(person, '/say', { incident: String(incident), words: text }, `${person} ${text}`);
      const said = (await shownIn(eyes, incident)).findLast(({ kind, author }) => kind === 'words' && author === person);
      if (said === undefined) throw new Error('what was said does not stand in the room');
      return said.id;
    },
    async pins(person, incident, message, pinned, delivery) {
      await post(person, '/pin', { incident: String(incident), [pinned ? 'pin' : 'unpin']: message }, delivery);
    },
  };
}

function incidentOf(room: string): number {
  return Number(room.slice('inc-'.length));
}

function textOf(document: Document | undefined): string {
  if (document === undefined) return '';
  return plainText(document, { personName: (id) => id, timeZone: 'UTC', now: null, commandPrefix: '/inc' }).trimEnd();
}

function seen({ author, document }: { readonly author: string; readonly document: Document }): SeenMessage {
  const mentions = document.blocks.flatMap((block) => ('text' in block && typeof block.text !== 'string' ? block.text : []));
  return { author, text: textOf(document), mentions: mentions.flatMap((span) => (span.kind === 'person' ? [span.id] : [])) };
}

function seenReply({ ok, html, sentence }: Posted): SeenReply {
  if (html === '' && !ok) throw new Error(`refused: ${sentence}`);
  const fields = [...html.matchAll(/ name="field\.([^"]*)"/g)].map(([, name = '']) => name);
  const complaints = [...html.matchAll(/data-complaint="field\.([^"]*)">([^<]*)</g)].map(([, name = '', text = '']) => [
    name,
    textIn(text),
  ]);
  const form = html.includes('<form') ? { fields, complaints: Object.fromEntries(complaints) } : null;
  return { text: textIn(html), isPrivate: html.includes('Only you see this'), form };
}
