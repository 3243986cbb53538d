import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allclear, folder, type RunningProgram, startAllclear } from './program.ts';

let place: Awaited<ReturnType<typeof folder>>;
let bot: RunningProgram;
beforeAll(async () => {
  place = await folder();
  bot = await startAllclear(place.path);
});
afterAll(async () => {
  await bot.stop();
  place.remove();
});

const say = (as: string, ...words: string[]) => allclear(['say', '--as', as, ...words], { ALLCLEAR_DATA: place.path });

describe('allclear say', () => {
  it('declares, acknowledges the page and reads the timeline, as different people', async () => {
    const declared = await say('gus', 'sev1', 'on', 'checkout', 'Nobody', 'can', 'pay');
    expect(declared).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Declared at sev1: Nobody can pay') });
    expect(await say('bo', 'ack')).toMatchObject({ code: 0, stdout: expect.stringContaining('Bo Berg acknowledged') });
    const { stdout } = await allclear(['say', '--as', 'ana', '--incident', '1', 'timeline'], { ALLCLEAR_DATA: place.path });
    expect(stdout).toMatch(/Declared at sev1[\s\S]*Bo Berg acknowledged by cli/);
  });

  it('ends with 1 on a refusal and for people nobody knows', async () => {
    const refusal = await say('bo', 'ack');
    expect([refusal.code, refusal.stdout]).toEqual([1, expect.stringContaining('No page is waiting')]);
    expect(await say('mallory', 'oncall')).toMatchObject({ code: 1, stdout: expect.stringContaining('mallory') });
    const misspelt = await say('ana', 'resovle');
    expect([misspelt.code, misspelt.stdout]).toEqual([1, expect.stringContaining('resolve')]);
  });

  it('wants to know who speaks, and what', async () => {
    const anonymous = await allclear(['say', 'oncall'], { ALLCLEAR_DATA: place.path });
    expect(anonymous).toEqual({ code: 1, stdout: '', stderr: 'Say who you are: allclear say --as ana oncall\n' });
    expect(await say('ana')).toMatchObject({ code: 1, stderr: '' });
    const nowhere = await allclear(['say', '--as', 'ana', 'oncall'], { ALLCLEAR_DATA: join(place.path, 'elsewhere') });
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringMatching(/^No bot runs on .*elsewhere\. Start it: npm start\n$/)]);
  });

  it('has no way in without the token of the run file', async () => {
    const { token } = JSON.parse(readFileSync(join(place.path, 'run.json'), 'utf8')) as { token: string };
    const ask = (bearer: string) =>
      fetch(`${bot.url}/api/v1/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify({ words: 'oncall', as: 'ana' }),
      });
    expect((await ask(token)).status).toBe(200);
    expect((await ask(`${token.slice(0, -1)}!`)).status).toBe(401);
  });
});

describe('allclear sign-in', () => {
  it('makes a link that opens the console as that person, once', async () => {
    const { code, stdout } = await allclear(['sign-in', 'dee'], { ALLCLEAR_DATA: place.path });
    expect([code, stdout]).toEqual([0, expect.stringContaining(bot.url)]);
    const link = new URL(stdout.trim());
    const page = await (await fetch(link)).text();
    expect(page).toContain('Dee Novak');
    const accept = () =>
      fetch(`${bot.url}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: bot.url, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token: link.searchParams.get('token') ?? '', next: '/' }),
      });
    const first = await accept();
    expect([first.status, first.headers.get('set-cookie')]).toEqual([303, expect.stringContaining('HttpOnly')]);
    const [cookie = ''] = first.headers.get('set-cookie')?.split(';') ?? [];
    expect(await (await fetch(bot.url, { headers: { cookie } })).text()).toContain('Dee Novak');
    expect((await accept()).status).toBe(403);
  });

  it('knows nobody else, and proposes whom it knows', async () => {
    const { code, stdout, stderr } = await allclear(['sign-in', 'anna'], { ALLCLEAR_DATA: place.path });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^There is no person "anna" in allclear\.yaml\..*ana/);
  });
});
