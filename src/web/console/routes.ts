import { join } from 'node:path';
import type { FastifyError, FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { loadTemplates } from '../../kit/templates.ts';
import { actionRoutes } from './actions.ts';
import { assetRoutes } from './assets.ts';
import { acceptForms } from './form-body.ts';
import { replyModel, type Tokens } from './form-model.ts';
import { objectionTo, setSecurityHeaders } from './guard.ts';
import { createLive, type Live } from './live.ts';
import type { ConsoleOptions } from './options.ts';
import { createPages, type Page, type Pages, staleness } from './pages.ts';
import { queueRoutes } from './queues.ts';
import { createReplies, type Replies } from './replies.ts';
import { createSessions } from './session.ts';
import { leadToSignIn, type SignInPorts, signInRoutes } from './sign-in.ts';
import type { Viewer } from './viewer.ts';
import { object, tokensFor, type Visit, visitOf } from './visit.ts';
import { vocabulary } from './vocabulary.ts';

interface Parts extends SignInPorts {
  readonly options: ConsoleOptions;
  readonly pages: Pages;
  readonly replies: Replies;
  readonly live: Live;
}

/**
 * The console's web pages: rooms, switch board, who is on call, one's own pages; live over server-sent events, usable without
 * JavaScript. Every request must name our host, every change must come from our own forms within a session, and no GET changes
 * anything. Templates and assets are read and checked here, so that a mistake in them stops the start.
 */
export function consoleRoutes(options: ConsoleOptions): FastifyPluginAsync {
  const { catalog, clock, randomness, baseUrl, signIn, readings, chat } = options;
  const templates = loadTemplates(options.templates);
  const sessions = createSessions({ secret: options.secret, clock, randomness, marks: chat, baseUrl });
  return async function consolePages(app: FastifyInstance): Promise<void> {
    const live = createLive(options);
    const pages = createPages({ readings, chat, templates });
    const parts: Parts = {
      catalog,
      clock,
      randomness,
      baseUrl,
      sessions,
      templates,
      signIn,
      options,
      pages,
      live,
      replies: createReplies(randomness),
    };
    app.addHook('onRequest', async (request, reply) => {
      setSecurityHeaders(reply);
      const objection = objectionTo(request, baseUrl());
      if (objection !== null) return object(request, reply, objection, templates);
    });
    app.addHook('preClose', async () => live.stop());
    app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, parts));
    acceptForms(app);
    assetRoutes(app, join(options.templates, 'assets'));
    signInRoutes(app, parts);
    actionRoutes(app, { ...parts, chat });
    pageRoutes(app, parts);
    eventRoute(app, parts);
    if (options.queues !== null) queueRoutes(app, parts, options.queues);
    app.get('/vocabulary', async (request, reply) => {
      if ((await visitOf(request, parts)) === null) return reply.code(401).send({ ok: false });
      return reply.send(vocabulary(options.commands, catalog()));
    });
  };
}

type Query = Readonly<Record<string, unknown>>;
type Find = (
  viewer: Viewer,
  request: FastifyRequest<{ Querystring: Query; Params: { number?: string } }>,
) => Promise<Page | null> | Page | null;
const NUMBER = /^[1-9]\d{0,8}$/;

function pageRoutes(app: FastifyInstance, parts: Parts): void {
  const { pages, templates } = parts;
  const route = (path: string, find: Find): void => {
    app.get<{ Querystring: Query; Params: { number?: string } }>(path, async (request, reply) => {
      const wanted = request.query['pieces'];
      const visit = await visitOf(request, parts);
      if (visit === null) return typeof wanted === 'string' ? reply.code(401).send('') : leadToSignIn(parts, request, reply);
      const page = await find(visit.viewer, request);
      if (page === null) {
        const sentence = 'There is no such incident here. The overview lists those there are.';
        return object(request, reply, { status: 404, title: 'Not found', sentence }, templates);
      }
      reply.type('text/html; charset=utf-8');
      return reply.send(
        typeof wanted === 'string' ? await drawPieces(page, wanted.split(',')) : await drawPage(parts, visit, page, request),
      );
    });
  };
  route('/', (viewer) => pages.overview(viewer));
  route('/switches', (viewer) => pages.switches(viewer));
  route('/oncall', (viewer) => pages.onCall(viewer));
  route('/me', (viewer) => pages.me(viewer));
  route('/incidents/:number', (viewer, { params, query }) => {
    const { number = '' } = params;
    return NUMBER.test(number) ? pages.room(Number(number), viewer, { all: query['all'] === 'yes' }) : null;
  });
}

/** Pieces of a page that went stale, drawn as the whole page would draw them. */
async function drawPieces(page: Page, names: readonly string[]): Promise<string> {
  const known = [...new Set(names)].filter((name) => Object.hasOwn(page.pieces, name));
  const drawn = await Promise.all(known.map(async (name) => `<div data-piece="${name}">${(await page.pieces[name]?.()) ?? ''}</div>`));
  return drawn.join('\n');
}

async function drawPage(parts: Parts, visit: Visit, page: Page, request: FastifyRequest<{ Querystring: Query }>): Promise<string> {
  const { templates } = parts;
  const { viewer } = visit;
  const tokens = tokensFor(parts, visit, page.incident, request.url);
  const drawn = await Promise.all(Object.entries(page.pieces).map(async ([name, draw]) => [name, await draw()] as const));
  const reply = replyHtml(parts, viewer, tokens, request.query['reply']);
  const main = templates.render(page.template, { pieces: Object.fromEntries(drawn), tokens, number: page.incident ?? 0, reply });
  return templates.render('page', {
    title: page.title,
    organization: viewer.catalog.organization,
    person: viewer.person.name,
    page: page.template,
    tokens,
    now: viewer.now,
    main,
  });
}

function replyHtml({ replies, templates }: Parts, viewer: Viewer, tokens: Tokens, name: unknown): string {
  const reply = typeof name === 'string' ? replies.find(viewer.person.id, name) : null;
  return reply === null ? '' : templates.render('reply', { ...replyModel(reply, tokens, viewer), follow: 'yes' });
}

function eventRoute(app: FastifyInstance, parts: Parts): void {
  app.get<{ Querystring: Query }>('/events', async (request, reply) => {
    const visit = await visitOf(request, parts);
    if (visit === null) return reply.code(401).send('');
    const { page, incident } = request.query;
    const number = typeof incident === 'string' && NUMBER.test(incident) ? Number(incident) : null;
    const stale = staleness(typeof page === 'string' ? page : '', number, visit.viewer.person.id);
    // 503 makes the browser's own retry stop; the page says that it is not live.
    if (!(await parts.live.join({ reply, stale }))) return reply.code(503).send('');
    return reply;
  });
}

/** What went wrong, politely; a mistake of ours is logged under the number the person can quote. */
function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply, { templates }: Parts): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status >= 500) {
    request.log.error({ err: error }, 'the console could not answer');
    const sentence = `Something went wrong here, and it is our mistake. What you did may not have happened. Quote ${request.id} to an operator.`;
    return object(request, reply, { status: 500, title: 'Our mistake', sentence }, templates);
  }
  const sentence = SENTENCES[status] ?? 'This request could not be understood. Load the page again and try once more.';
  return object(request, reply, { status, title: 'Not understood', sentence }, templates);
}
const SENTENCES: Readonly<Record<number, string>> = {
  413: 'That is too long. Send it in parts, or put it where a link can lead to it.',
  415: 'The console reads forms only. Use its pages.',
};
