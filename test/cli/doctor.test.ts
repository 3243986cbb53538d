import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpFarEnd } from '../support/http-far-end.ts';
import { mailFarEnd, smtpError } from '../support/mail-far-end.ts';
import { liveThroughANight, tamper } from './night.ts';
import { allclear, folder, startAllclear, type Variables } from './program.ts';

let place: Awaited<ReturnType<typeof folder>>;
beforeAll(async () => {
  place = await folder();
});
afterAll(() => place.remove());

interface Report {
  readonly ok: boolean;
  readonly findings: readonly {
    readonly subject: string;
    readonly level: string;
    readonly sentence: string;
    readonly next: string | null;
  }[];
  readonly settings: Readonly<Record<string, string>>;
}

async function diagnosed(variables: Variables): Promise<Report & { readonly code: number | null; of(subject: string): string }> {
  const { code, stdout } = await allclear(['doctor', '--json'], variables);
  const report = JSON.parse(stdout) as Report;
  const of = (subject: string): string =>
    report.findings.flatMap((one) => (one.subject === subject ? [`${one.level}: ${one.sentence}`] : [])).join('\n');
  return { ...report, code, of };
}

describe('allclear doctor', () => {
  it('finds a fresh machine well, and says what would be missed', async () => {
    const { code, stdout, stderr } = await allclear(['doctor'], { ALLCLEAR_DATA: join(place.path, 'fresh') });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^✓ node +Node \d/m);
    expect(stdout).toMatch(/^✓ time zones +data \d{4}[a-z]/m);
    expect(stdout).toMatch(/^! mail .*\n +→ Set SMTP_URL and MAIL_FROM\.$/m);
    expect(stdout).toMatch(/^✓ postmortems +git version/m);
    expect(stdout).not.toContain('\u001b');
  });

  it('sees the running bot, its lock, its ledger and its checkpoints', async () => {
    const data = join(place.path, 'running');
    await liveThroughANight(data);
    const bot = await startAllclear(data);
    const report = await diagnosed({ ALLCLEAR_DATA: data });
    expect(report.of('lock')).toBe(`good: held by process ${bot.pid}`);
    expect(report.of('console')).toContain(`${bot.url}, alive and ready (process ${bot.pid})`);
    expect(report.of('ledger')).toMatch(/^good: \d+ entries, sound; \d+ of them vouched for by \d+ checkpoints$/);
    expect(report.of('effects')).toMatch(/^good: all \d+/);
    expect(report).toMatchObject({ ok: true, code: 0 });
    await bot.stop();
    tamper(data, `update payloads set data = replace(data, '503', '200')`);
    const after = await diagnosed({ ALLCLEAR_DATA: data });
    expect(after).toMatchObject({ ok: false, code: 1 });
    expect(after.of('ledger')).toMatch(/^broken: It was tampered with: Entry \d+ was changed after it was written/);
  });

  it('logs in to the mail server and sends nothing; names what keeps it from doing so', async () => {
    const mail = await mailFarEnd();
    const variables = { ALLCLEAR_DATA: join(place.path, 'mail'), MAIL_FROM: 'allclear@example.com' };
    const well = await diagnosed({ ...variables, SMTP_URL: `smtp://127.0.0.1:${mail.port}` });
    expect([well.of('mail'), mail.connections(), mail.mails.length]).toEqual([expect.stringMatching(/^good: /), 1, 0]);
    await mail.close();
    const strict = await mailFarEnd({ authOptional: false, onAuth: (_auth, _session, done) => done(smtpError(535, 'No.')) });
    const refused = await diagnosed({ ...variables, SMTP_URL: `smtp://allclear:hunter2@127.0.0.1:${strict.port}` });
    expect(refused.of('mail')).toMatch(/^broken: The mail server does not take our mail: .*535/);
    expect(refused.settings['SMTP_URL']).toBe(`smtp://127.0.0.1:${strict.port}`);
    expect(JSON.stringify(refused)).not.toContain('hunter2');
    await strict.close();
    const gone = await diagnosed({ ...variables, SMTP_URL: `smtp://127.0.0.1:${strict.port}` });
    expect([gone.code, gone.of('mail')]).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
  });

  it('asks GitHub whether the token may write to the repository', async () => {
    const github = await httpFarEnd();
    const variables = {
      ALLCLEAR_DATA: join(place.path, 'github'),
      GITHUB_TOKEN: 'ghp_notarealtokenbutlongenough0000000000',
      GITHUB_REPOSITORY: 'teapot/postmortems',
      GITHUB_API_URL: github.url,
    };
    const answers = [
      [200, { permissions: { push: true } }, /^good: as pull requests to teapot\/postmortems$/],
      [200, { permissions: { push: false } }, /^broken: The token may only read/],
      [401, { message: 'Bad credentials' }, /^broken: GitHub refuses the token/],
      [404, { message: 'Not Found' }, /^broken: GitHub answers 404 for teapot\/postmortems/],
    ] as const;
    for (const [status, body, said] of answers) {
      github.answer((response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)));
      const report = await diagnosed(variables);
      expect(report.of('postmortems')).toMatch(said);
      expect(JSON.stringify(report)).not.toContain(variables.GITHUB_TOKEN);
    }
    expect(github.deliveries[0]).toMatchObject({
      url: '/repos/teapot/postmortems',
      headers: { authorization: `Bearer ${variables.GITHUB_TOKEN}` },
    });
    await github.close();
  });

  it('says which setting and which configuration is wrong', async () => {
    const settings = await diagnosed({ PORT: 'http' });
    expect([settings.code, settings.of('settings')]).toEqual([1, expect.stringMatching(/^broken: PORT: /)]);
    const file = join(place.path, 'wrong.yaml');
    writeFileSync(file, 'people: 5\n');
    const configuration = await diagnosed({ ALLCLEAR_CONFIG: file, ALLCLEAR_DATA: join(place.path, 'fresh') });
    expect(configuration.of('configuration')).toMatch(/^broken: [1-9]\d* errors, \d+ warnings in .*wrong\.yaml\.$/);
    writeFileSync(join(place.path, 'file'), '');
    const data = await diagnosed({ ALLCLEAR_DATA: join(place.path, 'file/data') });
    expect(data.of('data')).toMatch(/^broken: .*cannot be written/);
  });

  it('warns of webhooks nobody can check and of doors left open', async () => {
    const report = await diagnosed({ ALLCLEAR_DATA: join(place.path, 'fresh'), HOST: '0.0.0.0' });
    expect(report.of('secrets')).toMatch(/^warning: HOST is 0\.0\.0\.0, and not set are: OFREP_KEY .*ALERTMANAGER_TOKEN/);
    expect(report.code).toBe(0);
  });
});
