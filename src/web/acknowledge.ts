import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { PageState } from '../domain/paging/state.ts';
import type { CurrentCatalog, Submit } from '../engine/ports.ts';
import type { Clock } from '../kit/clock.ts';
import { type Randomness, token } from '../kit/randomness.ts';
import type { Templates } from '../kit/templates.ts';
import type { IncidentView } from '../readings/incident-view.ts';
import { parseMarkup } from '../readings/markup.ts';
import { plainText } from '../readings/plain-text.ts';
import {
  type AcknowledgeView,
  type Asked,
  askView,
  failedView,
  forgedView,
  isSettled,
  noPageView,
  standingView,
  takenView,
} from './acknowledge-views.ts';
import type { AcknowledgeClaims, Links } from './links.ts';

export interface AcknowledgePorts {
  readonly links: Pick<Links, 'readAcknowledge' | 'incident'>;
  readonly page: (name: string) => Promise<PageState | null>;
  readonly incident: (number: number) => Promise<IncidentView | null>;
  readonly submit: Submit;
  readonly catalog: CurrentCatalog;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** `templates/pages` */
  readonly templates: Templates;
}

/** The form has no fields; whatever a script sends along is not looked at. */
const BODY_BYTES_MAX = 4_096;
const RETRY_SECONDS = 5;

/**
 * The page behind the link of a page. Looking (GET, HEAD: also by mail scanners and chat previews) changes nothing; pressing the button
 * (POST) acknowledges as the person the link was sent to. Works without JavaScript, cookies or a session.
 */
export function acknowledgeRoutes(ports: AcknowledgePorts): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX }, (_request, _body, done) => done(null, null));
    app.setErrorHandler((error, request, reply) => {
      request.log.error({ err: error }, 'the acknowledge page could not be shown');
      return show(ports, reply.header('retry-after', RETRY_SECONDS), 503, failedView(null));
    });
    app.get('/ack/:token', async (request, reply) => {
      const asked = await ask(ports, request);
      if ('view' in asked) return show(ports, reply, asked.status, asked.view);
      return show(ports, reply, 200, isSettled(asked) ? standingView(asked) : askView(asked));
    });
    app.post('/ack/:token', async (request, reply) => {
      const asked = await ask(ports, request);
      if ('view' in asked) return show(ports, reply, asked.status, asked.view);
      return take(ports, request, reply, asked);
    });
  };
}

/** What the link is about, or why it is about nothing. */
async function ask(
  ports: AcknowledgePorts,
  request: FastifyRequest,
): Promise<Asked | { readonly status: number; readonly view: AcknowledgeView }> {
  const { token: text } = request.params as { readonly token: string };
  const claims = ports.links.readAcknowledge(text);
  if (claims === 'forged') return { status: 403, view: forgedView('forged') };
  if (claims === 'expired') return { status: 410, view: forgedView('expired') };
  return (await look(ports, claims)) ?? { status: 404, view: noPageView(claims) };
}

async function look(ports: AcknowledgePorts, claims: AcknowledgeClaims): Promise<Asked | null> {
  const page = await ports.page(claims.page);
  const view = page === null ? null : await ports.incident(page.incident);
  if (page === null || view === null) return null;
  const consoleUrl = ports.links.incident(page.incident);
  return { claims, page, incident: view.incident, catalog: ports.catalog(), now: ports.clock.now(), consoleUrl };
}

/** No inbox key: the page's own state knows whether it was acknowledged, also when it rings again after that. */
async function take(ports: AcknowledgePorts, request: FastifyRequest, reply: FastifyReply, asked: Asked): Promise<FastifyReply> {
  const { person, page, notification } = asked.claims;
  const answer = await ports.submit({ act: { type: 'page.acknowledge', page, via: 'link' }, actor: `person:${person}` });
  request.log.info({ page, person, notification, code: answer.ok ? 'ok' : answer.code }, 'a page was answered by link');
  if (answer.ok) return show(ports, reply, 200, takenView(asked));
  const sentence = sentenceOf(ports, answer.sentence);
  if (answer.code === 'not_kept') return show(ports, reply.header('retry-after', RETRY_SECONDS), 503, failedView(sentence));
  const after = (await look(ports, asked.claims)) ?? asked;
  // Two taps, or somebody else was faster: what counts is how it stands now.
  if (isSettled(after)) return show(ports, reply, after.page.acknowledgedBy === person ? 200 : 409, standingView(after));
  return show(ports, reply, 403, { ...failedView(sentence), headline: 'Not acknowledged', consoleUrl: after.consoleUrl });
}

function sentenceOf({ catalog, clock }: AcknowledgePorts, markup: string): string {
  const { people, timeZone } = catalog();
  const reader = { personName: (id: string) => people[id]?.name ?? id, timeZone, now: clock.now(), commandPrefix: '/incident' };
  return plainText(parseMarkup(markup), reader).trim();
}

/** Nothing from elsewhere is loaded, nobody keeps a copy, and the address goes to nobody we link to. */
function show(ports: AcknowledgePorts, reply: FastifyReply, status: number, view: AcknowledgeView): FastifyReply {
  const nonce = token(ports.randomness);
  const { template, ...model } = view;
  const text = ports.templates.render(template, { ...model, nonce, organization: ports.catalog().organization });
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
  return reply
    .code(status)
    .headers({
      'content-security-policy': policy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
    })
    .type('text/html; charset=utf-8')
    .send(text);
}
