import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { liveThroughANight } from './night.ts';
import { allclear, folder, startAllclear, type Variables } from './program.ts';

const SLOW_MS_MAX = 90_000;
let place: Awaited<ReturnType<typeof folder>>;
let ledger: string;
let backup: string;
beforeAll(async () => {
  place = await folder();
  ledger = join(place.path, 'ledger');
  backup = join(place.path, 'night.backup');
  await liveThroughANight(ledger);
}, SLOW_MS_MAX);
afterAll(() => place.remove());

const on = (data: string, variables: Variables = {}): Variables => ({ ALLCLEAR_DATA: data, ...variables });
const linesOf = async (variables: Variables): Promise<string> => (await allclear(['audit', 'export'], variables)).stdout;

describe('allclear backup and restore', () => {
  it('copies a ledger beside the running bot, without any key', { timeout: SLOW_MS_MAX }, async () => {
    const bot = await startAllclear(ledger);
    const { code, stdout, stderr } = await allclear(['backup', backup], on(ledger));
    await bot.stop();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/has \d+ entries and \d+ promises, verified by replay: head [0-9a-f]{64}\./);
    expect(stdout).toContain('Keys are not in it');
    const bytes = readFileSync(backup);
    for (const key of ['secret.key', 'checkpoint.key']) expect(bytes.includes(readFileSync(join(ledger, key), 'utf8').trim())).toBe(false);
    expect([`${backup}-wal`, `${backup}.draft`].filter(existsSync)).toEqual([]);
    const again = await allclear(['backup', backup], on(ledger));
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is there already')]);
  });

  it('brings everything back, with the checkpoints to be verified against', { timeout: SLOW_MS_MAX }, async () => {
    const there = join(place.path, 'there');
    const restored = await allclear(['restore', backup], on(there));
    expect([restored.code, restored.stderr]).toEqual([0, '']);
    expect(await linesOf(on(there))).toBe(await linesOf(on(ledger)));
    await cp(join(ledger, 'checkpoint.key'), join(there, 'checkpoint.key'));
    expect((await allclear(['audit', 'verify'], on(there))).stdout).toMatch(/^The ledger is sound: .* [1-9]\d* checkpoints/);
    const refused = await allclear(['restore', backup], on(there));
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('There is a ledger already')]);
  });

  it('wakes nobody for what an old backup still owed, when told so', { timeout: SLOW_MS_MAX }, async () => {
    const there = join(place.path, 'quiet');
    const { stdout } = await allclear(['restore', backup, '--forget-promises'], on(there));
    expect(stdout).toMatch(/^[1-9]\d* promises are forgotten\.$/m);
    expect(stdout).not.toContain('still owed');
    expect((await allclear(['audit', 'effects'], on(there))).code).toBe(0);
  });

  it.each([
    ['entry', `update payloads set data = replace(data, '503', '200') where data like '%503%'`, /^entry \d+: edited: /m],
    ['snapshot', `update streams set state = replace(state, 'Nobody can pay', 'All is well')`, /^incident\/1: snapshot: /m],
    ['promise', `update effects set body = replace(body, '"pager":"', '"pager":"x') where body like '%page.notify%'`, /altered: /m],
  ])('refuses a backup with another %s, names it, and restores nothing', async (what, statement, where) => {
    const forged = join(place.path, `${what}.backup`);
    await cp(backup, forged);
    const database = new DatabaseSync(forged);
    const triggers = database.prepare("select name from sqlite_master where type = 'trigger'").all() as { name: string }[];
    for (const { name } of triggers) database.exec(`drop trigger ${name}`);
    database.exec(statement);
    database.close();
    const there = join(place.path, `${what}-there`);
    await mkdir(there);
    const { code, stdout, stderr } = await allclear(['restore', forged], on(there));
    expect([code, stderr]).toEqual([1, expect.stringContaining('Nothing was restored')]);
    expect(stdout).toMatch(where);
    expect(await linesOf(on(there))).toBe('');
  });

  it('takes nothing for a backup that is none', async () => {
    const { code, stderr } = await allclear(['restore', 'package.json'], on(join(place.path, 'none')));
    expect([code, stderr]).toEqual([1, expect.stringContaining('cannot be read as a backup')]);
  });
});

describe('allclear export', () => {
  it('writes every entry of one incident as the export of the whole ledger has it', async () => {
    const { code, stdout } = await allclear(['export', 'inc-1'], on(ledger));
    expect(code).toBe(0);
    const whole = new Set((await linesOf(on(ledger))).split('\n'));
    const lines = stdout.trim().split('\n');
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.filter((line) => !whole.has(line))).toEqual([]);
    expect((await allclear(['export', 'inc-9'], on(ledger))).stderr).toContain('There is no inc-9');
  });
});

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('on PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, SLOW_MS_MAX);
  afterAll(() => server.stop());
  const SECRET = 'on-postgresql-0123456789-0123456789';

  it('restores from an embedded ledger, backs up and restores to one, and moves there and back', { timeout: SLOW_MS_MAX }, async () => {
    const replicated = { DATABASE_URL: await server.createDatabase(), ALLCLEAR_SECRET: SECRET };
    const there = on(join(place.path, 'replica'), replicated);
    expect(await allclear(['restore', backup], there)).toMatchObject({ code: 0, stderr: '' });
    const lines = await linesOf(on(ledger));
    expect(await linesOf(there)).toBe(lines);
    const second = join(place.path, 'second.backup');
    expect(await allclear(['backup', second], there)).toMatchObject({ code: 0, stderr: '' });
    const home = on(join(place.path, 'home'));
    expect(await allclear(['restore', second], home)).toMatchObject({ code: 0, stderr: '' });
    expect(await linesOf(home)).toBe(lines);

    const other = { DATABASE_URL: await server.createDatabase(), ALLCLEAR_SECRET: SECRET };
    const moving = on(join(place.path, 'home'), other);
    const moved = await allclear(['move', 'postgres'], moving);
    expect(moved).toMatchObject({ code: 0, stdout: expect.stringContaining('the chain is sound on both sides') });
    expect(await linesOf(moving)).toBe(lines);
    expect(await allclear(['move', 'postgres'], moving)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is a ledger in postgres'),
    });
    expect(await allclear(['move', 'embedded'], on(join(place.path, 'back'), other))).toMatchObject({ code: 0 });
    expect(await linesOf(on(join(place.path, 'back')))).toBe(lines);
  });
});
