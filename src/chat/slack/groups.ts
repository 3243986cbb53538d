import type { ChatPromise } from '../../engine/ports.ts';
import type { Clock } from '../../kit/clock.ts';
import { MINUTE_MS } from '../../kit/duration.ts';
import type { SlackApi } from './api.ts';
import type { Directory } from './directory.ts';
import type { Posted } from './messages.ts';
import type { Failure } from './outcome.ts';

interface Group {
  readonly id: string;
  readonly handle: string;
  readonly users?: readonly string[];
  /** When it was disabled, in seconds since 1970; 0 while it is not. */
  readonly date_delete?: number;
}

/** User groups by their handle. Slack is asked once a minute at the most; while it is ill, what it last said holds. */
export interface Groups {
  /** Handles of the groups a user is in. */
  of(user: string): Promise<readonly string[]>;
  /** Users in a group; none when there is no such group. */
  members(handle: string): Promise<readonly string[]>;
  /** Makes these users, and nobody else, the members of a group. */
  keep(handle: string, users: readonly string[]): Promise<Posted>;
}

export function createGroups(api: SlackApi, clock: Clock): Groups {
  let groups: readonly Group[] = [];
  let askedAt = Number.NEGATIVE_INFINITY;
  const ask = async (): Promise<Failure | null> => {
    askedAt = clock.monotonic();
    const called = await api.call('usergroups.list', { include_users: true, include_disabled: true });
    if (!called.ok) return called.failure;
    groups = (called.result['usergroups'] ?? []) as readonly Group[];
    return null;
  };
  const known = async (): Promise<readonly Group[]> => {
    if (clock.monotonic() - askedAt >= MINUTE_MS) await ask();
    return groups.filter(isEnabled);
  };
  return {
    of: async (user) => (await known()).filter(({ users }) => users?.includes(user) === true).map(({ handle }) => handle),
    members: async (handle) => (await known()).find((group) => group.handle === handle)?.users ?? [],
    async keep(handle, users) {
      // As it is now: somebody may have changed it by hand.
      const failed = await ask();
      if (failed !== null) return failed;
      const group = groups.find((one) => one.handle === handle);
      if (group !== undefined) return change(api, group, users);
      return { outcome: 'dead', reason: 'client', detail: `There is no user group @${handle}. Make it, or correct \`chat.slack.onCall\`.` };
    },
  };
}

function isEnabled({ date_delete: disabledAt = 0 }: Group): boolean {
  return disabledAt === 0;
}

/** Slack knows no group without members (usergroups.users.update: `no_users_provided`): while nobody is on call it is disabled. */
async function change(api: SlackApi, group: Group, users: readonly string[]): Promise<Posted> {
  const usergroup = group.id;
  const isSame = users.length === group.users?.length && users.every((user) => group.users?.includes(user) === true);
  const calls: readonly (readonly [string, Readonly<Record<string, string>>])[] =
    users.length === 0
      ? isEnabled(group)
        ? [['usergroups.disable', { usergroup }]]
        : []
      : [
          ...(isEnabled(group) ? [] : ([['usergroups.enable', { usergroup }]] as const)),
          ...(isSame ? [] : ([['usergroups.users.update', { usergroup, users: users.join(',') }]] as const)),
        ];
  for (const [method, args] of calls) {
    const called = await api.call(method, args);
    if (!called.ok) return called.failure;
  }
  return null;
}

type KeepGroup = Extract<ChatPromise, { kind: 'group' }>;

/** Who has no account on Slack cannot be in a group there, and is paged all the same. */
export async function keepGroup(groups: Groups, directory: Directory, { group, people }: KeepGroup): Promise<Posted> {
  const failed = await directory.learn(people);
  if (failed !== null) return failed;
  const users = people.flatMap((person) => directory.slackId(person) ?? []);
  return groups.keep(group, [...new Set(users)]);
}
