import type { Pace } from '../../kit/pace.ts';
import type { Called, DiscordApi } from './api.ts';
import { outcomeOfRateLimit } from './outcome.ts';

/** What is counted apart: the method and the route of each channel and each server (topics/rate-limits). */
const MAJOR = /^\/(?:channels|guilds)\/\d+/;
const OTHER_IDS = /\d{15,}/g;
/** The limit that counts for everything a bot does. */
const EVERYTHING = 'discord';

/** The same API, which asks nothing again before Discord said it may. Whoever must not wait for others has an API of their own. */
export function pacedApi(api: DiscordApi, pace: Pace): DiscordApi {
  return {
    rest: api.rest,
    async call(method, route, options = {}) {
      // Answers to interactions have limits of their own, and their address is a secret.
      if (options.auth === false) return api.call(method, route, options);
      const what = `${method} ${queueOf(route)}`;
      const destination = `discord ${what}`;
      const waitMs = Math.max(...(await Promise.all([pace.ask(destination), pace.ask(EVERYTHING)])));
      if (waitMs > 0) return { ok: false, code: 0, raw: null, failure: outcomeOfRateLimit(what, waitMs) };
      const called = await api.call(method, route, options);
      const heldMs = called.ok ? 0 : askedFor(called);
      if (!called.ok && heldMs > 0) await pace.hold(called.isEverything === true ? EVERYTHING : destination, heldMs);
      return called;
    },
  };
}

function queueOf(route: string): string {
  const [path = ''] = route.split('?');
  const major = MAJOR.exec(path)?.[0] ?? '';
  return major + path.slice(major.length).replaceAll(OTHER_IDS, ':id');
}

function askedFor({ failure }: Extract<Called, { ok: false }>): number {
  return failure.outcome === 'later' && failure.reason === 'rate_limited' ? (failure.afterMs ?? 0) : 0;
}
