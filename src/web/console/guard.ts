import type { FastifyReply, FastifyRequest } from 'fastify';

/** What people may not do, said politely; `null` when all is well. */
export interface Objection {
  readonly status: number;
  readonly title: string;
  readonly sentence: string;
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Everything comes from our own two folders; nothing may frame us, and forms go nowhere else. */
const CONTENT_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export function setSecurityHeaders(reply: FastifyReply): void {
  reply.headers({
    'content-security-policy': CONTENT_POLICY,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  });
}

/**
 * Whether a request may be answered at all. The host must be ours, or a page elsewhere whose name was pointed at this
 * machine (DNS rebinding) could read and act; and what changes something must come from our own pages.
 */
export function objectionTo(request: FastifyRequest, baseUrl: string): Objection | null {
  const host = request.headers.host ?? '';
  if (!isOurHost(host, new URL(baseUrl))) {
    return { status: 421, title: 'Another address', sentence: `Allclear does not answer under this name. Open ${baseUrl} instead.` };
  }
  if (SAFE_METHODS.has(request.method) || comesFromUs(request, host)) return null;
  return { status: 403, title: 'Not from here', sentence: 'This was sent by another page. Open the console and do it there.' };
}

function isOurHost(host: string, base: URL): boolean {
  if (host === base.host) return true;
  if (!LOOPBACK_NAMES.has(base.hostname)) return false;
  const portAt = host.lastIndexOf(':');
  const [name, port] = /:\d+$/.test(host) ? [host.slice(0, portAt), host.slice(portAt + 1)] : [host, ''];
  return LOOPBACK_NAMES.has(name) && port === base.port;
}

/** Browsers say where a request comes from in at least one of these headers; a page cannot forge either. */
function comesFromUs(request: FastifyRequest, host: string): boolean {
  const site = request.headers['sec-fetch-site'];
  const origin = request.headers.origin;
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin === undefined) return site !== undefined;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Whether a name is only this machine's. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_NAMES.has(host.replace(/:\d+$/, ''));
}

/** Whether the far end of the connection is this machine. */
export function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/.test(address);
}
