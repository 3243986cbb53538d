import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Door } from '../../src/engine/door.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { execute, noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { declaration, declareIncidents, expectOnceEach, type Said, sayUntilAnswered, type Writers, writers } from '../support/writers.ts';

const SLOW_MS_MAX = 60_000;
const broken = (): void => undefined;

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('PostgreSQL under several replicas', () => {
  let server: PostgresServer;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
  }, SLOW_MS_MAX);
  afterAll(() => server.stop());

  it('is migrated once by ten replicas that start together', { timeout: SLOW_MS_MAX }, async () => {
    const opened = await Promise.all(Array.from({ length: 10 }, () => openPostgresStore(url, { broken, replica: 'test' })));
    await Promise.all(opened.map(({ store }) => store.close()));
    expect(await execute(url, 'select name from kysely_migration order by name')).toEqual([
      { name: '001-ledger' },
      { name: '002-console' },
      { name: '003-platform-notes' },
      { name: '004-quiet-console' },
      { name: '005-effects-by-place' },
    ]);
  });

  it('is left alone when a newer release has migrated it', async () => {
    await execute(url, `insert into kysely_migration (name, timestamp) values ('999-newer', '2026')`);
    const { store } = await openPostgresStore(url, { broken, replica: 'test' });
    expect((await store.head()).position).toBe(0);
    await store.close();
    await execute(url, `delete from kysely_migration where name = '999-newer'`);
  });

  it('keeps 1,000 submits racing through two stores and four doors, each exactly once', { timeout: SLOW_MS_MAX }, async () => {
    const world: Writers = await writers(url, { stores: 2, doorsEach: 2 });
    try {
      await declareIncidents(world.doors[0] as Door, 20);
      const before = (await world.store.head()).position;
      const said = await Promise.all(
        Array.from({ length: 40 }, async (_unused, writer): Promise<readonly Said[]> => {
          const door = world.doors[writer % world.doors.length] as Door;
          const mine: Said[] = [];
          // Two writers at two doors of two stores share each incident.
          for (let turn = 0; turn < 25; turn += 1) mine.push(await sayUntilAnswered(door, (writer >> 1) + 1, `${writer}-${turn}`));
          return mine;
        }),
      );
      await expectOnceEach(world.store, said.flat());
      expect((await world.store.head()).position).toBe(before + 1_000);
    } finally {
      await world.close();
    }
  });

  it('gives every declaration an incident of its own, however many replicas are told at once', { timeout: SLOW_MS_MAX }, async () => {
    const world = await writers(await server.createDatabase(), { stores: 2, doorsEach: 2 });
    try {
      for (let wave = 0; wave < 10; wave += 1)
        await Promise.all(world.doors.map((door, number) => door.submit({ act: declaration(`${wave}-${number}`), actor: 'person:ana' })));
      const entries = await world.store.entries({ after: 0, limit: 1_000 });
      const declared = entries.filter(({ type }) => type === 'incident.declared');
      expect(new Set(declared.map(({ stream }) => stream)).size).toBe(world.doors.length * 10);
      expect(declared.every(({ version }) => version === 1)).toBe(true);
    } finally {
      await world.close();
    }
  });
});
