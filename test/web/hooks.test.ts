import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Catalog } from '../../src/domain/catalog.ts';
import type { Submit } from '../../src/engine/ports.ts';
import { sources } from '../../src/sources/index.ts';
import { hookRoutes } from '../../src/web/hooks.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Harness, harness, NIGHT } from '../support/harness.ts';
import { bareBot, breakableStore } from './bot.ts';
import { serve } from './serve.ts';

const TOKEN = 'a-token-of-24-characters';
const catalog: Catalog = {
  ...exampleCatalog,
  routes: [
    ...exampleCatalog.routes.map((route) => ({ ...route, onResolve: 'resolve' as const })),
    { ...(exampleCatalog.routes[0] as Catalog['routes'][number]), id: 'noise', match: { severity: 'info' }, action: 'ignore' as const },
  ],
};

interface AlertOptions {
  readonly name?: string;
  readonly status?: 'firing' | 'resolved';
  readonly labels?: Readonly<Record<string, string>>;
}
function alert({ name = 'CheckoutDown', status = 'firing', labels = {} }: AlertOptions = {}) {
  return {
    status,
    labels: { alertname: name, service: 'checkout', severity: 'critical', page: 'true', ...labels },
    annotations: { summary: 'Checkout answers with 502' },
    startsAt: new Date(NIGHT - 60_000).toISOString(),
    endsAt: status === 'resolved' ? new Date(NIGHT).toISOString() : '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example.org/graph',
    fingerprint: `f-${name}`,
  };
}
const payload = (...alerts: readonly object[]) => ({ version: '4', status: 'firing', receiver: 'allclear', groupKey: '{}', alerts });

type Post = (
  body: unknown,
  headers?: Readonly<Record<string, string>>,
  source?: string,
) => Promise<{ status: number; body: Readonly<Record<string, unknown>>; headers: Headers }>;

async function poster(submit: Submit, token: string | null, settle: () => Promise<void>): Promise<Post> {
  const { url } = await serve([hookRoutes({ sources, tokens: { alertmanager: token }, catalog: () => catalog, submit })]);
  return async (body, headers = { authorization: `Bearer ${TOKEN}` }, source = 'alertmanager') => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const all = { 'content-type': 'application/json', ...headers };
    const response = await fetch(`${url}/hooks/${source}`, { method: 'POST', body: text, headers: all });
    await settle();
    return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>>, headers: response.headers };
  };
}

/** What rings and is said is expected where a test is about it. */
async function opened(token: string | null = TOKEN): Promise<{ bot: Harness; post: Post }> {
  const bot = await harness({ catalog });
  onTestFinished(async () => {
    bot.forget();
    await bot.close();
  });
  return { bot, post: await poster((submission) => bot.bot.submit(submission), token, bot.settle) };
}

describe('an alert', () => {
  it('opens one incident, pages, and resolves it; repeats change nothing', async () => {
    const { bot, post } = await opened();
    expect((await post(payload(alert()))).body).toMatchObject({
      source: 'alertmanager',
      alerts: [{ fingerprint: 'f-CheckoutDown', result: 'opened', route: 'paging-alerts' }],
    });
    bot.expectsPage('bo', /\[SEV1\] inc-1 Checkout answers with 502/);
    const before = (await bot.bot.store.head()).position;
    for (let repeat = 0; repeat < 3; repeat += 1) {
      expect((await post(payload(alert()))).body).toMatchObject({ alerts: [{ result: 'unchanged', incident: null }] });
    }
    expect((await bot.bot.store.head()).position).toBe(before);
    expect((await post(payload(alert({ status: 'resolved' })))).body).toMatchObject({ alerts: [{ result: 'resolved', incident: 1 }] });
    expect((await bot.bot.readings.incident(1))?.incident.status).toBe('resolved');
    expect(await bot.bot.readings.incidents({ open: false, limit: 10 })).toHaveLength(1);
  });

  it('may come many at once: those of a group share an incident, others have their own, and some are nobody’s', async () => {
    const { bot, post } = await opened();
    const group = Array.from({ length: 20 }, (_, index) => ({ ...alert({ labels: { instance: `i${index}` } }), fingerprint: `f${index}` }));
    const { body } = await post(
      payload(
        ...group,
        alert({ name: 'DiskFull' }),
        alert({ name: 'Chatter', labels: { page: 'no', severity: 'info' } }),
        alert({ name: 'Unrouted', labels: { page: 'no' } }),
      ),
    );
    const results = (body['alerts'] as { result: string; route: string | null }[]).map(({ result, route }) => `${result} ${route}`);
    expect(results.filter((result) => result === 'opened paging-alerts')).toHaveLength(2);
    expect(results.filter((result) => result === 'joined paging-alerts')).toHaveLength(19);
    expect(results.slice(-2)).toEqual(['ignored noise', 'ignored null']);
    expect(await bot.bot.readings.incidents({ open: true, limit: 10 })).toHaveLength(2);
  });

  it('joins its incident once that is there', async () => {
    const { post } = await opened();
    await post(payload(alert()));
    const second = { ...alert(), fingerprint: 'another' };
    expect((await post(payload(alert(), second))).body).toMatchObject({
      alerts: [{ result: 'unchanged' }, { result: 'joined', incident: 1 }],
    });
  });

  it('that still fires half an hour after its incident was closed by hand opens another', async () => {
    const { bot, post } = await opened();
    await post(payload(alert()));
    await bot.types('bo', 'resolve it went away');
    expect((await post(payload(alert()))).body).toMatchObject({ alerts: [{ result: 'unchanged' }] });
    await bot.fastForward('31m');
    expect((await post(payload(alert()))).body).toMatchObject({ alerts: [{ result: 'opened' }] });
    expect(await bot.bot.readings.incidents({ open: true, limit: 10 })).toMatchObject([{ number: 2 }]);
  });

  it('is taken as newer and stranger senders send it', async () => {
    const { post } = await opened();
    const strange = { ...payload({ ...alert(), notification_reason: 'new', more: { a: [1] } }), routeLabels: {}, ['__unknown']: null };
    expect((await post(strange)).body).toMatchObject({ alerts: [{ result: 'opened' }] });
    for (const sample of ['firing-grouped', 'firing-partly-resolved', 'firing-truncated', 'resolved', 'prometheus-firing']) {
      const recorded = readFileSync(`test/fixtures/alertmanager/${sample}.json`, 'utf8');
      expect((await post(recorded)).status).toBe(200);
    }
  });
});

describe('a bad delivery', () => {
  it.each<[string, unknown, string | undefined]>([
    ['no object', [1, 2], undefined],
    ['another version', { ...payload(), version: '3' }, 'version'],
    ['alerts that are no list', { ...payload(), alerts: 'many' }, 'alerts'],
    ['an alert without a beginning', payload(alert(), { ...alert(), startsAt: undefined }), 'alerts[1].startsAt'],
    ['a label that is no text', payload({ ...alert(), labels: { alertname: 7 } }), 'alerts[0].labels.alertname'],
    ['a status nobody knows', payload({ ...alert(), status: 'maybe' }), 'alerts[0].status'],
  ])('with %s is told where the fault is, and changes nothing', async (_what, body, path) => {
    const { bot, post } = await opened();
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'malformed', message: expect.any(String) } } });
    expect((answer.body['error'] as { path?: string }).path).toBe(path);
    expect((await bot.bot.store.head()).position).toBe(0);
  });

  it('is refused when it is no JSON, too large or of another type', async () => {
    const { bot, post } = await opened();
    expect((await post('{"version": "4", ')).status).toBe(400);
    expect((await post(payload(...Array(1_000).fill(alert())))).status).toBe(413);
    expect((await post(payload(alert()), { authorization: `Bearer ${TOKEN}`, 'content-type': 'text/plain' })).status).toBe(415);
    expect((await bot.bot.store.head()).position).toBe(0);
  });

  it('to an unknown source is told which there are', async () => {
    const { post } = await opened();
    for (const source of ['nagios', '__proto__', 'constructor']) {
      expect(await post(payload(alert()), {}, source)).toMatchObject({
        status: 404,
        body: { error: { code: 'unknown_source', message: expect.stringContaining('alertmanager') } },
      });
    }
  });

  it('cannot fool the ledger with what its words say', async () => {
    const { bot, post } = await opened();
    const nasty = alert({ labels: { ['__proto__']: 'x', constructor: 'y', note: '[[Approve|switch read-only on]] <@ana> <!channel>' } });
    const title = '# Heading [[Resolve|resolve|danger]] <@bo>\n::: fields';
    expect((await post(payload({ ...nasty, annotations: { summary: title } }))).status).toBe(200);
    const notice = bot.expectsPage('bo', /Heading/);
    const drawn = JSON.stringify(notice.document.blocks.filter(({ kind }) => kind === 'buttons'));
    expect(drawn).not.toContain('danger');
  });
});

describe('the sender', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['Bearer', { authorization: `Bearer ${TOKEN}` }],
    ['bearer in small letters', { authorization: `bearer ${TOKEN}` }],
    ['the password of Basic', { authorization: `Basic ${Buffer.from(`alertmanager:${TOKEN}`).toString('base64')}` }],
  ])('is known by the token as %s', async (_how, headers) => {
    const { post } = await opened();
    expect((await post(payload(alert()), headers)).status).toBe(200);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['none', {}],
    ['an empty one', { authorization: 'Bearer ' }],
    ['a wrong one', { authorization: 'Bearer a-token-of-24-characterz' }],
    ['the beginning of it', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['more than it', { authorization: `Bearer ${TOKEN}x` }],
    ['it as the user of Basic', { authorization: `Basic ${Buffer.from(`${TOKEN}:`).toString('base64')}` }],
    ['it in another scheme', { authorization: `Token ${TOKEN}` }],
    ['a very long one', { authorization: `Bearer ${'x'.repeat(8_000)}` }],
  ])('is refused with %s, before anything is read', async (_what, headers) => {
    const { bot, post } = await opened();
    const refused = await post('{"this is": no JSON', headers);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Bearer')]);
    expect(JSON.stringify(refused.body)).not.toContain(TOKEN);
    expect((await bot.bot.store.head()).position).toBe(0);
  });

  it('needs no token on this machine when none is configured, but no proxy and no browser speaks for it', async () => {
    const { post } = await opened(null);
    expect((await post(payload(alert()), {})).status).toBe(200);
    for (const headers of [{ 'x-forwarded-for': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }, { origin: 'https://evil.example' }]) {
      expect(await post(payload(alert()), headers)).toMatchObject({
        status: 401,
        body: { error: { message: expect.stringContaining('token') } },
      });
    }
  });
});

describe('a store that fails', () => {
  it('makes the sender try again, and nothing is lost or doubled when it does', async () => {
    const disk = await breakableStore();
    const { life, bugs } = await bareBot({ store: disk.store, catalog });
    const { bot } = life;
    const post = await poster(bot.submit, TOKEN, life.settle);
    disk.isBroken = true;
    const failed = await post(payload(alert(), alert({ name: 'DiskFull' })));
    expect(failed).toMatchObject({ status: 503, body: { error: { code: 'not_kept', message: expect.stringContaining('2 of 2') } } });
    expect(failed.headers.get('retry-after')).toBe('10');
    disk.isBroken = false;
    expect((await post(payload(alert(), alert({ name: 'DiskFull' })))).body).toMatchObject({
      alerts: [{ result: 'opened' }, { result: 'opened' }],
    });
    expect(await bot.readings.incidents({ open: true, limit: 10 })).toHaveLength(2);
    expect(bugs).toMatchObject([{ message: 'disk full' }, { message: 'disk full' }]);
    await bot.stop(1_000);
  });
});
