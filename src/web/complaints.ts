import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';

/** What every answer that is an error says: a stable code for programs, a sentence for people, and where in the body the fault is. */
export interface Complaint {
  readonly code: string;
  readonly message: string;
  /** `alerts[0].startsAt` */
  readonly path?: string;
}

/** Answers `{error: {code, message, path?}}`; nobody keeps a copy of an error. */
export function complain(reply: FastifyReply, status: number, complaint: Complaint): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').type('application/json; charset=utf-8').send({ error: complaint });
}

/** The first thing wrong with a body, with its place. */
export function faultOf({ issues }: z.ZodError): Complaint {
  const { path = [], message = 'This is not what was expected.' } = issues[0] ?? {};
  let place = '';
  for (const step of path) place += typeof step === 'number' ? `[${step}]` : `${place === '' ? '' : '.'}${String(step)}`;
  return { code: 'malformed', message: `${place === '' ? 'The body' : place}: ${message}`, ...(place === '' ? {} : { path: place }) };
}

/** Fastify's own faults in our words. */
const SENTENCES: Readonly<Record<string, Complaint>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported_media_type',
    message: 'Send the body as application/json and say so in Content-Type.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'malformed', message: 'The body is empty; send JSON.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'malformed', message: 'The body is not as long as Content-Length says.' },
  FST_ERR_BAD_URL: { code: 'malformed', message: 'The address is no valid URL.' },
};

/** Answers what a route threw: mistakes of the client with their reason, everything else with an id to quote and nothing more. */
export function answerFault(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status === 413) {
    const { bodyLimit } = request.routeOptions;
    return complain(reply, 413, { code: 'too_large', message: `The body may have at most ${bodyLimit} bytes.` });
  }
  if (status >= 400 && status < 500) {
    // Ours are plain words, Fastify's and Node's are shouted.
    const code = /^[a-z_]+$/.test(error.code) ? error.code : 'bad_request';
    return complain(reply, status, SENTENCES[error.code] ?? { code, message: error.message });
  }
  request.log.error({ err: error, route: request.routeOptions.url }, 'a request could not be answered');
  return complain(reply, 500, { code: 'internal', message: `Something went wrong inside Allclear. Tell an operator: ${request.id}.` });
}

/** Tells a wrong method (405, with what would do) from a wrong address (404). Register before any route. */
export function politeNotFound(app: FastifyInstance): void {
  const routes: { readonly methods: readonly string[]; readonly parts: readonly string[] }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    routes.push({ methods: [method].flat(), parts: url.split('/') });
  });
  app.setNotFoundHandler((request, reply) => {
    const path = (request.url.split('?', 1)[0] ?? '').split('/');
    const allowed = [...new Set(routes.flatMap(({ methods, parts }) => (leadsTo(parts, path) ? methods : [])))].sort();
    if (allowed.length === 0) return complain(reply, 404, { code: 'not_found', message: 'There is nothing at this address.' });
    const message = `${request.method} does nothing here; this address answers ${allowed.join(', ')}.`;
    return complain(reply.header('allow', allowed.join(', ')), 405, { code: 'method_not_allowed', message });
  });
}

/** Fastify's route syntax as far as it is used here: `:name` is one part of a path, `*` all the rest. */
function leadsTo(route: readonly string[], path: readonly string[]): boolean {
  const isOpen = route.at(-1) === '*';
  if (isOpen ? path.length < route.length : path.length !== route.length) return false;
  return route.every((part, index) => part === '*' || (part.startsWith(':') ? path[index] !== '' : part === path[index]));
}
