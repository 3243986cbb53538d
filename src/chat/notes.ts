import type { Kysely } from 'kysely';

/** The part of the database in which chat worlds remember names that only they know: rooms, messages, deliveries. */
export interface NoteTables {
  platform_notes: { key: string; value: string };
}

/** What a chat world has to find again after a restart. One statement each: no reader sees half. */
export interface Notes {
  get(key: string): Promise<string | null>;
  put(key: string, value: string): Promise<void>;
  /** The same without waiting for the disk: a killed process loses nothing, a power cut the last moments. */
  jot(key: string, value: string): Promise<void>;
  /** True for exactly the first who writes under this key. */
  add(key: string, value: string): Promise<boolean>;
  remove(key: string): Promise<void>;
  /** Everything whose key begins with `prefix`, in order of the keys. */
  list(prefix: string): Promise<readonly { readonly key: string; readonly value: string }[]>;
}

/** All of them, for notes that are asked from another thread. */
export const NOTES_METHODS = ['get', 'put', 'jot', 'add', 'remove', 'list'] as const satisfies readonly (keyof Notes)[];

/** Notes that go elsewhere while `spare` answers other ones: the database is away then. */
export function sparedNotes(main: Notes, spare: () => Notes | null): Notes {
  const now = (): Notes => spare() ?? main;
  return {
    get: (key) => now().get(key),
    put: (key, value) => now().put(key, value),
    jot: (key, value) => now().jot(key, value),
    add: (key, value) => now().add(key, value),
    remove: (key) => now().remove(key),
    list: (prefix) => now().list(prefix),
  };
}

/** Notes of one chat world; no other sees them. What is removed may come back with a power cut, if `unhurried` does not wait for the disk. */
export function createNotes(database: Kysely<NoteTables>, platform: string, unhurried: Kysely<NoteTables> = database): Notes {
  const own = (key: string): string => `${platform}/${key}`;
  return {
    async get(key) {
      const row = await database.selectFrom('platform_notes').where('key', '=', own(key)).select('value').executeTakeFirst();
      return row?.value ?? null;
    },
    put: (key, value) => write(database, own(key), value),
    jot: (key, value) => write(unhurried, own(key), value),
    async add(key, value) {
      const result = await database
        .insertInto('platform_notes')
        .values({ key: own(key), value })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },
    async remove(key) {
      await unhurried.deleteFrom('platform_notes').where('key', '=', own(key)).execute();
    },
    async list(prefix) {
      const from = own(prefix);
      // The last character there is: a range finds what a pattern would have to escape.
      const rows = await database
        .selectFrom('platform_notes')
        .where('key', '>=', from)
        .where('key', '<', `${from}\u{10FFFF}`)
        .orderBy('key')
        .selectAll()
        .execute();
      return rows.map(({ key, value }) => ({ key: key.slice(platform.length + 1), value }));
    },
  };
}

async function write(database: Kysely<NoteTables>, key: string, value: string): Promise<void> {
  await database
    .insertInto('platform_notes')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}
