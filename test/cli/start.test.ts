import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpFarEnd } from '../support/http-far-end.ts';
import { allclear, folder, type RunningProgram, startAllclear } from './program.ts';

const STOP_MS_MAX = 10_000;
let place: Awaited<ReturnType<typeof folder>>;
beforeAll(async () => {
  place = await folder(['allclear.yaml', 'runbooks']);
});
afterAll(() => place.remove());

function data(name: string): string {
  return join(place.path, name);
}

describe('allclear start', () => {
  it('says in one line of JSON where it listens, leaves a private run file, and drains at SIGTERM', async () => {
    const bot = await startAllclear(data('drains'));
    expect(bot.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(statSync(join(data('drains'), 'run.json')).mode & 0o777).toBe(0o600);
    const console_ = await fetch(`${bot.url}/sign-in`);
    expect([console_.status, await console_.text()]).toEqual([200, expect.stringContaining('Ana Lima')]);
    const ended = await bot.stop();
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.tookMs).toBeLessThan(STOP_MS_MAX);
    expect(() => statSync(join(data('drains'), 'run.json'))).toThrow();
  });

  // Elsewhere the C library is another, and there is no /proc to look at.
  it.runIf(process.platform === 'linux')('keeps what the C library holds on to small; a setting of the operator stands', async () => {
    const held = async (name: string, variables = {}): Promise<string[]> => {
      const bot = await startAllclear(data(name), variables);
      const set = readFileSync(`/proc/${bot.pid}/environ`, 'utf8').split('\0');
      await bot.stop();
      return set.filter((line) => line.startsWith('MALLOC_'));
    };
    expect(await held('held')).toEqual(['MALLOC_ARENA_MAX=2', 'MALLOC_MMAP_THRESHOLD_=16384']);
    expect(await held('held-otherwise', { MALLOC_ARENA_MAX: '8' })).toEqual(['MALLOC_ARENA_MAX=8']);
  });

  it('is refused on a data directory that is in use, and says by whom', async () => {
    const bot = await startAllclear(data('shared'));
    const second = await allclear(['start'], { ALLCLEAR_DATA: data('shared'), PORT: '0' });
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toContain(`is in use by another Allclear (process ${bot.pid}). Stop it first, or set ALLCLEAR_DATA.`);
    expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);
    await bot.stop();
  });

  it('says in words what is on and what to type', async () => {
    const child = allclear(['start'], { ALLCLEAR_DATA: data('words'), PORT: '0' }, ['--import', stopWhenSaid('First thing to type')]);
    const { stdout, code } = await child;
    expect(stdout).toMatch(/^Allclear is on\. Console: http:\/\/127\.0\.0\.1:\d+\n/);
    expect(stdout).toMatch(/7 people, 2 schedules, 4 switches, 4 runbooks from allclear\.yaml\n.*sev1 Checkout is down/);
    expect(code).toBe(0);
  });

  it('stops within ten seconds while a phone does not answer', async () => {
    const phone = await httpFarEnd();
    const asked = new Promise<void>((resolve) => phone.answer(() => resolve()));
    const { host } = new URL(phone.url);
    const yaml = readFileSync(join(place.path, 'allclear.yaml'), 'utf8').replaceAll(
      /email: (\w+)@/g,
      `webhook: ${phone.url}/$1\n    email: $1@`,
    );
    const bot = await startAllclear(data('hangs'), { ALLCLEAR_CONFIG: written('hangs.yaml', yaml), HTTP_ALLOW: host });
    await allclear(['say', '--as', 'ana', 'sev1 on api The API is down'], { ALLCLEAR_DATA: data('hangs') });
    await asked;
    const ended = await bot.stop();
    await phone.close();
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.tookMs).toBeLessThan(STOP_MS_MAX);
  });

  it('reads the configuration again at SIGHUP, and keeps the old one when the new one is broken', async () => {
    const yaml = readFileSync(join(place.path, 'allclear.yaml'), 'utf8');
    const file = written('reload.yaml', yaml);
    const bot = await startAllclear(data('reload'), { ALLCLEAR_CONFIG: file, LOG_LEVEL: 'info' });
    const as = async (person: string) => allclear(['say', '--as', person, 'oncall'], { ALLCLEAR_DATA: data('reload') });
    expect((await as('hedy')).code).toBe(1);
    writeFileSync(file, yaml.replace('people:\n', 'people:\n  hedy:\n    name: Hedy\n    rank: responder\n    email: hedy@example.com\n'));
    await signalled(bot, 'the configuration was read again');
    expect((await as('hedy')).code).toBe(0);
    writeFileSync(file, 'people: 5\n');
    await signalled(bot, 'the old one stays in force');
    expect((await as('hedy')).code).toBe(0);
    await bot.stop();
  });
});

describe('what stops the start', () => {
  it('is a mistake in the configuration, told with file, line and column', async () => {
    const yaml = readFileSync(join(place.path, 'allclear.yaml'), 'utf8').replace('rank: admin', 'rank: king');
    const file = written('broken.yaml', yaml);
    const { code, stderr } = await allclear(['start'], { ALLCLEAR_CONFIG: file, ALLCLEAR_DATA: data('broken'), PORT: '0' });
    const line = yaml.slice(0, yaml.indexOf('king')).split('\n').length;
    expect(code).toBe(1);
    expect(stderr).toContain(`${file}:${line}:11`);
    expect(stderr).toContain('king');
  });

  it('is a setting, told by its name and without a secret', async () => {
    const { code, stderr } = await allclear(['start'], { PORT: 'http', ALLCLEAR_SECRET: 'hunter2', ALLCLEAR_DATA: data('settings') });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^PORT: .*http/m);
    expect(stderr).toMatch(/^ALLCLEAR_SECRET: /m);
    expect(stderr).not.toContain('hunter2');
  });

  it('is a ledger that is none, and a data directory that cannot be made', async () => {
    writeFileSync(data('file'), 'not a directory');
    const inFile = await allclear(['start'], { ALLCLEAR_DATA: join(data('file'), 'data'), PORT: '0' });
    expect(inFile.stderr).toMatch(/cannot be used \(ENOTDIR\)\. .*ALLCLEAR_DATA\.\n$/);
    const { path } = place;
    writeFileSync(join(path, 'ledger.db'), 'x'.repeat(5_000));
    const noLedger = await allclear(['start'], { ALLCLEAR_DATA: path, PORT: '0' });
    expect(noLedger.stderr).toMatch(/cannot be used: file is not a database\. .*\n$/);
    expect([inFile.code, noLedger.code]).toEqual([1, 1]);
  });

  it('is a port that is taken', async () => {
    const other = await httpFarEnd();
    const { port } = new URL(other.url);
    const { code, stderr } = await allclear(['start'], { ALLCLEAR_DATA: data('taken'), PORT: port });
    await other.close();
    expect([code, stderr]).toEqual([1, `Port ${port} on 127.0.0.1 is taken. Stop what listens there, or set PORT (0 takes a free one).\n`]);
  });

  it('is a Node that is too old: one line that says what to run', async () => {
    const old = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})';
    for (const [words, run] of [
      [['start'], 'npm start'],
      [['audit', 'verify'], 'npx node src/bin.js audit verify'],
    ] as const) {
      const { code, stdout, stderr } = await allclear(words, {}, ['--import', old]);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toBe(
        `Allclear needs Node 24 or newer, this is Node 20.20.2: run "${run}", which uses the Node that "npm ci" installed.\n`,
      );
    }
  });

  it('is a word nobody knows', async () => {
    expect(await allclear(['strat'])).toEqual({ code: 2, stdout: '', stderr: 'There is no subcommand "strat". Try: allclear help\n' });
    expect((await allclear(['start', '--prot', '1'])).code).toBe(2);
    expect((await allclear(['constructor'])).code).toBe(2);
    const help = await allclear(['help']);
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('allclear start [--json]')]);
  });
});

function written(name: string, text: string): string {
  const path = join(place.path, name);
  writeFileSync(path, text);
  return path;
}

/** Lets the process send itself SIGTERM once it has said something. */
function stopWhenSaid(words: string): string {
  const code = `const log=console.log;console.log=(text)=>{log(text);if(String(text).includes(${JSON.stringify(words)}))process.kill(process.pid,"SIGTERM")}`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** Sends SIGHUP and waits until the log says what came of it. */
async function signalled(bot: RunningProgram, words: string): Promise<void> {
  bot.signal('SIGHUP');
  await expect.poll(bot.log, { timeout: 10_000, interval: 50 }).toContain(words);
}
