import type { FastifyPluginAsync } from 'fastify';
import { describe, expect, it } from 'vitest';
import { SERVER_LIMITS } from '../../src/web/server.ts';
import { build, serve, speak } from './serve.ts';

const routes: FastifyPluginAsync = async (app) => {
  app.get('/things/:name', async () => ({ ok: true }));
  app.post('/things', async (request) => ({ got: request.body }));
  app.get('/broken', async () => {
    throw new Error('the database password is teapot-teapot');
  });
};

async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer> | ReadableStream,
  type: string | null = 'application/json',
): Promise<Response> {
  const headers = type === null ? {} : { 'content-type': type };
  return fetch(url, { method: 'POST', body, headers, ...(body instanceof ReadableStream ? { duplex: 'half' } : {}) } as RequestInit);
}

async function errorOf(response: Response): Promise<unknown> {
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  return ((await response.json()) as { error: unknown }).error;
}

describe('the server', () => {
  it('answers on a free port and says where', async () => {
    const { url } = await serve([routes]);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(`${url}/things/one`)).json()).toEqual({ ok: true });
  });

  it('names an address of this machine when it listens on all', async () => {
    const { url } = await serve([routes], { host: '0.0.0.0' });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const six = await serve([routes], { host: '::1' });
    expect(six.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${six.url}/things/one`)).status).toBe(200);
  });

  it('rejects when the port is taken', async () => {
    const { port } = await serve([routes]);
    await expect(build([routes]).server.listen('127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('tells a wrong address from a wrong method, and says what would do', async () => {
    const { url } = await serve([routes]);
    const nowhere = await fetch(`${url}/nowhere?x=1`);
    expect([nowhere.status, await errorOf(nowhere)]).toEqual([404, { code: 'not_found', message: expect.any(String) }]);
    const wrong = await fetch(`${url}/things/one`, { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await errorOf(wrong)).toMatchObject({ code: 'method_not_allowed', message: expect.stringContaining('DELETE') });
    expect((await fetch(`${url}/things`)).headers.get('allow')).toBe('POST');
    expect((await fetch(`${url}/things/`, { method: 'POST' })).status).toBe(404);
  });

  it('says where a body stops being JSON', async () => {
    const { url } = await serve([routes]);
    const bad = await post(`${url}/things`, '{\n  "a": 1,\n}');
    expect([bad.status, await errorOf(bad)]).toEqual([
      400,
      { code: 'malformed', message: 'The body is no JSON: see line 3, column 1 (position 12).' },
    ]);
    expect((await post(`${url}/things`, '')).status).toBe(400);
    const poisoned = await post(`${url}/things`, '{"__proto__": {"admin": true}, "constructor": {"prototype": {"admin": true}}, "a": 1}');
    expect(await poisoned.json()).toEqual({ got: { a: 1 } });
    expect((await post(`${url}/things`, '{"a": 1}', 'application/json; charset=utf-8')).status).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml', 'nonsense', null])(
    'does not read a body of type %s',
    async (type) => {
      const { url } = await serve([routes]);
      const response = await post(`${url}/things`, new TextEncoder().encode('{"a":1}'), type);
      expect([response.status, await errorOf(response)]).toEqual([415, expect.objectContaining({ code: 'unsupported_media_type' })]);
    },
  );

  it('refuses a body that is too large, announced or not, and goes on', async () => {
    const { url } = await serve([routes]);
    const fits = JSON.stringify('x'.repeat(SERVER_LIMITS.bodyBytesMax - 2));
    expect((await post(`${url}/things`, fits)).status).toBe(200);
    const large = await post(`${url}/things`, `${fits} `);
    expect([large.status, await errorOf(large)]).toEqual([413, { code: 'too_large', message: expect.stringContaining('262144') }]);
    const stream = new Blob([fits, fits, fits]).stream();
    // The server answers and hangs up while we are still talking; either may reach us first.
    const unannounced = await post(`${url}/things`, stream).then(
      ({ status }) => status,
      () => 'hung up',
    );
    expect([413, 'hung up']).toContain(unannounced);
    expect((await fetch(`${url}/things/one`)).status).toBe(200);
  });

  it('never tells what went wrong inside, only an id that is in the log', async () => {
    const { url, log } = await serve([routes]);
    const response = await fetch(`${url}/broken`);
    const { code, message } = (await errorOf(response)) as { code: string; message: string };
    const id = response.headers.get('x-request-id') ?? '';
    expect([response.status, code]).toEqual([500, 'internal']);
    expect(message).toContain(id);
    expect(message).not.toMatch(/password|teapot|\.ts|at /);
    const line = log.find(({ reqId, level }) => reqId === id && level === 'error');
    expect(JSON.stringify(line)).toContain('the database password is');
  });

  it('sends headers that keep browsers from doing harm, with errors too', async () => {
    const { url } = await serve([routes]);
    for (const path of ['/things/one', '/nowhere', '/broken']) {
      const { headers } = await fetch(`${url}${path}`);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('logs which route was asked, never the address, which may hold a token', async () => {
    const { url, log } = await serve([routes]);
    await fetch(`${url}/things/very-private?token=very-private`);
    await fetch(`${url}/very-private`);
    expect(log.filter(({ msg }) => msg === 'answered')).toMatchObject([
      { method: 'GET', route: '/things/:name', status: 200 },
      { method: 'GET', route: null, status: 404 },
    ]);
    expect(JSON.stringify(log)).not.toContain('very-private');
  });

  it('answers what is no HTTP, and headers that are too long', async () => {
    const { port } = await serve([routes]);
    expect(await speak(port, 'EHLO mail.example.org\r\n\r\n').heard).toMatch(/^HTTP\/1\.1 400 .*"code":"malformed"/s);
    const long = `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(64 * 1024)}\r\n\r\n`;
    expect(await speak(port, long).heard).toMatch(/^HTTP\/1\.1 431 .*"code":"too_large"/s);
    expect(await speak(port, 'GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n').heard).toMatch(
      /^HTTP\/1\.1 400 .*"code":"malformed"/s,
    );
  });
});
