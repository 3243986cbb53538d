import type { Clock } from '../../kit/clock.ts';
import { MINUTE_MS } from '../../kit/duration.ts';
import type { DiscordApi } from './api.ts';

interface Role {
  readonly id: string;
  readonly name: string;
}
interface Known {
  readonly roles: readonly string[];
  readonly askedAt: number;
}

/** Names and ids of the server roles a user has. Discord is asked once a minute at the most; while it is ill, what it last said holds. */
export function createGroups(api: DiscordApi, guild: string, clock: Clock): (user: string) => Promise<readonly string[]> {
  const members = new Map<string, Known>();
  let names: ReadonlyMap<string, string> = new Map();
  let namesAt = Number.NEGATIVE_INFINITY;
  const isOld = (at: number): boolean => clock.monotonic() - at >= MINUTE_MS;
  const rolesOf = async (user: string): Promise<readonly string[]> => {
    const known = members.get(user);
    if (known !== undefined && !isOld(known.askedAt)) return known.roles;
    const called = await api.call('GET', `/guilds/${guild}/members/${user}`);
    const isGone = !called.ok && called.failure.outcome === 'dead';
    const roles = called.ok ? (called.result as { roles: readonly string[] }).roles : isGone ? [] : (known?.roles ?? []);
    members.set(user, { roles, askedAt: clock.monotonic() });
    return roles;
  };
  return async (user) => {
    if (isOld(namesAt)) {
      namesAt = clock.monotonic();
      const called = await api.call('GET', `/guilds/${guild}/roles`);
      if (called.ok) names = new Map((called.result as readonly Role[]).map(({ id, name }) => [id, name]));
    }
    return (await rolesOf(user)).flatMap((id) => [id, ...(names.has(id) ? [names.get(id) ?? id] : [])]);
  };
}
