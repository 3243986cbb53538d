import { describe, expect, it, onTestFinished } from 'vitest';
import { apiRoutes } from '../../src/web/api.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Harness, harness } from '../support/harness.ts';
import { seededRandomness } from '../support/seeded-randomness.ts';
import { serve } from './serve.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';

interface World {
  readonly bot: Harness;
  says(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  reads(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}
interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function api(): Promise<World> {
  const bot = await harness();
  onTestFinished(async () => {
    bot.forget();
    await bot.close();
  });
  const plugin = apiRoutes({
    token: TOKEN,
    hear: (heard) => bot.bot.hear(heard),
    readings: bot.bot.readings,
    entries: (range) => bot.bot.store.entries(range),
    catalog: () => exampleCatalog,
    clock: bot.clock,
    randomness: seededRandomness(5),
    commandPrefix: 'allclear say',
  });
  const { url } = await serve([plugin]);
  const authorized = { authorization: `Bearer ${TOKEN}` };
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${url}/api/v1${path}`, init);
    await bot.settle();
    return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
  };
  return {
    bot,
    says: (body, headers = authorized) =>
      ask('/commands', { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }),
    reads: (path, headers = authorized) => ask(path, { headers }),
  };
}

describe('a command', () => {
  it('is heard as from any chat, and answered as a document and as text', async () => {
    const { bot, says } = await api();
    const { status, body } = await says({ words: 'declare sev1 Checkout is down', as: 'bo' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true, incident: 1, document: { blocks: expect.any(Array) } });
    expect(body['text']).toMatch(/Declared at sev1: Checkout is down/);
    bot.expectsPage('bo', /Checkout is down/);
    expect((await says({ words: 'status', as: 'bo', incident: 1 })).body['text']).toMatch(/inc-1 .*Checkout is down/);
  });

  it('under the same key is answered the same and done once, for the same person', async () => {
    const { says, reads } = await api();
    const asked = { words: 'declare sev2 Search is slow', as: 'bo', key: 'deploy-7' };
    const first = await says(asked);
    expect(await says(asked)).toEqual(first);
    expect((await says({ ...asked, as: 'ana' })).body).toMatchObject({ ok: true, incident: 2 });
    await says({ words: asked.words, as: 'bo' });
    await says({ words: asked.words, as: 'bo' });
    expect((await reads('/incidents?open=true')).body['incidents']).toHaveLength(4);
  });

  it('that is refused says so, with the sentence', async () => {
    const { says } = await api();
    await says({ words: 'declare sev2 Search is slow', as: 'bo' });
    expect(await says({ words: 'resolve', as: 'dee' })).toMatchObject({
      status: 200,
      body: { ok: false, text: expect.stringContaining('responder') },
    });
    expect(await says({ words: 'resolve', as: 'stranger' })).toMatchObject({
      status: 200,
      body: { ok: false, text: expect.stringContaining('stranger') },
    });
    expect(await says({ words: 'frobnicate', as: 'bo' })).toMatchObject({ status: 200, body: { ok: false } });
    expect((await says({ words: 'resolve', as: '__proto__' })).body).toMatchObject({ ok: false });
  });

  it.each<[string, unknown, string | undefined]>([
    ['no words', { as: 'bo' }, 'words'],
    ['empty words', { words: '  ', as: 'bo' }, 'words'],
    ['nobody asking', { words: 'list' }, 'as'],
    ['an incident that is no number', { words: 'list', as: 'bo', incident: '1' }, 'incident'],
    ['a misspelt key', { words: 'list', as: 'bo', incidnet: 1 }, undefined],
    ['endless words', { words: 'a'.repeat(2_001), as: 'bo' }, 'words'],
  ])('with %s is told where the fault is', async (_what, body, path) => {
    const { says } = await api();
    const answer = await says(body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'malformed' } } });
    expect((answer.body['error'] as { path?: string }).path).toBe(path);
  });
});

describe('reading', () => {
  it('lists incidents, shows one, and tells its timeline', async () => {
    const { says, reads } = await api();
    await says({ words: 'declare sev1 Checkout is down', as: 'bo' });
    await says({ words: 'declare sev2 Search is slow', as: 'bo' });
    await says({ words: 'resolve', as: 'bo', incident: 1 });
    expect((await reads('/incidents')).body['incidents']).toMatchObject([{ number: 2 }, { number: 1 }]);
    expect((await reads('/incidents?limit=1')).body['incidents']).toMatchObject([{ number: 2 }]);
    expect((await reads('/incidents?open=true')).body['incidents']).toMatchObject([{ number: 2 }]);
    expect((await reads('/incidents/1')).body).toMatchObject({ incident: { number: 1, status: 'resolved' }, pages: [{ page: '1-1' }] });
    const { incident, timeline } = (await reads('/incidents/1/timeline')).body as { incident: number; timeline: { type: string }[] };
    expect([incident, timeline[0]?.type, timeline.at(-1)?.type]).toEqual([1, 'incident.declared', expect.any(String)]);
  });

  it('pages through the ledger as it is kept', async () => {
    const { bot, says, reads } = await api();
    await says({ words: 'declare sev1 Checkout is down', as: 'bo' });
    const all: unknown[] = [];
    let after: number | null = 0;
    while (after !== null) {
      const { body } = await reads(`/ledger?after=${after}&limit=2`);
      all.push(...(body['entries'] as unknown[]));
      after = body['next'] as number | null;
    }
    expect(all).toEqual(await bot.bot.store.entries({ after: 0, limit: 1_000 }));
  });

  it.each(['/incidents/9', '/incidents/0', '/incidents/x', '/incidents/1e1', '/incidents/99999999999999999999', '/incidents/9/timeline'])(
    'finds nothing at %s',
    async (path) => {
      const { reads } = await api();
      expect(await reads(path)).toMatchObject({ status: 404, body: { error: { code: 'no_such_incident' } } });
    },
  );

  it.each([
    ['/incidents?limit=0', 'limit'],
    ['/incidents?limit=201', 'limit'],
    ['/incidents?open=maybe', 'open'],
    ['/incidents?limit=1&limit=2', 'limit'],
    ['/ledger?after=-1', 'after'],
    ['/ledger?after=1.5', 'after'],
    ['/ledger?limit=100000', 'limit'],
  ])('%s is told what is wrong', async (path, field) => {
    const { reads } = await api();
    expect(await reads(path)).toMatchObject({ status: 400, body: { error: { code: 'malformed', path: field } } });
  });
});

describe('the token', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['none', {}],
    ['a wrong one', { authorization: `Bearer ${TOKEN.replace('0', '1')}` }],
    ['one in the wrong place', { 'x-api-key': TOKEN }],
  ])('must be shown for everything: %s opens nothing', async (_what, headers) => {
    const { bot, says, reads } = await api();
    expect(await says({ words: 'declare sev1 Checkout is down', as: 'bo' }, headers)).toMatchObject({
      status: 401,
      body: { error: { code: 'unauthorized' } },
    });
    for (const path of ['/incidents', '/incidents/1', '/incidents/1/timeline', '/ledger']) {
      expect((await reads(path, headers)).status).toBe(401);
    }
    expect((await bot.bot.store.head()).position).toBe(0);
  });
});
