import { lookup as systemLookup } from 'node:dns/promises';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { notPublic } from './addresses.ts';

// Not imported: a module that imports node:http makes Node load its whole fetch as well, 13 MB that nobody here uses.
const { request: plainRequest } = process.getBuiltinModule('node:http');

/** Long enough for a slow far end, short enough that a page can still try another way. */
export const TIMEOUT_MS = 10_000;
/** Answers are verdicts, not downloads. */
export const RESPONSE_BYTES_MAX = 1_048_576;

/** Set by this client alone: a caller that could set them could end the message early or name another host. */
const OWN_HEADERS = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect', 'te', 'trailer']);

/** Why the world failed; the words are those of logs and metrics. */
export type FaultReason = 'auth' | 'rate_limited' | 'client' | 'server' | 'timeout' | 'unreachable' | 'unknown';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** http or https, without user name and password. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The far end spoke, whatever it said. Header names are lower case; `truncated` says that the text was cut at the limit. */
export interface HttpResponse {
  readonly ok: true;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly truncated: boolean;
}
/**
 * No answer. `sent` is false only when the request cannot have reached the far end; when true, nobody knows what it did.
 * `detail` names the origin, never path, query or credentials: webhook addresses are secrets.
 */
export interface HttpFault {
  readonly ok: false;
  readonly reason: FaultReason;
  readonly detail: string;
  readonly sent: boolean;
}
export type HttpAnswer = HttpResponse | HttpFault;

export interface HttpClient {
  /** Never throws and never hangs: an answer or a fault within the timeout. */
  request(request: HttpRequest): Promise<HttpAnswer>;
}

/** All IP addresses of a host name; rejects when there are none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

export interface HttpClientOptions {
  /** Hosts (`localhost`, `[::1]`) or hosts with port (`10.0.0.5:9090`) that may be reached although they are not public. */
  readonly allow: readonly string[];
  readonly timeoutMs?: number;
  readonly responseBytesMax?: number;
  readonly lookup?: Lookup;
}

interface Settings {
  readonly allowed: ReadonlySet<string>;
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  readonly lookup: Lookup;
}

const lookupAll: Lookup = async (hostname) => (await systemLookup(hostname, { all: true })).map((row) => row.address);

/**
 * The only way out over HTTP. Refuses what is not the public internet unless allow-listed (SSRF): the name is resolved once, every
 * address is checked, and the connection goes to a checked address, so that a name cannot change its mind (rebinding). Follows no
 * redirects, uses no proxy and keeps no connection.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const settings: Settings = {
    allowed: new Set(options.allow.map(spellHost)),
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    responseBytesMax: options.responseBytesMax ?? RESPONSE_BYTES_MAX,
    lookup: options.lookup ?? lookupAll,
  };
  return { request: (request) => send(request, settings) };
}

/** An allow-list entry in the spelling the URL standard gives its host: `[0:0::1]:80` becomes `[::1]:80`. */
function spellHost(entry: string): string {
  const bracketed = isIP(entry) === 6 ? `[${entry}]` : entry;
  const [, host = '', port = ''] = /^(.*?)(:\d{1,5})?$/.exec(bracketed) ?? [];
  return URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`).hostname + port : entry;
}

async function send(request: HttpRequest, settings: Settings): Promise<HttpAnswer> {
  const url = URL.canParse(request.url) ? new URL(request.url) : null;
  const complaint = url === null ? 'not a URL' : complaintAbout(url, request);
  if (url === null || complaint !== null) return { ok: false, reason: 'client', detail: complaint ?? 'not a URL', sent: false };
  const clock = new AbortController();
  const timeoutMs = request.timeoutMs ?? settings.timeoutMs;
  const timer = setTimeout(() => clock.abort(), timeoutMs);
  const signal = request.signal === undefined ? clock.signal : AbortSignal.any([clock.signal, request.signal]);
  try {
    const found = await addressesOf(url, settings, signal);
    if ('ok' in found) return found;
    const answer = await exchange({ request, url, addresses: found, signal, bytesMax: settings.responseBytesMax });
    if (answer.ok || !clock.signal.aborted) return answer;
    return { ...answer, detail: `${url.origin}: no answer within ${timeoutMs} ms` };
  } finally {
    clearTimeout(timer);
  }
}

function complaintAbout(url: URL, request: HttpRequest): string | null {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `${url.protocol}: only http and https are spoken`;
  if (url.username !== '' || url.password !== '') return `${url.origin}: a URL must not carry a user name or password`;
  const own = Object.keys(request.headers ?? {}).find((name) => OWN_HEADERS.has(name.toLowerCase()));
  return own === undefined ? null : `${url.origin}: the header ${own} must not be set`;
}

async function addressesOf(url: URL, settings: Settings, signal: AbortSignal): Promise<readonly string[] | HttpFault> {
  const fault = (reason: FaultReason, detail: string): HttpFault => ({
    ok: false,
    reason,
    detail: `${url.origin}: ${detail}`,
    sent: false,
  });
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? { 'http:': '80', 'https:': '443' }[url.protocol] : url.port;
  const free = settings.allowed.has(url.hostname) || settings.allowed.has(`${url.hostname}:${port}`);
  let addresses: readonly string[];
  try {
    addresses = isIP(host) === 0 ? await abortable(settings.lookup(host), signal) : [host];
  } catch (error) {
    // A name that does not resolve is denied, never tried as it is: the resolver of the connection might answer otherwise.
    return signal.aborted
      ? fault('timeout', 'the name was not resolved in time')
      : fault('unreachable', `name not resolved (${codeOf(error)})`);
  }
  if (addresses.length === 0) return fault('unreachable', 'name has no address');
  const why = free ? undefined : addresses.map((address) => notPublic(address)).find((reason) => reason !== null);
  return why === undefined ? addresses : fault('client', `address is ${why}; allow the host explicitly if it is meant`);
}

/** A look-up in libuv cannot be cancelled, but nobody has to wait for it. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const give = (): void => aborted.reject(signal.reason);
  if (signal.aborted) give();
  signal.addEventListener('abort', give, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', give);
  }
}

interface Exchange {
  readonly request: HttpRequest;
  readonly url: URL;
  readonly addresses: readonly string[];
  readonly signal: AbortSignal;
  readonly bytesMax: number;
}

function exchange({ request, url, addresses, signal, bytesMax }: Exchange): Promise<HttpAnswer> {
  const { promise, resolve } = Promise.withResolvers<HttpAnswer>();
  const secure = url.protocol === 'https:';
  let sent = false;
  const fail = (error: unknown): void => resolve(faultOf(error, url, sent, signal.aborted));
  let outgoing: ClientRequest;
  try {
    outgoing = (secure ? secureRequest : plainRequest)(url, {
      method: request.method,
      headers: { 'accept-encoding': 'identity', ...request.headers, ...bodyLength(request.body) },
      agent: false,
      signal,
      lookup: answering(addresses),
    } satisfies RequestOptions);
  } catch (error) {
    // Node refuses header names and values that could split the message by throwing here.
    fail(error);
    return promise;
  }
  outgoing.once('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', () => (sent = true)));
  outgoing.once('response', (response) => collect(response, bytesMax, resolve, fail));
  outgoing.on('error', fail);
  outgoing.end(request.body);
  return promise;
}

function bodyLength(body: string | Uint8Array | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

/** Answers the connection's look-up from what was checked, so that nothing is resolved twice. */
function answering(addresses: readonly string[]): LookupFunction {
  const rows = addresses.map((address) => ({ address, family: isIP(address.replace(/%.*$/, '')) }));
  return (_hostname, options, done) => {
    const [first] = rows;
    if (options.all === true || first === undefined) done(null, rows);
    else done(null, first.address, first.family);
  };
}

function collect(response: IncomingMessage, bytesMax: number, resolve: (answer: HttpAnswer) => void, fail: (error: unknown) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const finish = (): void => {
    const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')]));
    const text = Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8');
    resolve({ ok: true, status: response.statusCode ?? 0, headers, text, truncated: bytes > bytesMax });
  };
  response.on('error', fail);
  response.on('end', finish);
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes <= bytesMax) return;
    finish();
    response.destroy();
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'failed';
}

function faultOf(error: unknown, url: URL, sent: boolean, aborted: boolean): HttpFault {
  const code = codeOf(error);
  const fault = (reason: FaultReason, detail: string): HttpFault => ({ ok: false, reason, detail: `${url.origin}: ${detail}`, sent });
  if (aborted) return fault('timeout', 'cut off before an answer');
  if (code.startsWith('HPE_')) return fault('server', `the answer is not HTTP (${code})`);
  if (code.startsWith('ERR_INVALID') || code.startsWith('ERR_HTTP') || code.startsWith('ERR_UNESCAPED')) {
    return fault('client', `the request cannot be made (${code})`);
  }
  return fault('unreachable', sent ? `connection lost (${code})` : `no connection (${code})`);
}
