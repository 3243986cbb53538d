import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { canonicalJson } from '../kit/canonical-json.ts';
import type { Clock } from '../kit/clock.ts';
import { sameSecret, sha256Hex } from '../kit/hashing.ts';
import type { SwitchFlag } from '../readings/switch-board.ts';

export interface OfrepOptions {
  /** All flags as they stand now. May throw or hang: applications then get the last good answer, marked stale. */
  readonly flags: () => Promise<readonly SwitchFlag[]>;
  /** What applications must present, as `Authorization: Bearer …` or `X-API-Key: …`; null lets everybody ask. */
  readonly key: string | null;
  readonly clock: Clock;
}

/** A context is a handful of attributes; switches look at none of them. */
const BODY_BYTES_MAX = 64 * 1024;
/** An application waits for this answer while its own customers wait: rather the last good one than a late one. */
const READ_MS_MAX = 500;
const TARGETING_KEY_CHARS_MAX = 4_096;

/**
 * The protocol wants a `targetingKey`, but SDKs on servers send none by default and no switch looks at it: refusing them
 * would leave applications on their own defaults just when a switch is flipped.
 */
const Evaluation = z.looseObject({
  context: z.looseObject({ targetingKey: z.string().max(TARGETING_KEY_CHARS_MAX).optional() }),
});

/**
 * The switches over OpenFeature's Remote Evaluation Protocol 0.3 (github.com/open-feature/protocol): one flag and all
 * flags, so that applications obey them through any OpenFeature SDK. Kill and read-only switches are booleans, true
 * while on; brownouts are integers. Read-only: nothing asked here changes anything, and no answer names people or reasons.
 */
export function ofrepRoutes({ flags, key, clock }: OfrepOptions): FastifyPluginAsync {
  const read = lastGoodOf(flags, clock);
  return async function ofrep(app: FastifyInstance): Promise<void> {
    app.addHook('onRequest', async (request, reply) => {
      if (key !== null && !presents(request, key)) return refuseStranger(reply);
    });
    app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply));
    app.post('/ofrep/v1/evaluate/flags/:key', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
      const asked = keyOf(request);
      const fault = contextFault(request.body);
      if (fault !== null) return reply.code(400).send({ key: asked, errorCode: 'INVALID_CONTEXT', errorDetails: fault });
      const seen = await read(request.log);
      if (seen === null) return reply.code(500).send({ key: asked, ...UNREADABLE });
      const flag = seen.flags.find((one) => one.key === asked);
      if (flag === undefined)
        return reply.code(404).send({ key: asked, errorCode: 'FLAG_NOT_FOUND', errorDetails: 'There is no such switch' });
      return reply.header('cache-control', 'no-cache').send(evaluation(flag, seen.stale));
    });
    app.post('/ofrep/v1/evaluate/flags', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
      const fault = contextFault(request.body);
      if (fault !== null) return reply.code(400).send({ errorCode: 'INVALID_CONTEXT', errorDetails: fault });
      const seen = await read(request.log);
      if (seen === null) return reply.code(500).send(UNREADABLE);
      const answer = { flags: seen.flags.map((flag) => evaluation(flag, seen.stale)), metadata: { stale: seen.stale } };
      // Over the whole answer: a flip changes it, and so does becoming stale.
      const tag = sha256Hex(canonicalJson(answer)).slice(0, TAG_DIGITS);
      reply.header('etag', `"${tag}"`).header('cache-control', 'no-cache');
      return isKnown(request.headers['if-none-match'], tag) ? reply.code(304).send() : reply.send(answer);
    });
  };
}

/** 128 bits: no two answers share a tag. */
const TAG_DIGITS = 32;
const UNREADABLE = { errorCode: 'GENERAL', errorDetails: 'The switches cannot be read now' };

/** The answer for one flag. Only boolean, text and numbers may be metadata, so what is unknown is left out. */
function evaluation({ key, kind, level, version, since, incident }: SwitchFlag, stale: boolean) {
  const isOn = level > 0;
  const variantOn = kind === 'brownout' ? `level-${level}` : 'on';
  return {
    key,
    value: kind === 'brownout' ? level : isOn,
    // STATIC is how it stands when nobody has decided anything; on is somebody's decision for as long as it lasts.
    reason: isOn ? 'TARGETING_MATCH' : 'STATIC',
    variant: isOn ? variantOn : 'off',
    metadata: {
      kind,
      version,
      ...(since === null ? {} : { since: new Date(since).toISOString() }),
      ...(incident === null ? {} : { incident }),
      stale,
    },
  };
}

function contextFault(body: unknown): string | null {
  const { error } = Evaluation.safeParse(body);
  const issue = error?.issues[0];
  return issue === undefined ? null : `${['body', ...issue.path].map(String).join('.')}: ${issue.message}`;
}

/** Whether one of the tags the client knows (RFC 9110, 13.1.2) is this one; quotes are forgiven, as the protocol's own example has none. */
function isKnown(header: string | undefined, tag: string): boolean {
  const known = (header ?? '').split(',').map((one) => one.trim().replace(/^W\//, '').replaceAll('"', ''));
  return known.includes(tag) || known.includes('*');
}

const BEARER = /^Bearer +(\S+) *$/i;

function presents(request: FastifyRequest, key: string): boolean {
  const bearer = BEARER.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const header = request.headers['x-api-key'];
  const matches = [bearer, typeof header === 'string' ? header : ''].map((shown) => sameSecret(shown, key));
  return matches.includes(true);
}
/** 401 for a missing and for a wrong key alike, as the protocol has it; who guesses learns nothing. */
function refuseStranger(reply: FastifyReply): FastifyReply {
  const errorDetails = 'Present the key as Authorization: Bearer or X-API-Key';
  return reply.code(401).header('www-authenticate', 'Bearer realm="ofrep"').send({ errorCode: 'GENERAL', errorDetails });
}

/** A body that is no JSON, too long or of another type is the application's mistake; everything else is ours. */
function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  const asked = keyOf(request);
  const named = asked === null ? {} : { key: asked };
  if (status >= 400 && status < 500) return reply.code(status).send({ ...named, errorCode: 'PARSE_ERROR', errorDetails: error.message });
  request.log.error({ err: error }, 'a flag could not be evaluated');
  return reply.code(500).send({ ...named, errorCode: 'GENERAL', errorDetails: 'The flag could not be evaluated' });
}

function keyOf({ params }: FastifyRequest): string | null {
  return typeof params === 'object' && params !== null && 'key' in params && typeof params.key === 'string' ? params.key : null;
}

interface Seen {
  readonly flags: readonly SwitchFlag[];
  readonly stale: boolean;
}

/**
 * Reads afresh for every request; when that fails or takes too long, answers what was last read, marked stale, or null
 * when nothing ever was. What was asked for later wins: a slow read neither overwrites a newer one nor is answered after it.
 */
function lastGoodOf(flags: OfrepOptions['flags'], clock: Clock): (log: FastifyBaseLogger) => Promise<Seen | null> {
  let asked = 0;
  let good: { readonly flags: readonly SwitchFlag[]; readonly asked: number } | null = null;

  async function fresh(): Promise<readonly SwitchFlag[]> {
    asked += 1;
    const turn = asked;
    const read = await flags();
    const newest = good === null || good.asked < turn ? { flags: read, asked: turn } : good;
    good = newest;
    return newest.flags;
  }
  return async (log) => {
    try {
      return { flags: await within(fresh(), clock), stale: false };
    } catch (error) {
      // The one place where failing is not an option: a kill switch that is on must stay on.
      log.warn({ err: error }, 'the switches could not be read, answering what was last known');
      return good === null ? null : { flags: good.flags, stale: true };
    }
  };
}

async function within<T>(work: Promise<T>, clock: Clock): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.alarm(clock.now() + READ_MS_MAX, () => reject(new Error(`nothing was read for ${READ_MS_MAX} ms`)));
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
