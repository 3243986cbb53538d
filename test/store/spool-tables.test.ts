import { expect, it } from 'vitest';
import { bringChatTables } from '../../src/store/spool.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';

it('brings what the console kept beside a spool into the database, and says which rooms that is', async () => {
  const [from, to] = await Promise.all([openSqliteStore(':memory:'), openSqliteStore(':memory:')]);
  const message = { author: 'ana', at: 1, document: '{}', kind: 'say' };
  const rows = [
    { ...message, key: 'a', room: 'inc-1' },
    { ...message, key: 'b', room: 'inc-1' },
    { ...message, key: 'c', room: '@bo' },
  ];
  await from.database.insertInto('console_messages').values(rows).execute();
  expect(await bringChatTables(from.database, to.database)).toEqual(['inc-1', '@bo']);
  // What was brought before stays as it is.
  expect(await bringChatTables(from.database, to.database)).toEqual(['inc-1', '@bo']);
  expect(await to.database.selectFrom('console_messages').selectAll().orderBy('key').execute()).toEqual(rows);
  await Promise.all([from.store.close(), to.store.close()]);
});
