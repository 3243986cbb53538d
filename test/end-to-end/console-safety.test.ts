import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/kit/clock.ts';
import { systemRandomness } from '../../src/kit/randomness.ts';
import { signInUrl } from '../../src/web/console/session.ts';
import { type ConsoleClient, hiddenIn, signedIn } from '../contract/console-client.ts';
import { type BotUnderTest, startBotUnderTest } from './stage.ts';

const PAGES = ['/', '/switches', '/oncall', '/me'];
const NONCE = '0123456789abcdef'.repeat(2);

let bot: BotUnderTest;
let ana: ConsoleClient;
beforeAll(async () => {
  bot = await startBotUnderTest();
  ana = await signedIn(bot.url, 'ana');
});
afterAll(() => bot.stop());

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** A request as no browser lets a page send it: with any Host and Origin. */
function raw(path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<RawAnswer> {
  const method = body === undefined ? 'GET' : 'POST';
  const type =
    body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${bot.url}${path}`, { method, headers: { ...type, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
async function cookieOf(person: string): Promise<string> {
  const answer = await raw('/sign-in', { origin: bot.url }, `person=${person}`);
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}
async function openIncidents(): Promise<number> {
  return [...(await ana.page('/')).matchAll(/class="incident rank/g)].length;
}

describe('the console', () => {
  it('answers under its own name only, so that no page can rebind a name to this machine', async () => {
    const { port } = new URL(bot.url);
    for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, '127.0.0.1:1']) {
      const cookie = await cookieOf('ana');
      expect(await raw('/', { host, cookie }), host).toMatchObject({ status: 421 });
      expect(await raw('/sign-in', { host, origin: `http://${host}` }, 'person=ana'), host).toMatchObject({ status: 421 });
    }
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      expect(await raw('/sign-in', { host }), host).toMatchObject({ status: 200 });
    }
  });

  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }],
    [{ 'sec-fetch-site': 'none' }],
    [{}],
  ])('takes no change from elsewhere: %o', async (headers) => {
    const cookie = await cookieOf('ana');
    const page = await raw('/', { cookie });
    const form = new URLSearchParams({ csrf: hiddenIn(page.body, 'csrf'), nonce: NONCE, words: 'declare sev1 Forged' });
    for (const path of ['/act', '/say', '/form', '/pin', '/sign-out', '/sign-in']) {
      const answer = await raw(path, { cookie, ...headers }, form.toString());
      expect([path, answer.status, answer.headers['set-cookie']]).toEqual([path, 403, undefined]);
    }
    expect(await openIncidents()).toBe(0);
  });

  it('takes no change without the token of the very session', async () => {
    const bo = await signedIn(bot.url, 'bo');
    const foreign = hiddenIn(await bo.page('/'), 'csrf');
    for (const csrf of [foreign, '', 'x'.repeat(64)]) {
      expect(await ana.post('/act', { csrf, words: 'declare sev1 Forged' })).toMatchObject({ status: 403 });
    }
    expect(await openIncidents()).toBe(0);
  });

  it('leads whoever is not signed in to the door, and answers programs with 401', async () => {
    for (const path of [...PAGES, '/incidents/1']) {
      expect(await raw(path, {})).toMatchObject({ status: 303, headers: { location: `/sign-in?next=${encodeURIComponent(path)}` } });
    }
    for (const path of ['/?pieces=incidents', '/events?page=overview', '/vocabulary'])
      expect(await raw(path, {})).toMatchObject({ status: 401 });
    expect(await raw('/act', { origin: bot.url }, `nonce=${NONCE}&words=list`)).toMatchObject({ status: 401 });
    for (const cookie of ['forged', 'v1.x.y', '']) {
      const { port } = new URL(bot.url);
      expect(await raw('/', { cookie: `allclear-${port}=${cookie}` })).toMatchObject({ status: 303 });
    }
  });

  it('asks again in its own name when a link elsewhere came without the strict cookie', async () => {
    const answer = await raw('/incidents/7', { 'sec-fetch-site': 'cross-site' });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('content="0; url=/incidents/7"');
  });

  it('binds a session with a cookie no script reads and no other site sends', async () => {
    const answer = await raw('/sign-in', { origin: bot.url }, 'person=ana&next=//evil.example/x');
    expect(answer).toMatchObject({ status: 303, headers: { location: '/' } });
    expect(String(answer.headers['set-cookie'])).toMatch(/^allclear-\d+=v1\.[\w.-]+; Path=\/; Max-Age=57600; HttpOnly; SameSite=Strict$/);
    expect(await raw('/sign-in', { origin: bot.url }, 'person=__proto__')).toMatchObject({ status: 400 });
    expect(await raw('/sign-in', { origin: bot.url }, 'person=nobody')).toMatchObject({ status: 400 });
  });

  it('forgets a session that was signed out, whoever has a copy of its cookie', async () => {
    const cookie = await cookieOf('cy');
    const page = await raw('/', { cookie });
    const form = new URLSearchParams({ csrf: hiddenIn(page.body, 'csrf'), nonce: NONCE });
    expect(await raw('/sign-out', { cookie, origin: bot.url }, form.toString())).toMatchObject({ status: 303 });
    expect(await raw('/', { cookie })).toMatchObject({ status: 303 });
  });

  it('opens a session by a signed link once; looking at it uses nothing up', async () => {
    const ports = { secret: bot.secret, clock: systemClock, randomness: systemRandomness, baseUrl: () => bot.url };
    const link = new URL(signInUrl(ports, 'bo'));
    const path = `${link.pathname}${link.search}`;
    for (let look = 0; look < 3; look += 1) {
      const looked = await raw(path, {});
      expect([looked.status, looked.body.includes('Sign in as Bo Berg'), looked.headers['set-cookie']]).toEqual([200, true, undefined]);
    }
    const token = link.searchParams.get('token') ?? '';
    const use = () => raw('/sign-in', { origin: bot.url }, new URLSearchParams({ token }).toString());
    const both = await Promise.all([use(), use()]);
    expect(both.map(({ status }) => status).sort()).toEqual([303, 403]);
    expect(await use()).toMatchObject({ status: 403, body: expect.stringContaining('used before') });
    expect(await raw(path, {})).toMatchObject({ status: 403 });
    const changed = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    expect(await raw('/sign-in', { origin: bot.url }, new URLSearchParams({ token: changed }).toString())).toMatchObject({ status: 403 });
    const old = signInUrl({ ...ports, clock: { ...systemClock, now: () => Date.now() - 3_600_000 } }, 'bo');
    expect(await raw(old.slice(bot.url.length), {})).toMatchObject({ status: 403, body: expect.stringContaining('too old') });
  });

  it('changes nothing by looking, whatever is in the address', async () => {
    const before = await ana.page('/');
    for (const path of ['/act?words=declare+x', '/say?words=x', '/form?command=declare', '/pin?pin=x', '/sign-out']) {
      expect(await raw(path, { cookie: await cookieOf('ana') })).toMatchObject({ status: 405 });
    }
    for (const path of [...PAGES, '/incidents/1', '/?pieces=incidents,nonsense,__proto__', '/me?reply=x', '/incidents/1?all=yes'])
      await ana.page(path);
    expect(pieceOf(await ana.page('/'), 'incidents')).toBe(pieceOf(before, 'incidents'));
  });

  it('lets no page run foreign scripts or be framed', async () => {
    for (const path of ['/sign-in', '/assets/console.js', '/nowhere-at-all', '/events']) {
      const policy = String((await raw(path, {})).headers['content-security-policy']);
      expect(policy, path).toContain("frame-ancestors 'none'");
      expect(policy, path).toMatch(/default-src '(?:self|none)'/);
      expect(policy, path).not.toMatch(/unsafe|\*|data:/);
    }
    expect(await raw('/assets/..%2f..%2fpackage.json', {})).toMatchObject({ status: 404 });
    expect(await raw('/assets/page.html.hbs', {})).toMatchObject({ status: 404 });
  });

  it('answers malformed input politely and goes on', async () => {
    const cookie = await cookieOf('ana');
    const csrf = hiddenIn((await raw('/', { cookie })).body, 'csrf');
    const post = (path: string, body: string) => raw(path, { cookie, origin: bot.url }, body);
    expect(await post('/act', `csrf=${csrf}&nonce=short&words=list`)).toMatchObject({ status: 400 });
    expect(await post('/act', `csrf=${csrf}&nonce=${NONCE}&words=${'x'.repeat(70_000)}`)).toMatchObject({ status: 413 });
    expect(await post('/say', `csrf=${csrf}&nonce=${NONCE}&words=hello`)).toMatchObject({ status: 400 });
    expect(await post('/pin', `csrf=${csrf}&nonce=${NONCE}&pin=x&incident=1`)).toMatchObject({ status: 404 });
    expect(await raw('/act', { cookie, origin: bot.url, 'content-type': 'application/json' }, '{}')).toMatchObject({ status: 415 });
    for (const path of ['/incidents/0', '/incidents/999999999', '/incidents/x', '/incidents/1e9', '/incidents/%00']) {
      expect(await raw(path, { cookie }), path).toMatchObject({ status: 404 });
    }
    const body = '%E0%A4%A&=&&&csrf&nonce=%';
    expect((await post('/act', body)).status).toBe(403);
    expect(await raw('/', { cookie })).toMatchObject({ status: 200 });
  });

  it('takes a double click as one, and a second form as another', async () => {
    const declare = { words: 'declare sev4 Twice clicked', follow: 'yes' };
    const [first, again] = await Promise.all([ana.post('/act', declare, { nonce: NONCE }), ana.post('/act', declare, { nonce: NONCE })]);
    expect(first).toMatchObject({ status: 200, ok: true, go: expect.stringMatching(/^\/incidents\/1\?/) });
    expect(again.go?.split('?')[0]).toBe(first.go?.split('?')[0]);
    expect(await openIncidents()).toBe(1);
    await ana.post('/act', declare);
    expect(await openIncidents()).toBe(2);
  });

  it('shows an answer to the one who asked and to nobody else', async () => {
    const plain = { accept: 'text/html' };
    const cookie = await cookieOf('ana');
    const csrf = hiddenIn((await raw('/', { cookie })).body, 'csrf');
    const asked = await raw('/act', { cookie, origin: bot.url, ...plain }, `csrf=${csrf}&nonce=${NONCE}&words=help&back=/switches`);
    const where = String(asked.headers['location']);
    expect(where).toMatch(/^\/switches\?reply=[0-9a-f]{32}$/);
    expect((await raw(where, { cookie })).body).toContain('Only you see this');
    expect((await raw(where, { cookie: await cookieOf('bo') })).body).not.toContain('Only you see this');
  });
});

/** One piece of a page as it was drawn. */
function pieceOf(html: string, name: string): string {
  return html.slice(html.indexOf(`data-piece="${name}"`)).split('data-piece=')[1] ?? '';
}
