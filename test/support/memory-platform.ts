import type { ChatPromise, Hear, Outcome, Platform } from '../../src/engine/ports.ts';
import type { Document } from '../../src/readings/document.ts';

/** Something that was shown to people. `to` is a room's name, or `@id` for one person. */
export interface Shown {
  readonly to: string;
  /** The incident whose room it is; null for what is written to one person. */
  readonly incident: number | null;
  readonly document: Document;
}

/** A chat world in memory for scenarios: rooms with messages and one living card each. Can be made to fail. */
export interface MemoryPlatform extends Platform {
  /** Messages nobody has looked at yet. */
  readonly said: Shown[];
  /** Every message there ever was. */
  readonly everSaid: readonly Shown[];
  card(incident: number): Extract<ChatPromise, { kind: 'keep' }> | null;
  invited(incident: number): readonly string[];
  readonly rooms: ReadonlyMap<number, string>;
  /** Members of groups, as tests set them and as promises keep them. */
  readonly members: Map<string, readonly string[]>;
  /** Incidents whose room was put away. */
  readonly archived: ReadonlySet<number>;
  /** Answers this instead of delivering promises of these kinds (all when none is named), until set to null. */
  failWith(outcome: Outcome | null, kinds?: readonly ChatPromise['kind'][]): void;
  hear: Hear;
}

export function memoryPlatform(name: string): MemoryPlatform {
  const said: Shown[] = [];
  const everSaid: Shown[] = [];
  const cards = new Map<number, Extract<ChatPromise, { kind: 'keep' }>>();
  const people = new Map<number, Set<string>>();
  const rooms = new Map<number, string>();
  const members = new Map<string, readonly string[]>();
  const archived = new Set<number>();
  const kept = new Set<string>();
  let failure: { readonly outcome: Outcome; readonly kinds: readonly ChatPromise['kind'][] } | null = null;
  const show = (shown: Shown): void => {
    said.push(shown);
    everSaid.push(shown);
  };
  const failureOf = (kind: ChatPromise['kind']): Outcome | null =>
    failure !== null && (failure.kinds.length === 0 || failure.kinds.includes(kind)) ? failure.outcome : null;
  const keep = (promise: ChatPromise): void => {
    if (promise.kind === 'group') members.set(promise.group, promise.people);
    if (promise.kind === 'archive') archived[promise.archived ? 'add' : 'delete'](promise.incident);
    if (promise.kind === 'keep') cards.set(promise.incident, promise);
    if (promise.kind === 'invite') people.set(promise.incident, new Set([...(people.get(promise.incident) ?? []), ...promise.people]));
  };
  const platform: MemoryPlatform = {
    name,
    said,
    everSaid,
    rooms,
    members,
    archived,
    hear: async () => {
      throw new Error('the platform was not started');
    },
    card: (incident) => cards.get(incident) ?? null,
    invited: (incident) => [...(people.get(incident) ?? [])],
    failWith: (outcome, kinds = []) => {
      failure = outcome === null ? null : { outcome, kinds };
    },
    async start(hear) {
      platform.hear = hear;
    },
    async stop() {},
    async groups(person) {
      return [...members].filter(([, people]) => people.includes(person)).map(([group]) => group);
    },
    async deliver(promise, { key }) {
      const failed = failureOf(promise.kind);
      if (failed !== null) return failed;
      if (promise.kind === 'open') {
        rooms.set(promise.incident, promise.name);
        const room = { incident: promise.incident, platform: name, room: promise.name, url: null };
        return { outcome: 'done', acts: [{ type: 'incident.room-opened', ...room }] };
      }
      keep(promise);
      const fresh = !kept.has(key);
      kept.add(key);
      if (fresh && promise.kind === 'say') show({ to: promise.room, incident: promise.incident, document: promise.document });
      if (fresh && promise.kind === 'direct') show({ to: `@${promise.person}`, incident: null, document: promise.document });
      return { outcome: 'done' };
    },
  };
  return platform;
}
