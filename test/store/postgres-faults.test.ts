import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Door } from '../../src/engine/door.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { commit, write } from '../support/commits.ts';
import { execute, noPostgres, type OwnServer, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { declareIncidents, expectOnceEach, type Said, sayUntilAnswered, writers } from '../support/writers.ts';

const SLOW_MS_MAX = 60_000;
const broken = (): void => undefined;

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('PostgreSQL in trouble', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, SLOW_MS_MAX);
  afterAll(() => server.stop());

  it('loses nothing that was acknowledged when the server dies in the middle', { timeout: SLOW_MS_MAX }, async (context) => {
    const { own } = server;
    if (own === null) return context.skip('the server of DATABASE_URL is not ours to kill');
    const world = await writers(await server.createDatabase(), { stores: 2, doorsEach: 2 });
    await declareIncidents(world.doors[0] as Door, 10);
    let answered = 0;
    const outage = outageOf(own);
    const said = await Promise.all(
      Array.from({ length: 40 }, async (_unused, writer): Promise<readonly Said[]> => {
        const mine: Said[] = [];
        for (let turn = 0; turn < 15; turn += 1) {
          const door = world.doors[writer % 4] as Door;
          mine.push(await sayUntilAnswered(door, (writer >> 2) + 1, `${writer}-${turn}`, outage.over));
          answered += 1;
          if (answered === 150 || answered === 400) outage.begin();
        }
        return mine;
      }),
    );
    await expectOnceEach(world.store, said.flat());
    expect(said.flat().some(({ failures }) => failures > 0)).toBe(true);
    await world.close();
  });

  it('answers within seconds while the server is frozen, and works again afterwards', { timeout: SLOW_MS_MAX }, async (context) => {
    const { own } = server;
    if (own === null) return context.skip('the server of DATABASE_URL is not ours to freeze');
    const { store } = await openPostgresStore(await server.createDatabase(), { broken, replica: 'test' });
    await store.append([commit([write('a/1', 0)])]);
    const since = performance.now();
    own.freeze();
    try {
      const asked = await Promise.allSettled([store.append([commit([write('a/1', 1)])]), store.head(), store.outbox.nextDue('pages')]);
      expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(performance.now() - since).toBeLessThan(12_000);
    } finally {
      own.thaw();
    }
    // Nobody knows whether the frozen one was kept: only reading again tells.
    const { position } = await store.head();
    const [verdict] = await store.append([commit([write('b/1', 0)])]);
    expect(verdict).toEqual({ verdict: 'committed', positions: [position + 1] });
    await store.close();
  });

  it('may not change the past, not as its own role and not as a superuser in replica mode', async () => {
    const url = await server.createDatabase();
    const role = `bot_${process.pid}`;
    await execute(url, `create role ${role} login; grant create on schema public to ${role}`);
    const its = new URL(url);
    its.username = role;
    const { store } = await openPostgresStore(its.href, { broken, replica: 'test' });
    await store.append([commit([write('a/1', 0, 2)])]);
    for (const change of ['update entries set type = $$x$$', 'delete from entries', 'truncate entries', 'delete from payloads']) {
      await expect(execute(its.href, change)).rejects.toThrow('permission denied');
      const asReplica = `set session_replication_role = replica; ${change}`;
      await expect(execute(url, asReplica)).rejects.toThrow('append-only');
    }
    await store.append([commit([write('a/1', 2)], { erase: [1] })]);
    expect((await store.entries({ after: 0, limit: 1 }))[0]?.data).toBeNull();
    await store.close();
  });
});

/** Kills the server and starts it again; `over` waits for the end of an outage under way. */
function outageOf(own: OwnServer): { begin(): void; over(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  return {
    begin() {
      running = running.then(() => own.crash()).then(() => own.start());
    },
    over: () => running,
  };
}
