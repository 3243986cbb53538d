import type { CurrentCatalog } from '../../engine/ports.ts';
import type { Clock } from '../../kit/clock.ts';
import { MINUTE_MS } from '../../kit/duration.ts';
import type { DiscordApi } from './api.ts';
import type { Directory } from './directory.ts';
import type { Posted } from './messages.ts';

interface Role {
  readonly id: string;
  readonly name: string;
}
interface Known {
  readonly roles: readonly string[];
  readonly askedAt: number;
}
/** Roles of the server, which may be named by their name or their id: names change. */
export interface Groups {
  /** Names and ids of the roles a user has. */
  of(user: string): Promise<readonly string[]>;
  idOf(group: string): Promise<string | null>;
  /** Gives a role to these people and takes it from everybody else of the catalog. */
  keep(group: string, people: readonly string[]): Promise<Posted>;
}

/** Discord is asked once a minute at the most; while it is ill, what it last said holds. */
export function createGroups(api: DiscordApi, guild: string, catalog: CurrentCatalog, directory: Directory, clock: Clock): Groups {
  const members = new Map<string, Known>();
  let roles: readonly Role[] = [];
  let rolesAt = Number.NEGATIVE_INFINITY;
  const isOld = (at: number): boolean => clock.monotonic() - at >= MINUTE_MS;
  const ask = async (user: string): Promise<readonly string[]> => {
    const known = members.get(user);
    const called = await api.call('GET', `/guilds/${guild}/members/${user}`);
    const isGone = !called.ok && called.failure.outcome === 'dead';
    const found = called.ok ? (called.result as { roles: readonly string[] }).roles : isGone ? [] : (known?.roles ?? []);
    members.set(user, { roles: found, askedAt: clock.monotonic() });
    return found;
  };
  const named = async (): Promise<readonly Role[]> => {
    if (!isOld(rolesAt)) return roles;
    rolesAt = clock.monotonic();
    const called = await api.call('GET', `/guilds/${guild}/roles`);
    if (called.ok) roles = called.result as readonly Role[];
    return roles;
  };
  const idOf: Groups['idOf'] = async (group) => (await named()).find(({ id, name }) => id === group || name === group)?.id ?? null;
  return {
    idOf,
    async of(user) {
      const known = members.get(user);
      const has = known !== undefined && !isOld(known.askedAt) ? known.roles : await ask(user);
      const names = new Map((await named()).map(({ id, name }) => [id, name]));
      return has.flatMap((id) => [id, ...(names.has(id) ? [names.get(id) ?? id] : [])]);
    },
    async keep(group, people) {
      const role = await idOf(group);
      if (role === null)
        return {
          outcome: 'dead',
          reason: 'client',
          detail: `There is no role ${group} on the server; make it, or correct \`chat\` in allclear.yaml.`,
        };
      const wanted = new Set(people.map((person) => directory.discordId(person)));
      for (const { id } of Object.values(catalog().people)) {
        const user = directory.discordId(id);
        if (user === null || (await ask(user)).includes(role) === wanted.has(user)) continue;
        const called = await api.call(wanted.has(user) ? 'PUT' : 'DELETE', `/guilds/${guild}/members/${user}/roles/${role}`);
        members.delete(user);
        if (!called.ok) return called.failure;
      }
      return null;
    },
  };
}
