import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../kit/clock.ts';
import { HOUR_MS, MINUTE_MS } from '../../kit/duration.ts';
import { hmacSha256Hex, sameSecret, sha256Hex } from '../../kit/hashing.ts';
import { type Randomness, token } from '../../kit/randomness.ts';
import { deriveKey, openToken, signToken } from '../../kit/signing.ts';

/** A night on call with some morning after it. */
const SESSION_MS = 16 * HOUR_MS;
/** Long enough to walk to the laptop, short enough that yesterday's chat opens nothing. */
const LINK_MS = 15 * MINUTE_MS;

export interface Session {
  readonly id: string;
  /** A person of the catalog when the session began. */
  readonly person: string;
}
/** Names that are used up, remembered across restarts. */
export interface Marks {
  mark(name: string): Promise<boolean>;
  isMarked(name: string): Promise<boolean>;
}
export interface SessionPorts {
  readonly secret: string;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly marks: Marks;
  readonly baseUrl: () => string;
}

export interface Sessions {
  /** The session a request's cookie holds, or null: none, forged, expired or signed out. */
  of(request: FastifyRequest): Promise<Session | null>;
  begin(reply: FastifyReply, person: string): void;
  end(reply: FastifyReply, session: Session): Promise<void>;
  /** What forms of this session carry, so that no other page can make one. */
  csrf(session: Session): string;
  isFromSession(session: Session, presented: string): boolean;
  /** Whom an unused sign-in token is for, or why it opens nothing. Looks only. */
  invited(text: string): Promise<Invitation>;
  /** The same, and uses it up: true for exactly one caller. */
  accept(text: string): Promise<Invitation>;
}
export type Invitation = { readonly person: string } | 'expired' | 'used' | 'forged';

/**
 * Sessions without passwords and without a table: a signed cookie bound to one person, good for 16 hours and readable by
 * no script. Signing out marks the session, so that a stolen copy is worth nothing afterwards.
 */
export function createSessions({ secret, clock, randomness, marks, baseUrl }: SessionPorts): Sessions {
  const sessionKey = deriveKey(secret, 'console session');
  const csrfKey = deriveKey(secret, 'console form');
  const linkKey = deriveKey(secret, 'console sign-in');
  const csrf = ({ id }: Session): string => hmacSha256Hex(csrfKey, id);

  async function invited(text: string): Promise<Invitation> {
    const claims = openToken(linkKey, text, clock.now());
    if (claims === 'expired' || claims === 'forged') return claims;
    const person = claims['person'];
    if (person === undefined) return 'forged';
    return (await marks.isMarked(linkMark(text))) ? 'used' : { person };
  }
  return {
    async of(request) {
      const cookie = cookieOf(request, cookieName(baseUrl()));
      const claims = cookie === null ? 'forged' : openToken(sessionKey, cookie, clock.now());
      if (claims === 'expired' || claims === 'forged') return null;
      const { id, person } = claims;
      if (id === undefined || person === undefined || (await marks.isMarked(endMark(id)))) return null;
      return { id, person };
    },
    begin(reply, person) {
      const text = signToken(sessionKey, { id: token(randomness), person }, clock.now() + SESSION_MS);
      reply.header('set-cookie', cookieText(baseUrl(), text, Math.floor(SESSION_MS / 1_000)));
    },
    async end(reply, { id }) {
      await marks.mark(endMark(id));
      reply.header('set-cookie', cookieText(baseUrl(), '', 0));
    },
    csrf,
    isFromSession: (session, presented) => sameSecret(csrf(session), presented),
    invited,
    async accept(text) {
      const invitation = await invited(text);
      if (typeof invitation === 'string') return invitation;
      return (await marks.mark(linkMark(text))) ? invitation : 'used';
    },
  };
}

/** A sign-in link for one person: single use, 15 minutes. Its GET changes nothing. */
export function signInUrl(ports: Pick<SessionPorts, 'secret' | 'clock' | 'randomness' | 'baseUrl'>, person: string): string {
  const { secret, clock, randomness, baseUrl } = ports;
  const key = deriveKey(secret, 'console sign-in');
  const text = signToken(key, { person, nonce: token(randomness) }, clock.now() + LINK_MS);
  return `${baseUrl()}/sign-in?token=${encodeURIComponent(text)}`;
}

function endMark(id: string): string {
  return `signed out ${id}`;
}
/** By its hash: what is kept opens nothing. */
function linkMark(text: string): string {
  return `signed in ${sha256Hex(text)}`;
}

/**
 * `__Host-` keeps other hosts of the domain from setting it, where there is HTTPS; without it the port is in the name, since
 * cookies of one host are shared by all its ports.
 */
function cookieName(baseUrl: string): string {
  const { protocol, port } = new URL(baseUrl);
  return protocol === 'https:' ? '__Host-allclear' : `allclear-${port === '' ? '80' : port}`;
}

function cookieText(baseUrl: string, value: string, maxAgeSeconds: number): string {
  const secure = baseUrl.startsWith('https:') ? '; Secure' : '';
  return `${cookieName(baseUrl)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}

function cookieOf(request: FastifyRequest, name: string): string | null {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}
