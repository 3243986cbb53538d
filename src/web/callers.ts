import type { FastifyRequest } from 'fastify';
import { sameSecret } from '../kit/hashing.ts';

const BEARER = /^Bearer +(\S{1,1024}) *$/i;
const BASIC = /^Basic +([A-Za-z0-9+/]{1,2048}={0,2}) *$/i;

/** Whether the caller shows `token`, as `Authorization: Bearer` or as the password of `Basic`; takes the same time right or wrong. */
export function presentsToken(request: FastifyRequest, token: string): boolean {
  const header = request.headers.authorization ?? '';
  const basic = Buffer.from(BASIC.exec(header)?.[1] ?? '', 'base64').toString('utf8');
  const password = basic.includes(':') ? basic.slice(basic.indexOf(':') + 1) : '';
  return [BEARER.exec(header)?.[1] ?? '', password].map((shown) => sameSecret(shown, token)).includes(true);
}

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;
/** Written by proxies: then the connection's address is the proxy's and says nothing about the caller. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/**
 * Whether a program on this machine calls: over loopback, through no proxy, and not from a page in somebody's browser, which always
 * says its `Origin` when it posts.
 */
export function isLocalProgram(request: FastifyRequest): boolean {
  const { headers, raw } = request;
  if (headers.origin !== undefined || FORWARDED.some((name) => headers[name] !== undefined)) return false;
  return LOOPBACK.test(raw.socket.remoteAddress ?? '');
}
