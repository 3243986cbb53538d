import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/config/check.ts';
import { EXAMPLE } from './example.ts';
import { placeWith, runbookText } from './place.ts';

const NOW = Temporal.Instant.from('2026-03-02T03:00:00Z').epochMilliseconds;

/** The findings about the example with some places changed, as `level line path: sentence`. */
async function findingsWith(changes: Readonly<Record<string, string>>, now = NOW): Promise<readonly string[]> {
  let text = EXAMPLE;
  for (const [before, after] of Object.entries(changes)) {
    if (!text.includes(before)) throw new Error(`"${before}" is not in the example.`);
    text = text.replace(before, () => after);
  }
  const place = await placeWith({ 'allclear.yaml': text, 'runbooks/recover-in-15.md': runbookText('recover-in-15') });
  const found = await check(place, now, () => []);
  const lines = text.split('\n');
  return found.map(
    ({ level, line, column, path, sentence }) => `${level} ${lines[line - 1]?.slice(column - 1).split(' ')[0]} ${path}: ${sentence}`,
  );
}

const EMPTY_NIGHTS = {
  '        people: [dee, ana]\n': '        people: [dee, ana]\n        restrictions: [{ from: "08:00", to: "20:00" }]\n',
};

describe('the shipped example', () => {
  it('has nothing wrong, with the runbooks that ship with it', async () => {
    const builtIn = { pagers: ['chat', 'email', 'webhook'], platforms: ['console'], sources: ['alertmanager'] };
    expect(await check({ file: 'allclear.yaml', builtIn }, NOW, () => [])).toEqual([]);
  });

  it('stays right in the summers and winters to come', async () => {
    for (const day of ['2026-08-01', '2026-10-20', '2027-03-20', '2030-01-01']) {
      expect(await findingsWith({}, Temporal.Instant.from(`${day}T00:00:00Z`).epochMilliseconds)).toEqual([]);
    }
  });
});

describe('who is on call', () => {
  it('may be nobody on a schedule, as long as its policies have somebody else', async () => {
    const findings = await findingsWith({
      '        people: [eli, fay]\n': '        people: [eli, fay]\n        until: 2026-05-01T08:00\n',
      ...EMPTY_NIGHTS,
    });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(
      /^warning platform: schedules\.platform: Schedule platform: nobody is on call from 2026-05-01 20:00 until 2026-05-02 08:00/,
    );
  });

  it('is an error when nobody is behind a policy', async () => {
    const findings = await findingsWith({
      'people: [bo, cy]': 'people: [bo, cy]\n        until: 2026-03-09T09:00',
      '[{ schedule: platform }, { person: bo }]': '[{ schedule: payments }]',
      '[{ team: payments }]': '[{ schedule: payments }]',
    });
    expect(findings.map((finding) => finding.split(':')[0])).toEqual(['warning payments', 'error payments']);
    expect(findings[1]).toContain('policies.payments');
    expect(findings[1]).toContain('no level leads to anybody from 2026-03-09 09:00');
  });

  it('is an error when it is a team without members', async () => {
    expect(await findingsWith({ 'members: [bo, cy, ana]': 'members: []', 'approvers: [payments, platform]': 'approvers: []' })).toEqual(
      expect.arrayContaining([expect.stringMatching(/^error payments: policies\.payments: Policy payments: level 3 leads to nobody\./)]),
    );
  });

  it('is an error when it is an observer', async () => {
    const findings = await findingsWith({ 'people: [bo, cy]': 'people: [bo, cy, gus]' });
    expect(findings).toEqual([expect.stringMatching(/^error payments: schedules\.payments: .*gus is an observer/)]);
  });
});

describe('people', () => {
  it('who have no address cannot be reached', async () => {
    const findings = await findingsWith({
      'email: cy@example.com': '# no e-mail',
      'platforms: [console]': 'platforms: [slack]',
      'email: ana@example.com': 'email: ana@example.com\n    identities: { slack: U1 }',
      'email: bo@example.com': 'email: bo@example.com\n    identities: { slack: U2 }',
    });
    expect(findings.filter((finding) => !finding.includes('The chat pager'))).toEqual([
      'error cy: people.cy: A page cannot reach Cy Okafor: give an address that the notification rules use.',
    ]);
    expect(findings.filter((finding) => finding.includes('The chat pager')).map((finding) => finding.split(' ')[2])).toEqual([
      'people.dee:',
      'people.eli:',
      'people.fay:',
    ]);
  });

  it('whom only the console reaches are not woken', async () => {
    expect(await findingsWith({ 'email: cy@example.com': '# no e-mail' })).toEqual([
      'warning cy: people.cy: Only the console can reach Cy Okafor, which wakes nobody: add an e-mail address or a webhook.',
    ]);
  });

  it('may have rules that do nothing', async () => {
    expect(await findingsWith({ '{ pager: email, after: 3m }': '{ pager: webhook, after: 3m }' })).toEqual([
      'warning bo: people.bo: The webhook pager has no address for Bo Berg: add a `webhook`, or take the rule away.',
    ]);
  });

  it('who are in no policy need no address', async () => {
    expect(await findingsWith({ 'email: gus@example.com': '# none' })).toEqual([]);
  });

  it('need somebody who may lead', async () => {
    const findings = await findingsWith({ 'rank: admin': 'rank: responder' });
    expect(findings).toEqual(['warning people: people: Nobody has the rank `admin`.']);
    const leaderless = await findingsWith({
      'rank: admin': 'rank: responder',
      'rank: commander\n    email: bo': 'rank: responder\n    email: bo',
      'rank: commander\n    email: fay': 'rank: responder\n    email: fay',
    });
    expect(leaderless).toEqual(['error people: people: Nobody has the rank `commander` or `admin`, so nobody can lead an incident.']);
  });
});

describe('services, switches and routes', () => {
  it('without a policy use the common one, or page nobody', async () => {
    const withoutOwn = { 'tier: 2\n    owner: platform\n    policy: platform': 'tier: 2\n    owner: platform' };
    expect(await findingsWith(withoutOwn)).toEqual([
      'warning search: services.search: This service has no policy of its own; `platform` is paged for it.',
    ]);
    expect(await findingsWith({ ...withoutOwn, '  policy: platform\n  runbook': '  runbook' })).toEqual([
      'error search: services.search: Nobody is paged for this service: give it a `policy`, or set `incidents.policy` for all.',
      'warning incidents: incidents: An incident without service pages nobody: set `incidents.policy`.',
    ]);
  });

  it('need enough people to approve', async () => {
    expect(await findingsWith({ 'approvers: [payments, platform]': 'approvers: [ana]' })).toEqual([
      'warning approvers: switches.read-only.approvers: Only 1 may approve, so none of them can ask for this switch; add another approver.',
    ]);
    expect(await findingsWith({ 'approvers: [payments, platform]': 'approvers: [support]' })).toEqual([
      'error approvers: switches.read-only.approvers: This switch needs 1 to approve, and only 0 may.',
    ]);
  });

  it('behind a route that takes everything are never reached', async () => {
    expect(await findingsWith({ '    match: { environment: staging }\n': '' })).toEqual([
      'warning id: routes[2]: `search` is never used: `staging` above it takes every such alert.',
      'warning id: routes[3]: `everything-else` is never used: `staging` above it takes every such alert.',
    ]);
  });
});

describe('the whole check', () => {
  it('counts every mistake in files and templates as an error', async () => {
    const place = await placeWith({ 'allclear.yaml': EXAMPLE.replace('rank: admin', 'rank: king'), 'runbooks/recover-in-15.md': 'x' });
    const template = { file: 'templates/card.md.hbs', line: 3, column: 1, path: '', sentence: 'There is no helper `tekst`.' };
    const found = await check(place, NOW, () => [template]);
    expect(found.every(({ level }) => level === 'error')).toBe(true);
    expect(found.map(({ path }) => path)).toContain('people.ana.rank');
    expect(found).toContainEqual({ ...template, level: 'error' });
  });
});
