import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RUN_FILE } from '../../src/cli/running.ts';
import { verify } from '../../src/ledger/verify.ts';
import { postgresMigrations } from '../../src/store/migrations/postgres/index.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { PROJECT, type RunningProgram, startAllclear } from '../cli/program.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';

const SLOW_MS_MAX = 120_000;
const PARTS = ['src', 'commands', 'templates', 'runbooks', 'package.json'];
const ROUNDS = 5;
/** A replica that stopped may leave what it held to the lease of it: 8 s. */
const TAKEN_OVER = { timeout: 30_000, interval: 50 };
const LEVELS = Object.keys(postgresMigrations);

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('an upgrade one replica at a time', () => {
  let server: PostgresServer;
  let directory: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'allclear-upgrade-'));
    server = await startPostgres();
  }, SLOW_MS_MAX);
  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  it('has both releases take commands side by side, and the new one alone go on', { timeout: SLOW_MS_MAX }, async () => {
    const variables = {
      ALLCLEAR_CONFIG: join(import.meta.dirname, 'company', 'allclear.yaml'),
      ALLCLEAR_SECRET: 'replicas-share-it-0123456789abcdef',
      DATABASE_URL: await server.createDatabase(),
    };
    const say = async ({ url }: RunningProgram, name: string, body: object): Promise<unknown> => {
      const { token } = JSON.parse(readFileSync(join(directory, name, RUN_FILE), 'utf8')) as { token: string };
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answered = await fetch(`${url}/api/v1/commands`, { method: 'POST', headers, body: JSON.stringify({ as: 'ana', ...body }) });
      return answered.json();
    };
    const before = await startAllclear(join(directory, 'before'), variables, releaseBefore(join(directory, 'release')));
    expect(await levelOf(variables.DATABASE_URL)).toEqual(LEVELS.slice(0, -1));
    expect(await say(before, 'before', { words: 'sev1 Checkout is down' })).toMatchObject({ ok: true, incident: 1 });
    const after = await startAllclear(join(directory, 'after'), variables);
    expect(await levelOf(variables.DATABASE_URL)).toEqual(LEVELS);
    for (let round = 1; round <= ROUNDS; round += 1) {
      expect(await say(before, 'before', { words: `note before ${round}`, incident: 1 })).toMatchObject({ ok: true });
      expect(await say(after, 'after', { words: `note after ${round}`, incident: 1 })).toMatchObject({ ok: true });
    }
    expect(await say(before, 'before', { words: 'sev2 Search is slow' })).toMatchObject({ ok: true, incident: 2 });
    expect(await before.stop()).toMatchObject({ code: 0 });
    const { store } = await openPostgresStore(variables.DATABASE_URL, { broken: () => undefined, replica: 'auditor' });
    const entries = () => store.entries({ after: 0, limit: 1_000 });
    // What the older one promised and did not come to do is done by the new one.
    await vi.waitFor(async () => {
      const pages = (await entries()).filter(({ type, incident }) => type === 'page.started' && incident === 2);
      expect(pages).toHaveLength(1);
    }, TAKEN_OVER);
    expect(await say(after, 'after', { words: 'resolve Rolled back', incident: 2 })).toMatchObject({ ok: true });
    expect(await after.stop()).toMatchObject({ code: 0 });
    const written = await entries();
    expect(verify(written).isSound).toBe(true);
    expect(written.filter(({ type }) => type === 'incident.noted')).toHaveLength(2 * ROUNDS);
    expect(written.filter(({ type, incident }) => type === 'page.started' && incident === 2)).toHaveLength(1);
    await store.close();
  });
});

async function levelOf(url: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>('select name from kysely_migration order by name');
  await client.end();
  return rows.map(({ name }) => name);
}

/** The release before, as far as the database sees it: the same program without the newest migration. */
function releaseBefore(folder: string): string {
  for (const part of PARTS) cpSync(join(PROJECT, part), join(folder, part), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  const index = join(folder, 'src/store/migrations/postgres/index.ts');
  const newest = LEVELS.at(-1) ?? 'none';
  const text = readFileSync(index, 'utf8');
  const without = text
    .split('\n')
    .filter((line) => !line.includes(newest))
    .join('\n');
  if (without === text) throw new Error(`the migration ${newest} is not in ${index}`);
  writeFileSync(index, without);
  return folder;
}
