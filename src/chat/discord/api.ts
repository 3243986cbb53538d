import { DiscordAPIError, HTTPError, RateLimitError, REST, type RouteLike } from 'discord.js';
import { TIMEOUT_MS } from './limits.ts';
import { type Failure, outcomeOfError, outcomeOfRateLimit, outcomeOfSilence, outcomeOfStatus } from './outcome.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Called =
  | { readonly ok: true; readonly result: unknown }
  /** `code` is Discord's, 0 when it was not Discord that answered; `raw` is what it said about the fields. */
  | {
      readonly ok: false;
      readonly code: number;
      readonly raw: unknown;
      readonly failure: Failure;
      /** There were too many requests of any kind, not only of this one. */
      readonly isEverything?: boolean;
    };
export interface CallOptions {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  /** Shown in the audit log of the server. */
  readonly reason?: string;
  /** False for answers to interactions, whose address is their own proof. */
  readonly auth?: boolean;
}
export interface DiscordApi {
  /** For the gateway, which asks for its own address. */
  readonly rest: REST;
  /** One call, never repeated here: the outbox is the only one that repeats. Throws on bugs alone. */
  call(method: Method, route: string, options?: CallOptions): Promise<Called>;
}
export interface DiscordApiOptions {
  readonly token: string;
  /** `https://discord.com/api`, or where another one answers; no slash at the end. */
  readonly apiUrl: string;
  readonly timeoutMs?: number;
}

/** Discord's HTTP API through the library's own client, with every failure as a verdict. It keeps the rate limit buckets and waits for none of them. */
export function createDiscordApi({ token, apiUrl, timeoutMs }: DiscordApiOptions): DiscordApi {
  const rest = new REST({
    api: apiUrl,
    retries: 0,
    timeout: timeoutMs ?? TIMEOUT_MS,
    rejectOnRateLimit: () => true,
    // Its sweepers would keep a process alive that has nothing more to do.
    hashSweepInterval: 0,
    handlerSweepInterval: 0,
  });
  return {
    rest,
    async call(method, route, options = {}) {
      const what = `${method} ${route.split('?')[0]?.replaceAll(SECRETS, '/…') ?? ''}`;
      // The library forgets the token when it was refused once, and would then fail without asking.
      rest.setToken(token);
      try {
        const { query, ...others } = options;
        const asked = { ...others, method: method as never, fullRoute: route as RouteLike };
        return { ok: true, result: await rest.request(query === undefined ? asked : { ...asked, query: new URLSearchParams(query) }) };
      } catch (fault) {
        return failed(what, fault);
      }
    },
  };
}

/** The last part of an answer's address is good for fifteen minutes of answers. */
const SECRETS = /\/[\w-]{40,}/g;

function failed(what: string, fault: unknown): Called {
  const silent = { code: 0, raw: null };
  if (fault instanceof DiscordAPIError) {
    const code = Number(fault.code) || 0;
    const message = 'message' in fault.rawError ? fault.rawError.message : fault.message;
    return { ok: false, code, raw: fault.rawError, failure: outcomeOfError(what, fault.status, code, message) };
  }
  if (fault instanceof RateLimitError) {
    const { retryAfter, timeToReset, sublimitTimeout, global } = fault;
    const failure = outcomeOfRateLimit(what, Math.max(retryAfter, timeToReset, sublimitTimeout));
    return { ok: false, ...silent, failure, isEverything: global };
  }
  if (fault instanceof HTTPError) return { ok: false, ...silent, failure: outcomeOfStatus(what, fault.status) };
  if (fault instanceof Error && isOfTheWorld(fault)) return { ok: false, ...silent, failure: outcomeOfSilence(what, fault) };
  throw fault;
}

/** Of the network or of something on the way, not a mistake in here. */
function isOfTheWorld(fault: Error): boolean {
  return fault instanceof SyntaxError || 'code' in fault || 'cause' in fault || fault.name === 'AbortError' || fault.name === 'SocketError';
}
