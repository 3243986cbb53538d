import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/kit/clock.ts';
import type { SwitchFlag } from '../../src/readings/switch-board.ts';
import { ofrepRoutes } from '../../src/web/ofrep.ts';

const readOnly: SwitchFlag = { key: 'read-only', kind: 'read-only', level: 0, version: 0, since: null, incident: null };
const brownout: SwitchFlag = { key: 'shed-load', kind: 'brownout', level: 2, version: 5, since: 1_772_420_400_000, incident: 7 };
const SINGLE = '/ofrep/v1/evaluate/flags/read-only';
const BULK = '/ofrep/v1/evaluate/flags';

let server: FastifyInstance | undefined;
afterEach(async () => {
  await server?.close();
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}
type Post = (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

async function serve(options: { flags?: () => Promise<readonly SwitchFlag[]>; key?: string | null; clock?: Clock } = {}): Promise<Post> {
  const { flags = async () => [readOnly, brownout], key = null, clock = systemClock } = options;
  server = Fastify();
  await server.register(ofrepRoutes({ flags, key, clock }));
  const base = await server.listen({ port: 0, host: '127.0.0.1' });
  return async (path, body = { context: {} }, headers = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      body: text,
      headers: { 'content-type': 'application/json', ...headers },
    });
    const answer = await response.text();
    return { status: response.status, body: answer === '' ? null : JSON.parse(answer), headers: response.headers };
  };
}

describe('the evaluation of one flag', () => {
  it('is a boolean for a switch that is on or off and an integer for a brownout', async () => {
    const post = await serve();
    const off = await post(SINGLE, { context: { targetingKey: 'a' } });
    expect(off).toMatchObject({ status: 200, body: { key: 'read-only', value: false, reason: 'STATIC', variant: 'off' } });
    expect(off.headers.get('content-type')).toMatch(/^application\/json/);
    const body = {
      key: 'shed-load',
      value: 2,
      reason: 'TARGETING_MATCH',
      variant: 'level-2',
      metadata: { kind: 'brownout', version: 5, since: '2026-03-02T03:00:00.000Z', incident: 7, stale: false },
    };
    expect((await post('/ofrep/v1/evaluate/flags/shed-load')).body).toEqual(body);
  });
  it('is 404 for a flag there is not', async () => {
    const post = await serve();
    expect(await post('/ofrep/v1/evaluate/flags/nope')).toMatchObject({ status: 404, body: { key: 'nope', errorCode: 'FLAG_NOT_FOUND' } });
  });
  it('changes nothing and is not answered to GET', async () => {
    await serve();
    const address = server?.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect((await fetch(`http://127.0.0.1:${port}${SINGLE}`)).status).toBe(404);
  });
});

describe('the evaluation of all flags', () => {
  it('carries a tag, and answers 304 without a body to who knows it', async () => {
    const post = await serve();
    const first = await post(BULK);
    const tag = first.headers.get('etag') ?? '';
    expect(first).toMatchObject({ status: 200, body: { flags: [{ key: 'read-only' }, { key: 'shed-load' }], metadata: { stale: false } } });
    expect(tag).toMatch(/^"[0-9a-f]{32}"$/);
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, tag.replaceAll('"', '')]) {
      const again = await post(BULK, undefined, { 'if-none-match': known });
      expect(again).toMatchObject({ status: 304, body: null });
      expect(again.headers.get('etag')).toBe(tag);
    }
    expect((await post(BULK, undefined, { 'if-none-match': '"other"' })).status).toBe(200);
  });
  it('has another tag after every flip', async () => {
    let flags = [readOnly];
    const post = await serve({ flags: async () => flags });
    const tag = (await post(BULK)).headers.get('etag') ?? '';
    flags = [{ ...readOnly, level: 1, version: 1, since: 5 }];
    const flipped = await post(BULK, undefined, { 'if-none-match': tag });
    expect(flipped).toMatchObject({ status: 200, body: { flags: [{ value: true }] } });
    flags = [{ ...readOnly, version: 2, since: 9 }];
    const tags = new Set([tag, flipped.headers.get('etag'), (await post(BULK)).headers.get('etag')]);
    expect(tags.size).toBe(3);
  });
});

describe('bad input', () => {
  it('is answered with 400, a code of the protocol and the place of the fault', async () => {
    const post = await serve();
    for (const path of [SINGLE, BULK]) {
      const named = path === SINGLE ? { key: 'read-only' } : {};
      for (const broken of ['', '{', '"', '{"context":{"__proto__":{"a":1}}}', '\u0000']) {
        expect(await post(path, broken), broken).toMatchObject({
          status: 400,
          body: { ...named, errorCode: 'PARSE_ERROR', errorDetails: expect.any(String) },
        });
      }
      for (const wrong of [
        'null',
        [],
        'true',
        {},
        { context: null },
        { context: [] },
        { context: { targetingKey: 7 } },
        { context: { targetingKey: 'x'.repeat(5_000) } },
      ]) {
        expect(await post(path, wrong), JSON.stringify(wrong)).toMatchObject({
          status: 400,
          body: { ...named, errorCode: 'INVALID_CONTEXT', errorDetails: expect.stringMatching(/^body/) },
        });
      }
    }
    expect(await post(BULK, { context: { targetingKey: 7 } })).toMatchObject({
      body: { errorDetails: expect.stringContaining('body.context.targetingKey') },
    });
    expect((await post(SINGLE)).status, 'and the next one is served').toBe(200);
  });
  it('that is too long or no JSON at all is refused before it is read', async () => {
    const post = await serve();
    expect(await post(BULK, { context: { note: 'x'.repeat(70_000) } })).toMatchObject({ status: 413, body: { errorCode: 'PARSE_ERROR' } });
    expect(await post(BULK, '<xml/>', { 'content-type': 'application/xml' })).toMatchObject({
      status: 415,
      body: { errorCode: 'PARSE_ERROR' },
    });
  });
  it('is welcome as context in any shape no switch looks at', async () => {
    const post = await serve();
    const context = { targetingKey: 'order-7', plan: 'free', nested: { deep: [1, null, 'x'] }, ключ: '🙂' };
    expect((await post(SINGLE, { context, extra: 1 })).status).toBe(200);
  });
});

describe('the key', () => {
  it('opens as bearer or as API key, and nothing else does', async () => {
    const post = await serve({ key: 'right' });
    for (const headers of [
      { authorization: 'Bearer right' },
      { authorization: 'bearer right' },
      { 'x-api-key': 'right' },
      { 'x-api-key': 'right', authorization: 'Bearer wrong' },
    ]) {
      expect((await post(SINGLE, undefined, headers)).status).toBe(200);
    }
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: 'Basic right' },
      { authorization: 'right' },
      { 'x-api-key': '' },
      { 'x-api-key': 'righ' },
      { 'x-api-key': 'right2' },
    ]) {
      for (const path of [SINGLE, BULK, '/ofrep/v1/evaluate/flags/nope']) {
        const stranger = await post(path, undefined, headers as Record<string, string>);
        expect(stranger.status).toBe(401);
        expect(stranger.headers.get('www-authenticate')).toContain('Bearer');
        expect(JSON.stringify(stranger.body)).not.toMatch(/read-only|FLAG_NOT_FOUND/);
      }
    }
  });
  it('is asked for before the body is looked at', async () => {
    const post = await serve({ key: 'right' });
    expect((await post(BULK, '{')).status).toBe(401);
  });
});

describe('when the switches cannot be read', () => {
  it('answers what was last known, marked stale, under another tag', async () => {
    let flags: () => Promise<readonly SwitchFlag[]> = async () => [{ ...readOnly, level: 1, version: 1 }];
    const post = await serve({ flags: () => flags() });
    const tag = (await post(BULK)).headers.get('etag') ?? '';
    flags = () => Promise.reject(new Error('the disk is gone'));
    const stale = { value: true, metadata: { stale: true } };
    expect(await post(SINGLE)).toMatchObject({ status: 200, body: stale });
    expect(await post(BULK, undefined, { 'if-none-match': tag })).toMatchObject({
      status: 200,
      body: { flags: [stale], metadata: { stale: true } },
    });
    flags = () => {
      throw new Error('thrown at once');
    };
    expect(await post(SINGLE)).toMatchObject({ status: 200, body: stale });
    flags = async () => [{ ...readOnly, version: 2 }];
    expect(await post(SINGLE)).toMatchObject({ body: { value: false, metadata: { stale: false } } });
  });
  it('says so when nothing was ever read', async () => {
    const post = await serve({ flags: () => Promise.reject(new Error('the disk is gone')) });
    expect(await post(SINGLE)).toMatchObject({ status: 500, body: { key: 'read-only', errorCode: 'GENERAL' } });
    expect(JSON.stringify(await post(BULK))).not.toContain('disk');
  });
  it('waits for a reading no longer than an application waits, and never goes back to an older one', async () => {
    const alarms: (() => void)[] = [];
    const clock: Clock = {
      ...systemClock,
      alarm(_at, wake) {
        alarms.push(wake);
        return () => undefined;
      },
    };
    const hanging = Promise.withResolvers<readonly SwitchFlag[]>();
    const asked = Promise.withResolvers<void>();
    let flags: () => Promise<readonly SwitchFlag[]> = async () => [readOnly];
    const post = await serve({ flags: () => flags(), clock });
    await post(SINGLE);
    flags = () => {
      asked.resolve();
      return hanging.promise;
    };
    const slow = post(SINGLE);
    await asked.promise;
    alarms.at(-1)?.();
    expect(await slow).toMatchObject({ status: 200, body: { value: false, metadata: { stale: true } } });
    flags = async () => [{ ...readOnly, level: 1, version: 2 }];
    expect(await post(SINGLE)).toMatchObject({ body: { value: true } });
    // The slow reading comes in at last, with what was true before.
    hanging.resolve([{ ...readOnly, version: 1 }]);
    await hanging.promise;
    flags = () => Promise.reject(new Error('the disk is gone'));
    expect(await post(SINGLE)).toMatchObject({ body: { value: true, metadata: { version: 2, stale: true } } });
  });
});
