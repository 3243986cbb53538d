import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { route } from '../domain/alerts/routing.ts';
import type { Answer, CurrentCatalog, InboundAlert, Source, Submit } from '../engine/ports.ts';
import { unescapeText } from '../kit/escape.ts';
import { isLocalProgram, presentsToken } from './callers.ts';
import { complain, faultOf } from './complaints.ts';

export interface HookPorts {
  readonly sources: readonly Source[];
  /** Source → the token it must show. Without one only programs on this machine may send. */
  readonly tokens: Readonly<Record<string, string | null>>;
  readonly catalog: CurrentCatalog;
  readonly submit: Submit;
}

/** What became of one alert. */
interface Handled {
  readonly fingerprint: string;
  readonly status: InboundAlert['status'];
  /** `unchanged`: it was known already. `ignored`: no route wants it. */
  readonly result: 'opened' | 'joined' | 'resolved' | 'unchanged' | 'ignored' | 'refused' | 'failed';
  readonly route: string | null;
  /** The incident it belongs to, once there is one. */
  readonly incident: number | null;
  /** Why it was refused. */
  readonly message?: string;
}

/** Senders wait this long at the least before they repeat what could not be kept. */
const RETRY_SECONDS = 10;

/**
 * `POST /hooks/:source`: alerts from a verified sender, each through the one door. Answers 200 only when every alert is durably known;
 * 503 when the store failed, so that the sender repeats it. Repeats need no key: an episode of an alert is known by its fingerprint and
 * its beginning, and a remembered answer would silence one that still fires after its incident was closed.
 */
export function hookRoutes(ports: HookPorts): FastifyPluginAsync {
  const sources = new Map(ports.sources.map((source) => [source.name, source]));
  return async (app) => {
    app.addHook('onRequest', async (request, reply) => {
      const source = sources.get(nameOf(request));
      if (source === undefined) return refuseUnknown(reply, [...sources.keys()]);
      const token = ports.tokens[source.name] ?? null;
      if (token === null ? !isLocalProgram(request) : !presentsToken(request, token)) return refuseStranger(reply, token === null);
    });
    app.post('/hooks/:source', async (request, reply) => {
      const source = sources.get(nameOf(request));
      if (source === undefined) return refuseUnknown(reply, [...sources.keys()]);
      const payload = source.payload.safeParse(request.body);
      if (!payload.success) return complain(reply, 400, faultOf(payload.error));
      // All at once, so that they share one transaction.
      const handled = await Promise.all(source.alerts(payload.data).map((alert) => handle(ports, alert)));
      log(request, source.name, handled);
      return answer(reply, source.name, handled);
    });
  };
}

async function handle({ catalog, submit }: HookPorts, alert: InboundAlert): Promise<Handled> {
  const { fingerprint, status } = alert;
  const routed = route(catalog(), alert);
  if ('ignored' in routed) return { fingerprint, status, result: 'ignored', route: routed.route, incident: null };
  const answered = await submit({ act: { type: 'alert.receive', ...routed, alert }, actor: `source:${alert.source}` });
  return { fingerprint, status, route: routed.route, ...resultOf(answered) };
}

function resultOf(answered: Answer): Pick<Handled, 'result' | 'incident' | 'message'> {
  if (!answered.ok) {
    const result = answered.code === 'not_kept' ? 'failed' : 'refused';
    return { result, incident: null, message: unescapeText(answered.sentence) };
  }
  const [event] = answered.events;
  if (event === undefined) return { result: 'unchanged', incident: null };
  const { incident, opens } = event.data as { readonly incident: number | null; readonly opens?: boolean };
  if (event.type === 'alert.resolved') return { result: 'resolved', incident };
  return { result: opens === true ? 'opened' : 'joined', incident };
}

function log(request: FastifyRequest, source: string, handled: readonly Handled[]): void {
  const messages = new Set(handled.flatMap(({ message }) => message ?? []));
  if (messages.size === 0) request.log.info({ source, ...tally(handled) }, 'alerts were received');
  else request.log.warn({ source, ...tally(handled), messages: [...messages] }, 'alerts were received, but not all were taken');
}

function tally(handled: readonly Handled[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { result } of handled) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}

/** Senders repeat after 5xx only, so a refusal is told with 200: a repeat would be refused again. */
function answer(reply: FastifyReply, source: string, handled: readonly Handled[]): FastifyReply {
  reply.header('cache-control', 'no-store');
  const failed = handled.filter(({ result }) => result === 'failed').length;
  if (failed === 0) return reply.send({ source, alerts: handled });
  const message = `${failed} of ${handled.length} alerts could not be written down. Send all of them again; what is known already changes nothing.`;
  return complain(reply.header('retry-after', RETRY_SECONDS), 503, { code: 'not_kept', message });
}

function nameOf({ params }: FastifyRequest): string {
  return (params as { readonly source?: string }).source ?? '';
}

function refuseUnknown(reply: FastifyReply, known: readonly string[]): FastifyReply {
  return complain(reply, 404, { code: 'unknown_source', message: `There is no such source. Known: ${known.join(', ')}.` });
}

function refuseStranger(reply: FastifyReply, isOpen: boolean): FastifyReply {
  const message = isOpen
    ? 'Without a token only programs on this machine may send alerts. Give Allclear a token for this source, and the sender the same.'
    : 'Show the token of this source as Authorization: Bearer, or as the password of Basic.';
  return complain(reply.header('www-authenticate', 'Bearer realm="hooks", Basic realm="hooks"'), 401, { code: 'unauthorized', message });
}
