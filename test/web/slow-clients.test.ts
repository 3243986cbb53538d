import { Agent, get, type IncomingMessage } from 'node:http';
import type { FastifyPluginAsync } from 'fastify';
import { describe, expect, it } from 'vitest';
import { fakeClock } from '../support/fake-clock.ts';
import { serve, speak } from './serve.ts';

/** The same rules with less patience, so that a test need not wait as long as an attacker. */
const IMPATIENT = { headersMs: 300, requestMs: 400, checkEveryMs: 50 };
const SLOW_CLIENTS = 150;
const FLOOD = 400;

/** A route that answers, one that takes bodies, one that streams, and one that answers when it is told to. */
function routes() {
  const { promise: told, resolve: tell } = Promise.withResolvers<void>();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const plugin: FastifyPluginAsync = async (app) => {
    app.get('/quick', async () => ({ ok: true }));
    app.post('/bodies', async () => ({ ok: true }));
    app.get('/stream', (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
      reply.raw.write('data: hello\n\n');
    });
    app.get('/waits', async () => {
      ask();
      await told;
      return { ok: true };
    });
  };
  return { plugin, tell, asked };
}

/** A response once its headers are there; its body may never end. */
async function begin(url: string, agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => get(url, { agent }, resolve).on('error', reject));
}

describe('slow clients', () => {
  it('are hung up on, in their headers and in their bodies, and keep nobody else from being served', async () => {
    const { url, port } = await serve([routes().plugin], { limits: IMPATIENT });
    const unfinished = [
      'GET /quick HTTP/1.1\r\nHost: x\r\nX-Slow: ',
      'POST /bodies HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a',
      'POST /bodies HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n',
      '',
    ];
    const slow = Array.from({ length: SLOW_CLIENTS }, (_, index) => speak(port, unfinished[index % unfinished.length] ?? ''));
    const meanwhile = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(`${url}/quick`)).status));
    expect(new Set(meanwhile)).toEqual(new Set([200]));
    const heard = await Promise.all(slow.map((client) => client.heard));
    expect(heard.filter((text) => text !== '' && !/^HTTP\/1\.1 (?:408|400)/.test(text))).toEqual([]);
    expect(heard.filter((text) => text.startsWith('HTTP/1.1 408')).length).toBeGreaterThan(0);
    expect((await fetch(`${url}/quick`)).status).toBe(200);
  });

  it('cannot hold more connections than are allowed, and the flood is in the log once', async () => {
    const { url, port, log } = await serve([routes().plugin], { limits: { ...IMPATIENT, connectionsMax: 20 } });
    const flood = Array.from({ length: FLOOD }, () => speak(port, 'GET /quick HTTP/1.1\r\nHost: x\r\nX-Slow: '));
    await Promise.all(flood.map((client) => client.heard));
    expect((await fetch(`${url}/quick`)).status).toBe(200);
    expect(log.filter(({ msg }) => msg === 'connections are refused, there are too many')).toMatchObject([{ connectionsMax: 20 }]);
  });

  it('may send hundreds of requests at once over one connection', async () => {
    const { port } = await serve([routes().plugin]);
    const many = 'GET /quick HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(FLOOD);
    const heard = await speak(port, `${many}GET /quick HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`).heard;
    expect(heard.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(FLOOD + 1);
  });
});

describe('closing', () => {
  it('ends event streams and idle connections at once', async () => {
    // On this clock the time after which everybody is hung up on never comes.
    const { url, server } = await serve([routes().plugin], { clock: fakeClock(0) });
    const agent = new Agent({ keepAlive: true });
    const stream = await begin(`${url}/stream`, agent);
    const ended = new Promise((resolve) => stream.on('close', resolve));
    stream.on('error', () => undefined).resume();
    await fetch(`${url}/quick`, { headers: { connection: 'keep-alive' } });
    await server.close();
    await ended;
    await expect(fetch(`${url}/quick`)).rejects.toThrow('fetch failed');
    agent.destroy();
  });

  it('lets an answer under way finish', async () => {
    const { plugin, tell, asked } = routes();
    const { url, server } = await serve([plugin]);
    const answer = fetch(`${url}/waits`);
    await asked;
    const closed = server.close();
    tell();
    expect(await (await answer).json()).toEqual({ ok: true });
    await closed;
  });

  it('hangs up on what is not answered in time', async () => {
    const clock = fakeClock(0);
    const { plugin, asked } = routes();
    const { url, server } = await serve([plugin], { clock, limits: { closeMs: 3_000 } });
    const answer = fetch(`${url}/waits`).then(
      () => 'answered',
      () => 'hung up',
    );
    await asked;
    const closed = server.close();
    await clock.advance(3_000, async () => undefined);
    await closed;
    expect(await answer).toBe('hung up');
  });
});
