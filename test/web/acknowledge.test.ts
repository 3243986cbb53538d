import { describe, expect, it, onTestFinished } from 'vitest';
import { deriveKey, signToken } from '../../src/kit/signing.ts';
import { loadTemplates } from '../../src/kit/templates.ts';
import { acknowledgeRoutes } from '../../src/web/acknowledge.ts';
import { createLinks, type Links } from '../../src/web/links.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Harness, harness } from '../support/harness.ts';
import { seededRandomness } from '../support/seeded-randomness.ts';
import { type Served, serve } from './serve.ts';

const KEY = deriveKey('a secret of thirty-two characters', 'links');
const templates = loadTemplates('templates/pages');

interface World {
  readonly bot: Harness;
  readonly links: Links;
  readonly served: Served;
  /** The link in the newest page of a person. */
  link(person: string): string;
  asks(method: string, url: string, init?: RequestInit): Promise<{ status: number; text: string; headers: Headers }>;
}

/** A bot whose pages carry links that work: incident 1, sev1, `bo` is being rung. */
async function paged(words = 'sev1 Checkout is down'): Promise<World> {
  const bot = await harness({
    parts: { links: { acknowledge: (...of) => links.acknowledge(...of), incident: (number) => links.incident(number) } },
  });
  onTestFinished(async () => {
    bot.forget();
    await bot.close();
  });
  const links = createLinks({ key: KEY, publicUrl: () => served.url, clock: bot.clock });
  const plugin = acknowledgeRoutes({
    links,
    page: (name) => bot.bot.readings.page(name),
    incident: (number) => bot.bot.readings.incident(number),
    submit: (submission) => bot.bot.submit(submission),
    catalog: () => exampleCatalog,
    clock: bot.clock,
    randomness: seededRandomness(3),
    templates,
  });
  const served = await serve([plugin], { clock: bot.clock });
  await bot.types('dee', words);
  return {
    bot,
    links,
    served,
    link: (person) => bot.expectsPage(person, /inc-1/).acknowledgeUrl,
    async asks(method, url, init = {}) {
      const response = await fetch(url, { method, redirect: 'manual', ...init });
      const text = await response.text();
      await bot.settle();
      return { status: response.status, text, headers: response.headers };
    },
  };
}

/** What the page says, without its markup. */
function words(html: string): string {
  return html
    .replace(/<style.*?<\/style>/s, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

describe('looking at the page behind a link', () => {
  it('says what is going on and who else was woken, and offers one button', async () => {
    const { bot, link, asks } = await paged();
    const url = link('bo');
    await bot.fastForward('6m');
    const { status, text } = await asks('GET', url);
    expect(status).toBe(200);
    expect(words(text)).toMatch(
      /SEV1 · inc-1 Checkout is down Began 6m ago \(04:00 GMT\+1\) Bo Berg paged 6m ago, level 2 Also paged nobody else/,
    );
    expect(text.match(/<form/g)).toHaveLength(1);
    expect(text).toMatch(/<form method="post">\s*<button type="submit">I have it<\/button>/);
    expect(words(text)).toContain('in 4m the next level is woken');
    await bot.fastForward('4m');
    expect(words((await asks('GET', url)).text)).toMatch(/Also paged Ana Lima, Cy Okafor|Also paged Cy Okafor, Ana Lima/);
  });

  it('changes nothing, however often and by whatever is not POST', async () => {
    const { bot, link, asks } = await paged();
    const url = link('bo');
    const before = await bot.bot.store.head();
    const storm = Array.from({ length: 200 }, (_, index) =>
      asks(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'][index % 5] ?? 'GET', `${url}${index % 3 === 0 ? '?utm=scan' : ''}`),
    );
    const statuses = new Set((await Promise.all(storm)).map(({ status }) => status));
    expect([...statuses].sort()).toEqual([200, 405]);
    expect(await bot.bot.store.head()).toEqual(before);
    expect((await bot.bot.readings.page('1-1'))?.status).toBe('active');
  });

  it('leaves no trace: nobody keeps a copy, nothing is loaded, no address is passed on or logged', async () => {
    const { link, asks, served } = await paged();
    const url = link('bo');
    const { headers, text } = await asks('GET', url);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-robots-tag')).toContain('noindex');
    expect(headers.get('set-cookie')).toBeNull();
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/default-src 'none'; style-src 'nonce-[0-9a-f]{32}'; form-action 'self'/);
    expect(text).toContain(`<style nonce="${/nonce-([0-9a-f]+)/.exec(policy)?.[1]}">`);
    expect(text).not.toMatch(/<script|<img|<link|src=|@import|url\(/);
    await asks('POST', url);
    expect(JSON.stringify(served.log)).not.toContain(url.slice(url.indexOf('/ack/') + 5));
  });

  it('shows what people wrote as they wrote it', async () => {
    const { link, asks } = await paged('sev1 Checkout <script>alert(1)</script> & "down"');
    const { text } = await asks('GET', link('bo'));
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;down&quot;');
  });
});

describe('pressing the button', () => {
  it('acknowledges as the person the link was for, stops the ringing and says what is next', async () => {
    const { bot, link, asks } = await paged();
    const { status, text } = await asks('POST', link('bo'));
    expect(status).toBe(200);
    expect(words(text)).toMatch(/It is yours Bo Berg, the ringing has stopped/);
    expect(text).toMatch(/href="http:\/\/127\.0\.0\.1:\d+\/incidents\/1"/);
    bot.expectsMessage(/inc-1/, /Bo Berg acknowledged page 1-1/);
    expect(await bot.bot.readings.page('1-1')).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'bo' });
    bot.forget();
    await bot.fastForward('14m');
    bot.expectsNothingElse();
  });

  it.each<[string, RequestInit]>([
    ['as a browser does', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '' }],
    ['as a script does', {}],
    ['with a body nobody asked for', { headers: { 'content-type': 'application/json' }, body: '{"page":"2-1","person":"ana"' }],
    ['with bytes', { headers: { 'content-type': 'image/png' }, body: new Uint8Array([137, 80, 78, 71]) }],
  ])('works %s', async (_how, init) => {
    const { bot, link, asks } = await paged();
    expect((await asks('POST', link('bo'), init)).status).toBe(200);
    expect((await bot.bot.readings.page('1-1'))?.acknowledgedBy).toBe('bo');
  });

  it('twice changes nothing more, and says that they have it', async () => {
    const { bot, link, asks } = await paged();
    const url = link('bo');
    const both = await Promise.all([asks('POST', url), asks('POST', url)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(both.map(({ text }) => words(text)).join()).toMatch(/It is yours|You have it/);
    const acknowledged = (await bot.eventTypes()).filter((type) => type === 'page.acknowledged');
    expect(acknowledged).toHaveLength(1);
  });

  it('after somebody else says who has it and since when', async () => {
    const { bot, link, asks } = await paged();
    const url = link('bo');
    await bot.types('ana', 'ack', { incident: 1 });
    await bot.fastForward('3m');
    const [seen, pressed] = [await asks('GET', url), await asks('POST', url)];
    expect([seen.status, pressed.status]).toEqual([200, 409]);
    for (const { text } of [seen, pressed])
      expect(words(text)).toMatch(/Ana Lima has it Ana Lima acknowledged this page 3m ago, at 04:00 GMT\+1/);
    expect(seen.text).not.toContain('<form');
  });

  it('when it is over says so', async () => {
    const { bot, link, asks } = await paged();
    const url = link('bo');
    await bot.types('ana', 'resolve', { incident: 1 });
    const before = await bot.bot.store.head();
    const [seen, pressed] = [await asks('GET', url), await asks('POST', url)];
    expect([seen.status, pressed.status]).toEqual([200, 409]);
    for (const { text } of [seen, pressed]) expect(words(text)).toMatch(/This page is over The incident is resolved/);
    expect(await bot.bot.store.head()).toEqual(before);
  });

  it('still takes a page everybody has slept through', async () => {
    const { bot, link, asks } = await paged();
    const url = link('bo');
    await bot.fastForward('2h');
    expect((await bot.bot.readings.page('1-1'))?.status).toBe('exhausted');
    expect(words((await asks('GET', url)).text)).toContain('nobody else will be woken by itself');
    expect((await asks('POST', url)).status).toBe(200);
  });

  it('tells somebody who may not, and records that', async () => {
    const { bot, links, asks } = await paged();
    const { status, text } = await asks('POST', links.acknowledge('1-1', 'dee', '1-1-x'));
    expect([status, words(text)]).toEqual([403, expect.stringContaining('Not acknowledged')]);
    expect((await bot.eventTypes()).at(-1)).toBe('access.denied');
    expect((await asks('POST', links.acknowledge('1-1', 'nobody', '1-1-x'))).status).toBe(403);
    expect((await bot.bot.readings.page('1-1'))?.status).toBe('active');
  });
});

describe('a link that is not good', () => {
  it('is expired after a day, and says what to do', async () => {
    const { bot, link, asks } = await paged();
    const url = link('bo');
    await bot.fastForward('23h59m');
    expect((await asks('GET', url)).status).toBe(200);
    await bot.fastForward('1m');
    for (const method of ['GET', 'POST']) {
      const { status, text } = await asks(method, url);
      expect([status, words(text)]).toEqual([410, expect.stringMatching(/too old .*\/inc ack/)]);
    }
  });

  it('is forged when a single character differs, is missing or is one too many', async () => {
    const { bot, link, asks } = await paged();
    const url = link('bo');
    const from = url.indexOf('/ack/') + 5;
    const before = await bot.bot.store.head();
    const changed = Array.from({ length: url.length - from }, (_, index) => {
      const at = from + index;
      return url.slice(0, at) + (url[at] === 'A' ? 'B' : 'A') + url.slice(at + 1);
    });
    const bad = [...changed, url.slice(0, -1), `${url}A`, `${url.slice(0, from)}x`, `${url}.${'A'.repeat(1_500)}`];
    for (const one of bad) {
      const { status, text } = await asks('POST', one);
      expect([one, status]).toEqual([one, 403]);
      expect(words(text)).toContain('This link does not work');
    }
    expect(await bot.bot.store.head()).toEqual(before);
  });

  it('is forged when it was signed for another purpose or by another installation', async () => {
    const { bot, links, asks } = await paged();
    const claims = { page: '1-1', person: 'bo', notification: 'x' };
    const base = links.acknowledge('1-1', 'bo', 'x').replace(/\/ack\/.*/, '/ack/');
    for (const key of [
      deriveKey('a secret of thirty-two characters', 'sessions'),
      deriveKey('another secret of 32 characters!!', 'links'),
    ]) {
      expect((await asks('POST', base + signToken(key, claims, bot.clock.now() + 60_000))).status).toBe(403);
    }
  });

  it('names a page there is not', async () => {
    const { links, asks } = await paged();
    for (const page of ['9-9', 'nonsense', '']) {
      const { status, text } = await asks('POST', links.acknowledge(page, 'bo', 'x'));
      expect([page, status, words(text)]).toEqual([page, 404, expect.stringContaining('There is no such page')]);
    }
  });
});
