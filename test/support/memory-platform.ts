import type { ChatPromise, Hear, Outcome, Platform } from '../../src/engine/ports.ts';

/** A chat world in memory for scenarios: rooms with messages and one living card each. Can be made to fail. */
export interface MemoryPlatform extends Platform {
  readonly said: { readonly to: string; readonly document: Extract<ChatPromise, { kind: 'say' }>['document'] }[];
  card(incident: number): Extract<ChatPromise, { kind: 'keep' }> | null;
  invited(incident: number): readonly string[];
  readonly rooms: ReadonlyMap<number, string>;
  /** Answers this instead of delivering, until set to null. */
  failWith(outcome: Outcome | null): void;
  hear: Hear;
}

export function memoryPlatform(name: string): MemoryPlatform {
  const said: MemoryPlatform['said'] = [];
  const cards = new Map<number, Extract<ChatPromise, { kind: 'keep' }>>();
  const people = new Map<number, Set<string>>();
  const rooms = new Map<number, string>();
  const kept = new Set<string>();
  let failure: Outcome | null = null;
  const platform: MemoryPlatform = {
    name,
    said,
    rooms,
    hear: async () => {
      throw new Error('the platform was not started');
    },
    card: (incident) => cards.get(incident) ?? null,
    invited: (incident) => [...(people.get(incident) ?? [])],
    failWith: (outcome) => {
      failure = outcome;
    },
    async start(hear) {
      platform.hear = hear;
    },
    async stop() {},
    async groups() {
      return [];
    },
    async deliver(promise, { key }) {
      if (failure !== null) return failure;
      if (promise.kind === 'open') {
        rooms.set(promise.incident, promise.name);
        return {
          outcome: 'done',
          acts: [{ type: 'incident.room-opened', incident: promise.incident, platform: name, room: promise.name, url: null }],
        };
      }
      if (promise.kind === 'keep') cards.set(promise.incident, promise);
      if (promise.kind === 'invite') people.set(promise.incident, new Set([...(people.get(promise.incident) ?? []), ...promise.people]));
      const fresh = !kept.has(key);
      kept.add(key);
      if (fresh && promise.kind === 'say') said.push({ to: promise.room, document: promise.document });
      if (fresh && promise.kind === 'direct') said.push({ to: `@${promise.person}`, document: promise.document });
      return { outcome: 'done' };
    },
  };
  return platform;
}
