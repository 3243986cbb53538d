import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyReply, LogController } from 'fastify';
import type { Clock } from '../kit/clock.ts';
import { MINUTE_MS } from '../kit/duration.ts';
import type { Log } from '../kit/log.ts';
import type { Randomness } from '../kit/randomness.ts';
import { answerFault, politeNotFound } from './complaints.ts';
import { readJsonBodies } from './json-body.ts';

/** What a stranger may cost us. Milliseconds, bytes and counts. */
export interface ServerLimits {
  /** The largest webhook: an Alertmanager group of a few hundred alerts. */
  readonly bodyBytesMax: number;
  /** Long enough for any phone, short enough that slow clients do not gather (measured: with these, 300 of them are gone after 9 s). */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly checkEveryMs: number;
  /** Half of the 1,024 files a process may open by default. */
  readonly connectionsMax: number;
  /** A connection between two requests. */
  readonly keepAliveMs: number;
  /** A connection on which nothing moves; event streams send a heartbeat more often. */
  readonly silenceMs: number;
  /** What is being answered when the server closes may take this long; SIGTERM leaves ten seconds for everything. */
  readonly closeMs: number;
}
export const SERVER_LIMITS: ServerLimits = {
  bodyBytesMax: 256 * 1024,
  headersMs: 5_000,
  requestMs: 8_000,
  checkEveryMs: 1_000,
  connectionsMax: 512,
  keepAliveMs: 10_000,
  silenceMs: 2 * MINUTE_MS,
  closeMs: 3_000,
};
/** Signed links carry their claims in the path. */
const PARAMETER_CHARS_MAX = 2_048;
const REQUEST_ID_BYTES = 8;

export interface ServerParts {
  /** Routes, each in a scope of its own: hooks, parsers and error handlers of one do not reach the others. */
  readonly plugins: readonly FastifyPluginAsync[];
  readonly log: Log;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Addresses of proxies whose X-Forwarded-For is believed; false believes nobody. */
  readonly trustProxy: boolean | readonly string[];
  readonly limits?: Partial<ServerLimits>;
}
export interface WebServer {
  /** Port 0 takes a free one. Rejects with Node's error (`EADDRINUSE`, `EACCES`) when it cannot. */
  listen(host: string, port: number): Promise<{ readonly url: string }>;
  /** Accepts nothing more, ends event streams at once, lets answers under way finish for a moment, then hangs up. */
  close(): Promise<void>;
}

/** The one HTTP server: limits, headers, errors and the log of requests are the same for everything it serves. */
export function createServer(parts: ServerParts): WebServer {
  const limits = { ...SERVER_LIMITS, ...parts.limits };
  const app = createApp(parts, limits);
  guardConnections(app.server, limits, parts);
  secureAnswers(app);
  logRequests(app, parts.clock);
  endStreamsOnClose(app);
  politeNotFound(app);
  readJsonBodies(app);
  app.setErrorHandler(answerFault);
  for (const plugin of parts.plugins) app.register(plugin);
  return {
    async listen(host, port) {
      await app.listen({ host, port, listenTextResolver: () => 'the server listens' });
      const { address, port: bound } = app.server.address() as AddressInfo;
      return { url: `http://${spell(host, address)}:${bound}` };
    },
    async close() {
      const cancel = parts.clock.alarm(parts.clock.now() + limits.closeMs, () => app.server.closeAllConnections());
      await app.close();
      cancel();
    },
  };
}

function createApp({ log, randomness, trustProxy }: ServerParts, limits: ServerLimits): FastifyInstance {
  return Fastify({
    loggerInstance: log as FastifyInstance['log'],
    // Fastify's own lines name the address; ours name the route.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => Buffer.from(randomness.bytes(REQUEST_ID_BYTES)).toString('hex'),
    requestIdHeader: false,
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionTimeout: limits.silenceMs,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: limits.checkEveryMs },
    routerOptions: { maxParamLength: PARAMETER_CHARS_MAX },
    trustProxy: typeof trustProxy === 'boolean' ? trustProxy : [...trustProxy],
    clientErrorHandler: (error, socket) => answerNonsense(error.code, socket),
    frameworkErrors: (error, request, reply) => void answerFault(error, request, reply),
  });
}

/** What is no HTTP, too slow or too long in its headers never becomes a request, so it is answered by hand. */
function answerNonsense(code: string | undefined, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, complaint] = NONSENSE[code ?? ''] ?? ['400 Bad Request', { code: 'malformed', message: 'This is no HTTP request.' }];
  const body = JSON.stringify({ error: complaint });
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}`;
  socket.end(`${head}\r\n\r\n${body}`);
}
const NONSENSE: Readonly<Record<string, readonly [string, { readonly code: string; readonly message: string }]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', { code: 'too_slow', message: 'The request did not arrive in time.' }],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', { code: 'too_large', message: 'The headers are too long.' }],
};

function guardConnections(server: Server, limits: ServerLimits, { log, clock }: ServerParts): void {
  server.maxConnections = limits.connectionsMax;
  let saidAt = Number.NEGATIVE_INFINITY;
  let dropped = 0;
  server.on('drop', () => {
    dropped += 1;
    if (clock.monotonic() - saidAt < MINUTE_MS) return;
    log.warn({ dropped, connectionsMax: limits.connectionsMax }, 'connections are refused, there are too many');
    saidAt = clock.monotonic();
    dropped = 0;
  });
}

/** A default that fits answers for programs; pages say what else they need. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

function secureAnswers(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS).header('x-request-id', request.id);
  });
}

/** Names the route and never the address itself: links carry tokens. */
function logRequests(app: FastifyInstance, clock: Clock): void {
  const began = new WeakMap<FastifyReply, number>();
  app.addHook('onRequest', async (_request, reply) => void began.set(reply, clock.monotonic()));
  app.addHook('onResponse', async (request, reply) => {
    const tookMs = Math.round(clock.monotonic() - (began.get(reply) ?? 0));
    const { method } = request;
    request.log.debug({ method, route: request.routeOptions.url ?? null, status: reply.statusCode, tookMs }, 'answered');
  });
}

/** An answer that has begun and not ended when the server closes is a stream: it would never end by itself. */
function endStreamsOnClose(app: FastifyInstance): void {
  const answers = new Set<FastifyReply['raw']>();
  app.addHook('onRequest', async (_request, { raw }) => {
    answers.add(raw);
    raw.once('close', () => answers.delete(raw));
  });
  app.addHook('preClose', async () => {
    for (const raw of answers) if (raw.headersSent && !raw.writableEnded) raw.destroy();
  });
}

/** Where a browser on this machine finds it: all addresses include this one. */
function spell(host: string, address: string): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1';
  return host === 'localhost' || !address.includes(':') ? host : `[${address}]`;
}
