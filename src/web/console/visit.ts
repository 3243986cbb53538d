import type { FastifyReply, FastifyRequest } from 'fastify';
import { sha256Hex } from '../../kit/hashing.ts';
import { type Randomness, token } from '../../kit/randomness.ts';
import type { Templates } from '../../kit/templates.ts';
import type { FormBody } from './form-body.ts';
import type { Tokens } from './form-model.ts';
import type { Objection } from './guard.ts';
import type { ConsoleOptions } from './options.ts';
import type { Session, Sessions } from './session.ts';
import { type Viewer, viewerOf } from './viewer.ts';

/** One request of a signed-in person. */
export interface Visit {
  readonly session: Session;
  readonly viewer: Viewer;
}
export interface VisitPorts extends Pick<ConsoleOptions, 'catalog' | 'clock' | 'randomness' | 'baseUrl'> {
  readonly sessions: Sessions;
  readonly templates: Templates;
}

/** Who asks, or null: nobody, or somebody the catalog does not know any more. */
export async function visitOf(request: FastifyRequest, { sessions, catalog, clock }: VisitPorts): Promise<Visit | null> {
  const session = await sessions.of(request);
  const person = session === null ? undefined : catalog().people[session.person];
  return session === null || person === undefined ? null : { session, viewer: viewerOf(person, catalog(), clock.now()) };
}

/** Fresh tokens for the forms of one drawing of a page. */
export function tokensFor(ports: VisitPorts, { session }: Visit, incident: number | null, back: string): Tokens {
  return {
    csrf: ports.sessions.csrf(session),
    nonce: freshNonce(ports.randomness),
    incident: incident === null ? '' : String(incident),
    back,
  };
}
export function freshNonce(randomness: Randomness): string {
  return token(randomness);
}

/** A POST of one of our own forms. */
export interface Post extends Visit {
  readonly body: FormBody;
  /** The same for a repeat of the same form of the same drawing: a double click is one delivery. */
  readonly key: string;
  readonly incident: number | null;
  readonly back: string;
  readonly wantsJson: boolean;
}

const NONCE = /^[0-9a-f]{32}$/;
const INCIDENT = /^[1-9]\d{0,8}$/;

/** Reads a POST; the objection says why it is none of ours. */
export async function postOf(request: FastifyRequest, ports: VisitPorts): Promise<Post | Objection> {
  const visit = await visitOf(request, ports);
  if (visit === null) return { status: 401, title: 'Signed out', sentence: 'You are signed out. Sign in and do it again.' };
  const body = (request.body ?? {}) as FormBody;
  const presented = body['csrf'] ?? headerOf(request, 'x-csrf-token');
  if (!ports.sessions.isFromSession(visit.session, presented)) {
    return { status: 403, title: 'An old page', sentence: 'This page belongs to another session. Load it again and do it there.' };
  }
  const nonce = body['nonce'] ?? '';
  if (!NONCE.test(nonce))
    return { status: 400, title: 'Not understood', sentence: 'The form came without its number. Load the page again.' };
  const { csrf: _csrf, back = '/', ...said } = body;
  const told = Object.entries(said).map(([name, value]) => [name, value]);
  const key = `console ${sha256Hex(JSON.stringify([visit.session.id, request.url, told]))}`;
  const incident = INCIDENT.test(body['incident'] ?? '') ? Number(body['incident']) : null;
  return { ...visit, body, key, incident, back: ownPath(back, ports.baseUrl()), wantsJson: wantsJson(request) };
}
export function isObjection(post: Post | Objection): post is Objection {
  return 'sentence' in post;
}

/** Only paths of our own, so that no link sends people elsewhere. */
export function ownPath(path: string, baseUrl: string): string {
  if (!path.startsWith('/') || !URL.canParse(path, baseUrl)) return '/';
  const url = new URL(path, baseUrl);
  return url.origin === new URL(baseUrl).origin ? `${url.pathname}${url.search}` : '/';
}

export function wantsJson(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes('application/json');
}
function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** Says no politely, as a page or as JSON, whichever was asked for. */
export function object(request: FastifyRequest, reply: FastifyReply, objection: Objection, templates: Templates): FastifyReply {
  const { status, title, sentence } = objection;
  reply.code(status);
  if (wantsJson(request)) return reply.send({ ok: false, sentence });
  return reply.type('text/html; charset=utf-8').send(templates.render('objection', { title, sentence }));
}
