import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allclear, type Ended } from './program.ts';

/** The promise of the README. */
const DEMO_MS_MAX = 30_000;
let shown: Ended & { readonly tookMs: number };
/** Where temporary directories go: all of what the demo leaves behind. */
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'allclear-demo-test-'));
  const from = performance.now();
  // Everything that could lead it elsewhere: none of it counts.
  const variables = {
    TMPDIR: directory,
    GITHUB_TOKEN: 'ghp_notarealtokenbutlongenough0000000000',
    GITHUB_REPOSITORY: 'teapot/postmortems',
    GITHUB_API_URL: 'http://127.0.0.1:1',
    ALLCLEAR_DATA: '/nowhere',
    ALLCLEAR_CONFIG: '/nowhere.yaml',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'nobody@example.com',
  };
  shown = { ...(await allclear(['demo', '--json'], variables)), tookMs: performance.now() - from };
}, 2 * DEMO_MS_MAX);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('allclear demo', () => {
  it('plays a whole incident in less than thirty seconds, and every expectation is met', () => {
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    expect(shown.tookMs).toBeLessThan(DEMO_MS_MAX);
    expect(shown.stdout).not.toContain('✗');
    expect(shown.stdout.match(/✓/g)?.length).toBeGreaterThanOrEqual(15);
    expect(JSON.parse(shown.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ ok: true });
  });

  it('tells the story: paged, escalated, acknowledged, read-only by two people, mitigated, resolved', () => {
    const moments = [
      'Gus Haddad types  declare sev1 on checkout Customers cannot pay',
      'e-mail to bo@example.com: [SEV1] inc-1 Customers cannot pay',
      'Paging level 2: Eli Park, Bo Berg',
      'webhook to eli: [SEV1] inc-1 Customers cannot pay',
      'Eli Park acknowledged by link',
      'Eli Park is Incident Commander',
      'Runbook “Recover in 15” started',
      '“Nobody approves their own request.',
      'Read-only mode off → on by Eli Park, approved by Bo Berg',
      'Fay Moreau took over Incident Commander from Eli Park',
      'Checkpoint 5m',
      'Read-only mode on → off by Fay Moreau, approved by Bo Berg',
      'Resolved: Rolled back checkout to 213',
      'Postmortem published',
      'The timeline wrote itself:',
      'The ledger is sound: ',
    ];
    const places = moments.map((moment) => shown.stdout.indexOf(moment));
    expect(places.filter((place) => place < 0)).toEqual([]);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  it('writes no colours where there is no terminal', () => {
    expect(shown.stdout).not.toContain('\u001b');
  });

  it('leaves a ledger that verifies and a postmortem that can be read as it says', async () => {
    const data = /postmortem stay in (\S+)\.$/m.exec(shown.stdout)?.[1] ?? '';
    expect(data.startsWith(directory)).toBe(true);
    expect(await allclear(['audit', 'verify'], { ALLCLEAR_DATA: data })).toMatchObject({ code: 0 });
    const command = /^ {2}read +git (.*)$/m.exec(shown.stdout)?.[1] ?? '';
    const postmortem = execFileSync('git', command.split(' '), { encoding: 'utf8' });
    expect(postmortem).toMatch(/Customers cannot pay[\s\S]*```mermaid[\s\S]*Try declined cards before each deploy/);
    expect(readFileSync(join(data, '../allclear.yaml'), 'utf8')).toMatch(/webhook: http:\/\/127\.0\.0\.1:\d+\/eli/);
  });
});
