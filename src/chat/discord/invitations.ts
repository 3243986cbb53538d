import type { Attempt, ChatPromise } from '../../engine/ports.ts';
import type { Groups } from './groups.ts';
import { type MessagePorts, type Posted, say } from './messages.ts';
import { GUEST_PERMISSIONS } from './permissions.ts';
import { type PlacePorts, placeOf } from './places.ts';

type Invite = Extract<ChatPromise, { kind: 'invite' }>;
type Ports = MessagePorts & PlacePorts & { readonly groups: Groups };
/** Who is let in: `name` is Discord's id, `person` the one to call by name. */
interface Guest {
  readonly name: string;
  readonly person: string | null;
  readonly kind: typeof ROLE | typeof MEMBER;
}
/** resources/channel#overwrite-object */
const ROLE = 0;
const MEMBER = 1;

/** One by one; then they are called by name, as being let in notifies nobody. Who has no account there is paged all the same. */
export async function invite(ports: Ports, promise: Invite, attempt: Attempt): Promise<Posted> {
  const { incident, room } = promise;
  const isThread = (await placeOf(ports, incident))?.isThread === true;
  const guests = await guestsOf(ports, promise, isThread);
  let last: Posted = null;
  for (const guest of guests) {
    const failed = await letIn(ports, room, guest, isThread);
    if (failed !== null && failed.outcome !== 'dead') return failed;
    last = failed ?? last;
  }
  const failed = await callByName(ports, room, guests, attempt);
  if (failed !== null) return failed;
  for (const guest of guests) await ports.notes.put(noteOf(room, guest.name), attempt.key);
  return last;
}

const noteOf = (room: string, name: string): string => `invited/${room}/${name}`;

/** Everybody who was not let in before. A thread takes no roles: who has one finds it in its channel. */
async function guestsOf(
  { directory, groups, notes }: Ports,
  { people, groups: named = [], room }: Invite,
  isThread: boolean,
): Promise<readonly Guest[]> {
  const members = people.flatMap((person): readonly Guest[] => {
    const user = directory.discordId(person);
    return user === null ? [] : [{ name: user, person, kind: MEMBER }];
  });
  const roles = isThread ? [] : await Promise.all(named.map((group) => groups.idOf(group)));
  const all = [...members, ...roles.flatMap((id): readonly Guest[] => (id === null ? [] : [{ name: id, person: null, kind: ROLE }]))];
  const known = await Promise.all(all.map(({ name }) => notes.get(noteOf(room, name))));
  return all.filter((_, index) => known[index] === null);
}

async function letIn({ api }: Ports, room: string, { name, kind }: Guest, isThread: boolean): Promise<Posted> {
  const called = isThread
    ? await api.call('PUT', `/channels/${room}/thread-members/${name}`)
    : await api.call('PUT', `/channels/${room}/permissions/${name}`, { body: { type: kind, allow: String(GUEST_PERMISSIONS) } });
  return called.ok ? null : called.failure;
}

const SPACE = { kind: 'plain', text: ' ' } as const;
const NEEDED = { kind: 'plain', text: 'you are needed here. The pinned card says what is known.' } as const;

async function callByName(ports: Ports, room: string, guests: readonly Guest[], attempt: Attempt): Promise<Posted> {
  const people = guests.flatMap(({ person }) => (person === null ? [] : [{ kind: 'person', id: person } as const, SPACE]));
  if (people.length === 0) return null;
  const document = { blocks: [{ kind: 'text', text: [...people, NEEDED] }] } as const;
  return say(ports, room, document, { ...attempt, key: `${attempt.key}/invite` }, { look: true });
}
