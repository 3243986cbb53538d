import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Children share two cores with everything else. */
const CHILD_MS_MAX = 60_000;
const home = mkdtempSync(join(tmpdir(), 'allclear-cli-'));
const data = join(home, 'data');

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

function start(words: readonly string[], variables: Readonly<Record<string, string>> = {}): ChildProcess {
  const env = { ...process.env, ALLCLEAR_DATA: data, PORT: '0', LOG_LEVEL: 'silent', ...variables };
  return spawn(process.execPath, ['src/bin.js', ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function run(words: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = start(words, variables);
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (out += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out };
}

/** Edits the ledger as somebody with the file in their hands would. */
function meddle(sql: string): void {
  const database = new DatabaseSync(join(data, 'ledger.db'));
  database.exec(sql);
  database.close();
}

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('allclear check', () => {
  it(
    'is content with the shipped configuration',
    async () => {
      expect(await run(['check'])).toMatchObject({ code: 0 });
    },
    CHILD_MS_MAX,
  );

  it(
    'names file, line and the nearest name, and exits 1',
    async () => {
      const file = join(home, 'allclear.yaml');
      cpSync('runbooks', join(home, 'runbooks'), { recursive: true });
      writeFileSync(file, readFileSync('allclear.yaml', 'utf8').replace('policy: payments', 'policy: paiments'));
      const { code, out } = await run(['check'], { ALLCLEAR_CONFIG: file });
      expect(code).toBe(1);
      expect(out).toMatch(/allclear\.yaml:\d+:\d+ services\.checkout\.policy: .*`payments`/);
    },
    CHILD_MS_MAX,
  );
});

describe('allclear', () => {
  it(
    'complains about what it does not know',
    async () => {
      expect(await run(['strat'])).toMatchObject({ code: 2, out: expect.stringContaining('allclear help') });
      expect(await run(['start', '--fast'])).toMatchObject({ code: 2 });
      expect((await run(['help'])).out).toContain('allclear audit');
    },
    CHILD_MS_MAX,
  );
});

describe('a bot that runs', () => {
  let bot: ChildProcess;
  beforeAll(async () => {
    mkdirSync(data, { recursive: true });
    bot = start(['start', '--json']);
    const [line] = (await once(bot.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer];
    expect(JSON.parse(String(line))).toMatchObject({ ready: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  }, CHILD_MS_MAX);

  it(
    'takes commands, keeps its directory to itself, drains at SIGTERM, and leaves a ledger that is sound',
    async () => {
      expect(await run(['say', '--as', 'ana', 'sev4', 'Search', 'is', 'slow'])).toMatchObject({
        code: 0,
        out: expect.stringContaining('Search is slow'),
      });
      expect(await run(['say', '--as', 'nobody', 'list'])).toMatchObject({ code: 1 });
      expect(await run(['start'])).toMatchObject({ code: 1, out: expect.stringContaining(`process ${bot.pid}`) });
      expect((await run(['sign-in', 'ana'])).out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sign-in\?token=/m);
      expect(await run(['audit', 'verify'])).toMatchObject({ code: 0, out: expect.stringContaining('sound') });
      bot.kill('SIGTERM');
      expect(await once(bot, 'exit')).toEqual([0, null]);
      expect(await run(['say', '--as', 'ana', 'list'])).toMatchObject({ code: 1, out: expect.stringContaining('npm start') });
      expect(await run(['audit', 'verify'])).toMatchObject({ code: 0, out: expect.stringMatching(/[1-9]\d* checkpoint/) });
    },
    2 * CHILD_MS_MAX,
  );

  it(
    'cannot be tampered with unseen',
    async () => {
      const exported = join(home, 'ledger.jsonl');
      expect(await run(['audit', 'export', '--file', exported])).toMatchObject({ code: 0 });
      expect(await run(['audit', 'verify', '--file', exported])).toMatchObject({ code: 0 });
      meddle(`drop trigger payloads_erase_only; update payloads set data = replace(data, 'slow', 'fast') where position = 1`);
      const { code, out } = await run(['audit', 'verify']);
      expect(code).toBe(1);
      expect(out).toMatch(/\b1\b.*edited|edited.*\b1\b/i);
    },
    CHILD_MS_MAX,
  );
});
