import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createConsolePlatform } from '../../../src/chat/console/platform.ts';
import { systemClock } from '../../../src/kit/clock.ts';
import { systemRandomness } from '../../../src/kit/randomness.ts';
import { VIEWERS_MAX } from '../../../src/web/console/live.ts';
import { consoleRoutes } from '../../../src/web/console/routes.ts';
import { exampleCatalog } from '../../support/catalog.ts';
import { type OpenBot, openBot } from '../../support/open-bot.ts';
import { askForEvents, type Watching, watching } from '../../support/watching.ts';
import { serve } from '../serve.ts';

let closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

interface World {
  readonly bot: OpenBot;
  readonly chat: ReturnType<typeof createConsolePlatform>;
  watch(query: string): Promise<Watching>;
  status(query: string): Promise<number>;
}

async function openWorld(): Promise<World> {
  const bot = await openBot();
  closing.push(() => bot.close());
  const chat = createConsolePlatform({
    database: bot.opened.database.$pickTables<'console_messages'>(),
    clock: systemClock,
    roomUrl: (incident) => `http://127.0.0.1/incidents/${incident}`,
  });
  let url = '';
  const routes = consoleRoutes({
    chat,
    readings: bot.bot.readings,
    ledger: bot.opened.store,
    onCommit: bot.bot.onCommit,
    catalog: () => exampleCatalog,
    commands: bot.bot.commands.all,
    clock: systemClock,
    randomness: systemRandomness,
    secret: 'a secret of this test, long enough',
    signIn: 'open',
    queues: null,
    baseUrl: () => url,
    templates: 'templates/console',
  });
  ({ url } = await serve([routes]));
  const signIn = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url },
    body: new URLSearchParams({ person: 'ana' }),
  });
  const cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const request = async (query: string): Promise<IncomingMessage> => {
    const response = await askForEvents(url, cookie, query);
    closing.push(() => response.destroy());
    return response;
  };
  return {
    bot,
    chat,
    watch: async (query) => watching(await request(query)),
    status: async (query) => (await request(query)).statusCode ?? 0,
  };
}

describe('an open page', () => {
  it('is told what of it changed, and of nothing that does not concern it', async () => {
    const { bot, watch } = await openWorld();
    await bot.types('ana', 'sev1 Checkout is down on checkout');
    await bot.types('ana', 'sev4 Something else');
    const [overview, room, otherRoom, switches] = await Promise.all([
      watch('page=overview'),
      watch('page=room&incident=1'),
      watch('page=room&incident=2'),
      watch('page=switches'),
    ]);
    await bot.types('bo', 'note looking', 1);
    await room.hears('timeline');
    await overview.hears('incidents');
    expect(otherRoom.notices).toEqual([]);
    expect(switches.notices).toEqual([]);
    await bot.types('bo', 'switch read-only on because the primary is losing writes', 1);
    await Promise.all([
      switches.hears('switch-board'),
      overview.hears('switch-board'),
      room.hears('switches'),
      otherRoom.hears('switches'),
    ]);
  });

  it('is told of everything that happens at once in few notices', async () => {
    const { bot, watch } = await openWorld();
    await bot.types('ana', 'sev1 Checkout is down on checkout');
    const room = await watch('page=room&incident=1');
    await Promise.all(['one', 'two', 'three', 'four', 'five', 'six'].map((text) => bot.types('bo', `note ${text}`, 1)));
    await room.hears('timeline');
    expect(room.notices.length).toBeLessThan(6);
  });

  it('is told of words in its room, and of direct messages to its reader only', async () => {
    const { bot, chat, watch } = await openWorld();
    await bot.types('ana', 'sev1 Checkout is down on checkout');
    const [room, mine] = await Promise.all([watch('page=room&incident=1'), watch('page=me')]);
    await chat.post({ key: '1', incident: 1, person: 'bo', text: 'hello' });
    await room.hears('messages');
    const direct = { kind: 'direct', document: { blocks: [] } } as const;
    const attempt = { number: 1, signal: new AbortController().signal };
    await chat.deliver({ ...direct, person: 'bo' }, { ...attempt, key: '1-0' });
    await chat.deliver({ ...direct, person: 'ana' }, { ...attempt, key: '2-0' });
    await mine.hears('inbox');
    expect(mine.notices.filter((notice) => notice.includes('inbox'))).toHaveLength(1);
  });

  it('is refused when too many are open, and welcome again when some are gone', async () => {
    const { watch, status } = await openWorld();
    const pages = await Promise.all(Array.from({ length: VIEWERS_MAX }, () => watch('page=overview')));
    expect(await status('page=overview')).toBe(503);
    pages[0]?.close();
    await expect.poll(() => status('page=overview'), { timeout: 5_000 }).toBe(200);
  });

  it('hears nothing as a page that does not exist', async () => {
    const { bot, watch } = await openWorld();
    const [nowhere, overview] = await Promise.all([watch('page=__proto__'), watch('page=overview')]);
    await bot.types('ana', 'sev1 Checkout is down on checkout');
    await overview.hears('incidents');
    expect(nowhere.notices).toEqual([]);
  });
});
