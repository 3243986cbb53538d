import type { ChatPromise } from '../../engine/ports.ts';
import type { Groups } from './groups.ts';
import type { MessagePorts, Posted } from './messages.ts';

export interface InvitePorts extends MessagePorts {
  readonly groups: Groups;
}
type Invite = Extract<ChatPromise, { kind: 'invite' }>;

/** Nothing to do, or nothing that could be done. */
const INVITED_ALREADY = new Set(['already_in_channel', 'cant_invite_self']);

/** One by one: Slack refuses a whole list for one person in it. Who has no account there is paged all the same. */
export async function invite(ports: InvitePorts, promise: Invite): Promise<Posted> {
  const { directory, notes } = ports;
  const failed = await directory.learn(promise.people);
  if (failed !== null) return failed;
  const named = promise.people.flatMap((person) => directory.slackId(person) ?? []);
  const note = `group-invited/${promise.incident}`;
  // Members of groups come once: who leaves on purpose is left alone.
  const came = new Set(JSON.parse((await notes.get(note)) ?? '[]') as readonly string[]);
  const members = (await Promise.all((promise.groups ?? []).map((group) => ports.groups.members(group)))).flat();
  const guests = [...new Set(members)].filter((user) => !came.has(user) && !named.includes(user));
  let last: Posted = null;
  for (const user of [...new Set([...named, ...guests])]) {
    const called = await ports.api.call('conversations.invite', { channel: promise.room, users: user });
    if (!called.ok && !INVITED_ALREADY.has(called.error)) {
      if (called.failure.outcome !== 'dead') return called.failure;
      last = called.failure;
    }
    if (guests.includes(user)) await notes.put(note, JSON.stringify([...came.add(user)]));
  }
  return last;
}
