import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpRequest } from '../../src/kit/http.ts';

const opened: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(() => {
  for (const { server, sockets } of opened.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  opened.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const client = createHttpClient({ allow: ['127.0.0.1'] });
async function ask(serve: RequestListener, request: Partial<HttpRequest> = {}, path = '/'): Promise<ReturnType<typeof client.request>> {
  const port = await listen(createServer(serve));
  return client.request({ method: 'GET', url: `http://127.0.0.1:${port}${path}`, ...request });
}
function readWhole(request: IncomingMessage, then: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => then(Buffer.concat(chunks)));
}

describe('a request', () => {
  it('carries method, path, headers and body, and brings back status, headers and text', async () => {
    const answer = await ask(
      (request, response) => {
        response.setHeader('X-Seen', `${request.method} ${request.url} ${request.headers['x-mine']} ${request.headers['content-length']}`);
        response.setHeader('set-cookie', ['a=1', 'b=2']);
        readWhole(request, (body) => response.writeHead(201).end(`got ${body.toString()}`));
      },
      { method: 'POST', headers: { 'X-Mine': 'yes' }, body: 'grüße' },
      '/hook?x=1',
    );
    expect(answer).toMatchObject({ ok: true, status: 201, text: 'got grüße', truncated: false });
    expect(answer.ok && answer.headers).toMatchObject({ 'x-seen': 'POST /hook?x=1 yes 7', 'set-cookie': 'a=1, b=2' });
  });

  it('sends bytes as they are', async () => {
    const body = Uint8Array.from([0, 255, 10]);
    const answer = await ask((request, response) => readWhole(request, (got) => response.end(got.toString('hex'))), {
      method: 'PUT',
      body,
    });
    expect(answer).toMatchObject({ ok: true, text: '00ff0a' });
  });

  it('does not follow a redirect', async () => {
    let visits = 0;
    const answer = await ask((_request, response) => {
      visits += 1;
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    });
    expect(answer).toMatchObject({ ok: true, status: 302 });
    expect(visits).toBe(1);
  });

  it('reads no more of an answer than its limit, and says that it was cut', async () => {
    const small = createHttpClient({ allow: ['127.0.0.1'], responseBytesMax: 10 });
    const port = await listen(createServer((_request, response) => response.end('0123456789'.repeat(100_000))));
    const url = `http://127.0.0.1:${port}/`;
    expect(await small.request({ method: 'GET', url })).toMatchObject({ ok: true, status: 200, text: '0123456789', truncated: true });
  });

  it('stops reading an answer that never ends', async () => {
    const small = createHttpClient({ allow: ['127.0.0.1'], responseBytesMax: 1_000 });
    const port = await listen(
      createServer((_request, response) => {
        const more = (): void => void (response.destroyed || response.write('x'.repeat(1_000), more));
        more();
      }),
    );
    expect(await small.request({ method: 'GET', url: `http://127.0.0.1:${port}/` })).toMatchObject({ ok: true, truncated: true });
  });

  it('refuses headers that belong to the client, and such that would split the message', async () => {
    const seen: string[] = [];
    const serve: RequestListener = (request, response) => {
      seen.push(request.url ?? '');
      response.end();
    };
    for (const headers of [{ Host: 'inner.example' }, { 'Transfer-Encoding': 'chunked' }, { 'x-a': 'b\r\nx-c: d' }, { 'x a': 'b' }]) {
      expect(await ask(serve, { headers })).toMatchObject({ ok: false, reason: 'client', sent: false });
    }
    expect(seen).toEqual([]);
  });
});

describe('a failure', () => {
  it('is not sent when nobody listens', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const answer = await client.request({ method: 'POST', url: `http://127.0.0.1:${port}/x?token=hush`, body: 'x' });
    expect(answer).toEqual({
      ok: false,
      reason: 'unreachable',
      sent: false,
      detail: `http://127.0.0.1:${port}: no connection (ECONNREFUSED)`,
    });
  });

  it('may have been sent when the far end takes it and says nothing', async () => {
    const answer = await ask(() => undefined, { timeoutMs: 50 }, '/secret-path?token=hush');
    expect(answer).toMatchObject({ ok: false, reason: 'timeout', sent: true });
    expect(JSON.stringify(answer)).not.toMatch(/secret-path|hush/);
  });

  it('may have been sent when the far end hangs up', async () => {
    expect(await ask((request) => request.socket.destroy())).toMatchObject({ ok: false, reason: 'unreachable', sent: true });
  });

  it('may have been sent when the answer breaks off', async () => {
    const answer = await ask((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => request.socket.destroy());
    });
    expect(answer).toMatchObject({ ok: false, reason: 'unreachable', sent: true });
  });

  it('may have been sent when the answer stalls', async () => {
    const answer = await ask((_request, response) => void response.writeHead(200).write('half'), { timeoutMs: 100 });
    expect(answer).toMatchObject({ ok: false, reason: 'timeout', sent: true });
  });

  it('may have been sent when the answer is not HTTP', async () => {
    const port = await listen(createSocketServer((socket) => socket.end('220 mail.example ESMTP\r\n')));
    const answer = await client.request({ method: 'GET', url: `http://127.0.0.1:${port}/` });
    expect(answer).toMatchObject({ ok: false, reason: 'server', sent: true });
  });

  it('obeys the signal before, and while waiting', async () => {
    const early = await ask((_request, response) => response.end(), { signal: AbortSignal.abort() });
    expect(early).toMatchObject({ ok: false, reason: 'timeout', sent: false });
    const controller = new AbortController();
    const late = await ask(() => controller.abort(), { signal: controller.signal });
    expect(late).toMatchObject({ ok: false, reason: 'timeout', sent: true });
  });

  it('does not wait for a resolver that hangs', async () => {
    const stuck = createHttpClient({ allow: [], lookup: () => new Promise(() => undefined), timeoutMs: 30 });
    const answer = await stuck.request({ method: 'GET', url: 'http://stuck.example/' });
    expect(answer).toMatchObject({ ok: false, reason: 'timeout', sent: false });
  });
});

describe('a secure request', () => {
  const certificate = readFileSync('test/fixtures/tls/certificate.pem', 'utf8');
  const trusted = getCACertificates('default');
  beforeAll(() => setDefaultCACertificates([...trusted, certificate]));
  afterAll(() => setDefaultCACertificates([...trusted]));
  const lookup = async (): Promise<string[]> => ['127.0.0.1'];

  async function listenSecurely(names: string[]): Promise<number> {
    const options = {
      cert: certificate,
      key: readFileSync('test/fixtures/tls/key.pem'),
      SNICallback: (name: string, done: (error: null) => void): void => {
        names.push(name);
        done(null);
      },
    };
    return listen(createSecureServer(options, (request, response) => response.end(request.headers.host)));
  }

  it('keeps the name for certificate and SNI although it connects to a checked address', async () => {
    const names: string[] = [];
    const port = await listenSecurely(names);
    const secure = createHttpClient({ allow: ['secure.test'], lookup });
    const answer = await secure.request({ method: 'GET', url: `https://secure.test:${port}/` });
    expect(answer).toMatchObject({ ok: true, status: 200, text: `secure.test:${port}` });
    expect(names).toEqual(['secure.test']);
  });

  it('sends nothing to a far end with the wrong certificate', async () => {
    const port = await listenSecurely([]);
    const secure = createHttpClient({ allow: ['other.test'], lookup });
    const answer = await secure.request({ method: 'POST', url: `https://other.test:${port}/`, body: 'secret' });
    expect(answer).toMatchObject({ ok: false, reason: 'unreachable', sent: false });
    expect(answer.ok ? '' : answer.detail).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('sends nothing to a far end that does not speak TLS', async () => {
    const port = await listen(createSocketServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    const secure = createHttpClient({ allow: ['plain.test'], lookup });
    const answer = await secure.request({ method: 'POST', url: `https://plain.test:${port}/`, body: 'secret' });
    expect(answer).toMatchObject({ ok: false, reason: 'unreachable', sent: false });
  });
});
