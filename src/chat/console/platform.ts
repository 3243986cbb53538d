import type { Kysely } from 'kysely';
import type { ChatPromise, Heard, Outcome, Platform, Reply } from '../../engine/ports.ts';
import type { Clock } from '../../kit/clock.ts';
import { sha256Hex } from '../../kit/hashing.ts';
import { redact } from '../../kit/redaction.ts';
import { createIntake } from '../intake.ts';
import { type ConsoleCard, type ConsoleMessage, inboxOf, incidentOfRoom, roomOf } from './message.ts';
import { type ConsoleTables, createMessageTable, type MessageTable } from './message-table.ts';
import { type ConsoleChange, createWatchers } from './watchers.ts';

export interface ConsolePlatformOptions {
  readonly database: Kysely<ConsoleTables>;
  /** The same tables, for what the outbox says again should the machine lose power; else what is kept goes to `database`. */
  readonly unhurried?: Kysely<ConsoleTables>;
  /** Told of every room and inbox where something new is committed, for who sits at another process. */
  readonly tellOthers?: (room: string) => void;
  readonly clock: Clock;
  /** Address of an incident's room, as people open it. */
  readonly roomUrl: (incident: number) => string;
}

/** Longest message a person can type: a pasted log excerpt. */
export const WORDS_CHARS_MAX = 8_000;
/** 64 bits: short enough not to be taken for a secret, long enough that no two messages of a room share it. */
const ID_DIGITS = 16;

/** The console as a chat world, and what its web pages need of it. */
export interface ConsolePlatform extends Platform {
  readonly name: 'console';
  /** Passes a delivery of a signed-in person on; null while the platform is not started. */
  hear(delivery: Omit<Heard, 'platform'>): Promise<Reply> | null;
  /** Puts words of a person into the room of an incident, without secrets; a repeat under `key` shows once. Answers the message's id. */
  post(words: { readonly key: string; readonly incident: number; readonly person: string; readonly text: string }): Promise<string>;
  messages(incident: number, limit: number): Promise<readonly ConsoleMessage[]>;
  message(incident: number, id: string): Promise<ConsoleMessage | null>;
  card(incident: number): Promise<ConsoleCard | null>;
  inbox(person: string, limit: number): Promise<readonly ConsoleMessage[]>;
  watch(see: (change: ConsoleChange) => void): (() => void) | null;
  /** Another process put something into this room or inbox; null when it may be any, which browsers find by asking again. */
  told(room: string | null): void;
  /** Something was put into this room or inbox past the console: browsers here and other processes hear of it. */
  brought(room: string): void;
  /** True for exactly the first who marks this name, also across restarts. */
  mark(name: string): Promise<boolean>;
  isMarked(name: string): Promise<boolean>;
}

/**
 * The chat world that needs no server but our own: rooms, cards, messages and inboxes in the database. Shows nothing twice
 * under one key, also after a restart.
 */
export function createConsolePlatform(options: ConsolePlatformOptions): ConsolePlatform {
  const { database, unhurried, tellOthers = () => undefined, clock, roomUrl } = options;
  const table = createMessageTable(database, tellOthers);
  const promised = createMessageTable(unhurried ?? database, tellOthers);
  const intake = createIntake();
  const watchers = createWatchers();
  const told = (room: string | null): void => changesIn(room).forEach(watchers.tell);
  return {
    name: 'console',
    async start(hear) {
      intake.open(hear);
    },
    async stop() {
      intake.close();
    },
    async deliver(promise, attempt) {
      const { outcome, change } = await keep(promise, { table: promised, key: attempt.key, now: clock.now(), roomUrl });
      if (change !== null) watchers.tell(change);
      return outcome;
    },
    groups: async () => [],
    hear: (delivery) => intake.hear({ ...delivery, platform: 'console' }),
    async post({ key, incident, person, text }) {
      const id = `words-${sha256Hex(`${person} ${key}`).slice(0, ID_DIGITS)}`;
      const words = redact(text.toWellFormed().slice(0, WORDS_CHARS_MAX));
      const document = { blocks: [{ kind: 'text', text: [{ kind: 'plain', text: words }] }] } as const;
      const isNew = await table.add({ key: id, room: roomOf(incident), kind: 'words', author: person, at: clock.now(), document });
      if (isNew) watchers.tell({ kind: 'messages', incident });
      return id;
    },
    messages: (incident, limit) => table.list(roomOf(incident), limit),
    message: (incident, id) => table.find(roomOf(incident), id),
    card: (incident) => table.card(roomOf(incident)),
    inbox: (person, limit) => table.list(inboxOf(person), limit),
    watch: (see) => watchers.watch(see),
    told,
    brought(room) {
      told(room);
      tellOthers(room);
    },
    mark: (name) => table.mark(name, clock.now()),
    isMarked: (name) => table.isMarked(name),
  };
}

/** It may have been a message or the card: who looks reads both again. */
function changesIn(room: string | null): readonly ConsoleChange[] {
  if (room === null) return [];
  if (room.startsWith('@')) return [{ kind: 'inbox', person: room.slice(1) }];
  const incident = incidentOfRoom(room);
  return incident === null
    ? []
    : [
        { kind: 'messages', incident },
        { kind: 'card', incident },
      ];
}

interface Keeping {
  readonly table: MessageTable;
  readonly key: string;
  readonly now: number;
  readonly roomUrl: ConsolePlatformOptions['roomUrl'];
}
interface Kept {
  readonly outcome: Outcome;
  /** Null when nothing looks different from before. */
  readonly change: ConsoleChange | null;
}
const DONE: Outcome = { outcome: 'done' };

async function keep(promise: ChatPromise, keeping: Keeping): Promise<Kept> {
  switch (promise.kind) {
    case 'open':
      return open(promise, keeping);
    case 'keep': {
      const { incident, room, topic, card, digest } = promise;
      await keeping.table.keepCard(room, { topic, card, digest }, keeping.now);
      return { outcome: DONE, change: { kind: 'card', incident } };
    }
    case 'say': {
      const { incident, room, document } = promise;
      const isNew = await keeping.table.add({ ...said(keeping), room, kind: 'say', document });
      return { outcome: DONE, change: isNew ? { kind: 'messages', incident } : null };
    }
    case 'invite':
      return invite(promise, keeping);
    // The console forgets no room and has no groups.
    case 'archive':
    case 'group':
      return { outcome: DONE, change: null };
    case 'direct': {
      const { person, document } = promise;
      const isNew = await keeping.table.add({ ...said(keeping), room: inboxOf(person), kind: 'direct', document });
      return { outcome: DONE, change: isNew ? { kind: 'inbox', person } : null };
    }
  }
}

function said({ key, now }: Keeping): { key: string; author: string; at: number } {
  return { key: `said-${key}`, author: 'allclear', at: now };
}

async function open({ incident, name }: Extract<ChatPromise, { kind: 'open' }>, { table, now, roomUrl }: Keeping): Promise<Kept> {
  const room = roomOf(incident);
  const title = { blocks: [{ kind: 'heading', text: [{ kind: 'plain', text: name }] }] } as const;
  await table.add({ key: `room-${room}`, room, kind: 'room', author: 'allclear', at: now, document: title });
  const act = { type: 'incident.room-opened', incident, platform: 'console', room, url: roomUrl(incident) };
  return { outcome: { outcome: 'done', acts: [act] }, change: null };
}

/** Each person joins a room once, however often they are invited. */
async function invite({ incident, room, people }: Extract<ChatPromise, { kind: 'invite' }>, { table, now }: Keeping): Promise<Kept> {
  let anyNew = false;
  for (const person of people) {
    const key = `joined-${room}-${person}`;
    const isNew = await table.add({ key, room, kind: 'joined', author: person, at: now, document: { blocks: [] } });
    anyNew ||= isNew;
  }
  return { outcome: DONE, change: anyNew ? { kind: 'messages', incident } : null };
}
