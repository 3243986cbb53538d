import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { NAME_CHARS_MAX, TEXT_CHARS_MAX } from '../domain/limits.ts';
import type { CurrentCatalog, Hear, Reply } from '../engine/ports.ts';
import type { Store } from '../engine/store-port.ts';
import type { Clock } from '../kit/clock.ts';
import { token as newToken, type Randomness } from '../kit/randomness.ts';
import type { IncidentView } from '../readings/incident-view.ts';
import { plainText } from '../readings/plain-text.ts';
import type { TimelineLine } from '../readings/timeline.ts';
import { presentsToken } from './callers.ts';
import { complain, faultOf } from './complaints.ts';

export interface ApiPorts {
  /** Whoever shows it is the operator of this machine, and may speak for any person. New with every start. */
  readonly token: string;
  readonly hear: Hear;
  readonly readings: {
    incident(number: number): Promise<IncidentView | null>;
    /** Newest first. */
    incidents(query: { readonly open: boolean; readonly limit: number }): Promise<readonly IncidentView['incident'][]>;
    timeline(incident: number): Promise<readonly TimelineLine[]>;
  };
  readonly entries: Store['entries'];
  readonly catalog: CurrentCatalog;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** What people type before a command, for the text form of replies: `allclear`. */
  readonly commandPrefix: string;
}

const PLATFORM = 'cli';
const BODY_BYTES_MAX = 16 * 1024;
const INCIDENTS_MAX = 200;
const ENTRIES_MAX = 1_000;
/** Incident numbers have at most nine digits, as page names do. */
const NUMBER_MAX = 999_999_999;

const CommandRequest = z.strictObject({
  /** A command line without `/incident`. */
  words: z.string().trim().min(1).max(TEXT_CHARS_MAX),
  /** Id of the person who asks. */
  as: z.string().min(1).max(NAME_CHARS_MAX),
  /** The incident that is meant when the words name none. */
  incident: z.int().positive().max(NUMBER_MAX).optional(),
  /** A repeat under the same key gets the first answer and changes nothing. */
  key: z.string().min(1).max(NAME_CHARS_MAX).optional(),
});
/** Numbers in an address are text. */
function wholeNumber(max: number, least = 0) {
  return z
    .string()
    .regex(/^\d{1,16}$/, 'a whole number')
    .transform(Number)
    .pipe(z.int().min(least).max(max));
}
const IncidentsQuery = z.strictObject({
  open: z.enum(['true', 'false']).default('false'),
  limit: wholeNumber(INCIDENTS_MAX, 1).default(50),
});
const LedgerQuery = z.strictObject({
  after: wholeNumber(Number.MAX_SAFE_INTEGER).default(0),
  limit: wholeNumber(ENTRIES_MAX, 1).default(100),
});
const IncidentPath = z.object({ number: wholeNumber(NUMBER_MAX, 1) });

/** `/api/v1`: what the command line on the same machine and the operator's scripts ask. Everything wants the token. */
export function apiRoutes(ports: ApiPorts): FastifyPluginAsync {
  const { readings } = ports;
  return async (app) => {
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      if (!presentsToken(request, ports.token)) return refuseStranger(reply);
    });
    app.post('/api/v1/commands', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
      const asked = CommandRequest.safeParse(request.body);
      return asked.success ? command(ports, asked.data) : complain(reply, 400, faultOf(asked.error));
    });
    app.get('/api/v1/incidents', async (request, reply) => {
      const query = IncidentsQuery.safeParse(request.query);
      if (!query.success) return complain(reply, 400, faultOf(query.error));
      return { incidents: await readings.incidents({ open: query.data.open === 'true', limit: query.data.limit }) };
    });
    app.get('/api/v1/incidents/:number', async (request, reply) => {
      const view = await incidentOf(ports, request);
      return view === null ? noIncident(reply) : view;
    });
    app.get('/api/v1/incidents/:number/timeline', async (request, reply) => {
      const view = await incidentOf(ports, request);
      return view === null
        ? noIncident(reply)
        : { incident: view.incident.number, timeline: await readings.timeline(view.incident.number) };
    });
    app.get('/api/v1/ledger', async (request, reply) => {
      const query = LedgerQuery.safeParse(request.query);
      if (!query.success) return complain(reply, 400, faultOf(query.error));
      const entries = await ports.entries(query.data);
      return { entries, next: entries.length < query.data.limit ? null : (entries.at(-1)?.position ?? null) };
    });
  };
}

/** A refusal is an answer like any other: `ok` tells them apart, not the status. */
async function command(ports: ApiPorts, { words, as, incident, key }: z.infer<typeof CommandRequest>) {
  const catalog = ports.catalog();
  const person = Object.hasOwn(catalog.people, as) ? as : null;
  const reply = await ports.hear({
    platform: PLATFORM,
    // The person belongs to the key: nobody gets what somebody else was answered.
    key: `${PLATFORM} ${as} ${key ?? newToken(ports.randomness)}`,
    person,
    userName: as,
    incident: incident ?? null,
    said: { kind: 'words', words },
  });
  return { ...reply, text: textOf(ports, reply, person) };
}

function textOf({ catalog, clock, commandPrefix }: ApiPorts, reply: Reply, person: string | null): string {
  const { people, timeZone } = catalog();
  const zone = (person === null ? null : people[person]?.timeZone) ?? timeZone;
  return plainText(reply.document, { personName: (id) => people[id]?.name ?? id, timeZone: zone, now: clock.now(), commandPrefix });
}

async function incidentOf({ readings }: ApiPorts, request: FastifyRequest): Promise<IncidentView | null> {
  const path = IncidentPath.safeParse(request.params);
  return path.success ? readings.incident(path.data.number) : null;
}

function noIncident(reply: FastifyReply): FastifyReply {
  return complain(reply, 404, { code: 'no_such_incident', message: 'There is no such incident. GET /api/v1/incidents lists them.' });
}

function refuseStranger(reply: FastifyReply): FastifyReply {
  const message = 'Show the token of the running bot, from run.json in its data directory, as Authorization: Bearer.';
  return complain(reply.header('www-authenticate', 'Bearer realm="api"'), 401, { code: 'unauthorized', message });
}
