import type { Clock } from '../../kit/clock.ts';
import { MINUTE_MS } from '../../kit/duration.ts';
import type { SlackApi } from './api.ts';

interface Group {
  readonly handle: string;
  readonly users?: readonly string[];
}

/** Handles of the groups a user is in. Slack is asked once a minute at the most; while it is ill, what it last said holds. */
export function createGroups(api: SlackApi, clock: Clock): (user: string) => Promise<readonly string[]> {
  let groups: readonly Group[] = [];
  let askedAt = Number.NEGATIVE_INFINITY;
  return async (user) => {
    if (clock.monotonic() - askedAt >= MINUTE_MS) {
      askedAt = clock.monotonic();
      const called = await api.call('usergroups.list', { include_users: true });
      if (called.ok) groups = (called.result['usergroups'] ?? []) as readonly Group[];
    }
    return groups.filter(({ users }) => users?.includes(user) === true).map(({ handle }) => handle);
  };
}
