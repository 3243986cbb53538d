import { type Kysely, sql } from 'kysely';
import type { Document } from '../../readings/document.ts';
import type { ConsoleCard, ConsoleMessage } from './message.ts';

/** The part of the database that is the console's. */
export interface ConsoleTables {
  console_messages: { key: string; room: string; author: string; at: number; document: string; kind: string };
}

type Kind = ConsoleMessage['kind'];
const SHOWN = ['say', 'words', 'joined', 'direct'] satisfies readonly Kind[];
const NOTHING: Document = { blocks: [] };

export interface MessageTable {
  /** Adds a message behind all others of its room, unless its key is known. Answers whether it is new. */
  add(message: { key: string; room: string; kind: Kind | 'room'; author: string; at: number; document: Document }): Promise<boolean>;
  /** The newest `limit`, oldest of them first. */
  list(room: string, limit: number): Promise<readonly ConsoleMessage[]>;
  find(room: string, id: string): Promise<ConsoleMessage | null>;
  keepCard(room: string, card: ConsoleCard, at: number): Promise<void>;
  card(room: string): Promise<ConsoleCard | null>;
  /** Marks a name for ever; true for exactly the first who asks. */
  mark(name: string, at: number): Promise<boolean>;
  isMarked(name: string): Promise<boolean>;
}

/**
 * Messages in the database, so that rooms look the same after a restart. One statement each: no reader sees half. `told` hears of
 * every room and inbox where something new is committed.
 */
export function createMessageTable(database: Kysely<ConsoleTables>, told: (room: string) => void): MessageTable {
  const rows = () => database.selectFrom('console_messages').select(['key', 'kind', 'author', 'at', 'document']);

  async function insert(row: ConsoleTables['console_messages']): Promise<boolean> {
    const { room, at, ...rest } = row;
    // Two messages of one millisecond would otherwise stand in any order.
    const behind = database
      .selectFrom('console_messages')
      .where('room', '=', room)
      .select(sql<number>`case when coalesce(max(at), 0) >= ${at} then max(at) + 1 else ${at} end`.as('at'));
    const result = await database
      .insertInto('console_messages')
      .values({ ...rest, room, at: behind })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .executeTakeFirst();
    return result.numInsertedOrUpdatedRows === 1n;
  }
  return {
    async add(message) {
      const isNew = await insert({ ...message, document: JSON.stringify(message.document) });
      if (isNew) told(message.room);
      return isNew;
    },
    async list(room, limit) {
      const found = await rows().where('room', '=', room).where('kind', 'in', SHOWN).orderBy('at', 'desc').limit(limit).execute();
      return found.map(messageOf).reverse();
    },
    async find(room, id) {
      const row = await rows().where('room', '=', room).where('key', '=', id).where('kind', 'in', SHOWN).executeTakeFirst();
      return row === undefined ? null : messageOf(row);
    },
    async keepCard(room, card, at) {
      const document = JSON.stringify(card);
      await database
        .insertInto('console_messages')
        .values({ key: cardKey(room), room, kind: 'card', author: 'allclear', at, document })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ document, at }))
        .execute();
      told(room);
    },
    async card(room) {
      const row = await rows().where('key', '=', cardKey(room)).executeTakeFirst();
      return row === undefined ? null : (JSON.parse(row.document) as ConsoleCard);
    },
    mark: (name, at) => insert({ key: markKey(name), room: '', kind: 'mark', author: 'allclear', at, document: JSON.stringify(NOTHING) }),
    async isMarked(name) {
      return (await rows().where('key', '=', markKey(name)).executeTakeFirst()) !== undefined;
    },
  };
}

function cardKey(room: string): string {
  return `card-${room}`;
}
function markKey(name: string): string {
  return `mark-${name}`;
}

function messageOf(row: { key: string; kind: string; author: string; at: number; document: string }): ConsoleMessage {
  // Only this file writes the column, so what it holds is what was put in.
  return { id: row.key, kind: row.kind as Kind, author: row.author, at: row.at, document: JSON.parse(row.document) as Document };
}
