import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FormBody } from './form-body.ts';
import { isLoopbackAddress, isLoopbackHost, type Objection } from './guard.ts';
import type { ConsoleOptions } from './options.ts';
import type { Invitation } from './session.ts';
import { isObjection, object, ownPath, postOf, type VisitPorts } from './visit.ts';

export interface SignInPorts extends VisitPorts {
  readonly signIn: ConsoleOptions['signIn'];
}

/**
 * Signing in without passwords. `open`: the person at this machine says who they are, and the page says plainly that nobody
 * checks; it answers to loopback only. `link`: a signed link sent in chat; looking at it changes nothing, its button uses it up.
 */
export function signInRoutes(app: FastifyInstance, ports: SignInPorts): void {
  app.get<{ Querystring: Record<string, unknown> }>('/sign-in', async (request, reply) => {
    const next = ownPath(textOf(request.query['next']), ports.baseUrl());
    const token = textOf(request.query['token']);
    if (token !== '') return showInvitation(ports, reply, token, next);
    return reply.type('text/html; charset=utf-8').send(ports.templates.render('sign-in', signInModel(ports, request, next)));
  });
  app.post('/sign-in', async (request, reply) => {
    const body = (request.body ?? {}) as FormBody;
    const person = await whoSignsIn(ports, request, body);
    if (typeof person !== 'string') return object(request, reply, person, ports.templates);
    ports.sessions.begin(reply, person);
    return reply.redirect(ownPath(body['next'] ?? '/', ports.baseUrl()), 303);
  });
  app.post('/sign-out', async (request, reply) => {
    const post = await postOf(request, ports);
    if (isObjection(post)) return object(request, reply, post, ports.templates);
    await ports.sessions.end(reply, post.session);
    return reply.redirect('/sign-in', 303);
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isOpenTo({ signIn }: SignInPorts, request: FastifyRequest): boolean {
  return signIn === 'open' && isLoopbackAddress(request.socket.remoteAddress) && isLoopbackHost(request.headers.host ?? '');
}

function signInModel(ports: SignInPorts, request: FastifyRequest, next: string): object {
  const { organization, people } = ports.catalog();
  const isOpen = isOpenTo(ports, request);
  const listed = Object.values(people).map(({ id, name, rank }) => ({ id, name, rank }));
  return { organization, next, isOpen, people: isOpen ? listed : [], invited: null, token: '' };
}

async function showInvitation(ports: SignInPorts, reply: FastifyReply, token: string, next: string): Promise<FastifyReply> {
  const invitation = await ports.sessions.invited(token);
  const { organization, people } = ports.catalog();
  const invited = typeof invitation === 'string' ? undefined : people[invitation.person];
  reply.type('text/html; charset=utf-8');
  if (invited === undefined) {
    const { status, title, sentence } = noInvitation(typeof invitation === 'string' ? invitation : 'forged');
    return reply.code(status).send(ports.templates.render('objection', { title, sentence }));
  }
  return reply.send(ports.templates.render('sign-in', { organization, next, isOpen: false, people: [], invited: invited.name, token }));
}

async function whoSignsIn(ports: SignInPorts, request: FastifyRequest, body: FormBody): Promise<string | Objection> {
  const { people } = ports.catalog();
  if (body['token'] !== undefined) {
    const invitation = await ports.sessions.accept(body['token']);
    if (typeof invitation === 'string') return noInvitation(invitation);
    return people[invitation.person] === undefined ? noInvitation('forged') : invitation.person;
  }
  if (!isOpenTo(ports, request)) {
    return {
      status: 403,
      title: 'A link is needed',
      sentence: 'Here a sign-in link is needed. Ask for one in chat, or on the machine: `allclear sign-in <person>`.',
    };
  }
  const person = Object.hasOwn(people, body['person'] ?? '') ? people[body['person'] ?? ''] : undefined;
  return (
    person?.id ?? { status: 400, title: 'Nobody', sentence: 'There is no such person in allclear.yaml. Choose somebody from the list.' }
  );
}

function noInvitation(why: Exclude<Invitation, object>): Objection {
  const title = 'This link opens nothing';
  if (why === 'expired')
    return { status: 403, title, sentence: 'It is too old: sign-in links are good for 15 minutes. Ask for a new one.' };
  if (why === 'used') return { status: 403, title, sentence: 'It was used before: each sign-in link works once. Ask for a new one.' };
  return { status: 403, title, sentence: 'It is not one of ours, or was cut off when it was copied. Ask for a new one.' };
}

/**
 * Where somebody without a session is led. A link from chat or e-mail arrives without the strict cookie even when there is a
 * session; asked again by our own page, the browser sends it.
 */
export async function leadToSignIn(ports: SignInPorts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (request.headers['sec-fetch-site'] === 'cross-site') {
    return reply.type('text/html; charset=utf-8').send(ports.templates.render('again', { path: request.url }));
  }
  return reply.redirect(`/sign-in?next=${encodeURIComponent(request.url)}`, 303);
}
