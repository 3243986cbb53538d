import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { githubForge } from '../../src/forge/github.ts';
import { outcomeOfRefusal } from '../../src/forge/github-outcome.ts';
import { attempt, BASE, factOf, postmortem } from './forge-contract.ts';
import { type Arrived, type Gate, type GateVerdict, openGate } from './forge-github-gate.ts';

const SHA = 'c'.repeat(40);
const TOKEN = 'github_pat_not_to_be_seen';
const json = (status: number, data: unknown, headers: Readonly<Record<string, string>> = {}): GateVerdict => ({
  status,
  headers,
  body: JSON.stringify(data),
});
const notFound = json(404, { message: 'Not Found' });
const pull = {
  html_url: 'https://github.example.org/octocat/postmortems/pull/3',
  state: 'open',
  merged_at: null,
  merge_commit_sha: null,
  head: { sha: SHA },
};

let gate: Gate;
beforeEach(async () => {
  gate = await openGate(null);
});
afterEach(() => gate.close());

function forge(timeoutMs?: number) {
  const settings = { token: TOKEN, owner: 'octocat', repository: 'postmortems', apiUrl: gate.url, baseBranch: BASE };
  return githubForge({ ...settings, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
}

/** Answers by `METHOD what`; a request nobody expected is answered 500 and fails the test by what comes of it. */
function script(answers: Readonly<Record<string, GateVerdict | ((count: number) => GateVerdict)>>): void {
  const counts = new Map<string, number>();
  gate.rule((request) => {
    const name = nameOf(request);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const answer = answers[name];
    return typeof answer === 'function' ? answer(count) : (answer ?? json(500, { message: `nobody expected ${name}` }));
  });
}
function nameOf({ method, path }: Arrived): string {
  const [route = ''] = path.split('?');
  const last = decodeURIComponent(route).replace('/repos/octocat/postmortems/', '');
  return `${method} ${last.replace(`contents/${postmortem.path}`, 'file')}`;
}
const BRANCH = `GET git/ref/heads/${postmortem.branch}`;
const empty = { 'GET pulls': json(200, []), [BRANCH]: notFound, 'GET git/ref/heads/main': json(200, { object: { sha: SHA } }) };
const ready = {
  ...empty,
  'POST git/refs': json(201, { object: { sha: SHA } }),
  'GET file': notFound,
  'PUT file': json(201, { commit: { sha: SHA } }),
};

describe('somebody was faster', () => {
  it('with the branch: it is used', async () => {
    script({
      ...ready,
      [BRANCH]: (count) => (count === 1 ? notFound : json(200, { object: { sha: SHA } })),
      'POST git/refs': json(422, { message: 'Reference already exists' }),
      'POST pulls': json(201, pull),
    });
    expect(factOf(await forge().publish(postmortem, attempt()))).toMatchObject({ url: pull.html_url, commit: SHA });
  });

  it('with the request: theirs is it', async () => {
    const exists = { message: 'Validation Failed', errors: [{ message: 'A pull request already exists for octocat:postmortem/inc-42.' }] };
    script({ ...ready, 'GET pulls': (count) => json(200, count === 1 ? [] : [pull]), 'POST pulls': json(422, exists) });
    expect(factOf(await forge().publish(postmortem, attempt()))).toMatchObject({ url: pull.html_url });
  });

  it('with another request from the same commits: the branch under it is never reset', async () => {
    const merged = { ...pull, state: 'closed', merged_at: '2026-11-20T00:00:00Z', merge_commit_sha: SHA };
    script({ ...ready, 'GET pulls': json(200, [pull, merged]), [BRANCH]: json(200, { object: { sha: SHA } }) });
    expect(factOf(await forge().publish(postmortem, attempt()))).toMatchObject({ url: pull.html_url });
    expect(gate.arrived.map(({ method }) => method)).not.toContain('PATCH');
  });

  it('with the file: it is read again by the next attempt', async () => {
    script({ ...ready, 'PUT file': json(409, { message: 'is at 1 but expected 2' }) });
    expect(await forge().publish(postmortem, attempt())).toEqual({
      outcome: 'retry',
      reason: 'client',
      detail: 'GitHub answered 409: is at 1 but expected 2',
    });
  });
});

describe('what GitHub will never do', () => {
  it('is dead with what it said', async () => {
    const refused = { message: 'Validation Failed', errors: [{ message: 'No commits between main and postmortem/inc-42' }] };
    script({ ...ready, 'POST pulls': json(422, refused) });
    expect(await forge().publish(postmortem, attempt())).toEqual({
      outcome: 'dead',
      reason: 'client',
      detail: 'GitHub refused the pull request: Validation Failed: No commits between main and postmortem/inc-42',
    });
    script({ ...ready, 'POST git/refs': json(422, { message: 'Reference name is not valid' }) });
    expect(await forge().publish(postmortem, attempt())).toMatchObject({
      outcome: 'dead',
      detail: expect.stringContaining('Reference name is not valid'),
    });
  });

  it('without a base branch, or without access, says which settings to check', async () => {
    script({ ...empty, 'GET git/ref/heads/main': notFound });
    expect(await forge().publish(postmortem, attempt())).toMatchObject({
      outcome: 'dead',
      reason: 'client',
      detail: expect.stringContaining('there is no branch main'),
    });
  });

  it('with a wrong token is dead at once, and nobody sees the token', async () => {
    script({ 'GET pulls': json(401, { message: 'Bad credentials' }) });
    const outcome = await forge().publish(postmortem, attempt());
    expect(outcome).toEqual({ outcome: 'dead', reason: 'auth', detail: 'GitHub answered 401: Bad credentials' });
    expect(gate.arrived).toHaveLength(1);
    expect(gate.arrived[0]?.authorization).toBe(`token ${TOKEN}`);
  });
});

describe('trouble that passes', () => {
  it('is tried again by the outbox and never by the client', async () => {
    script({ 'GET pulls': json(502, { message: 'Bad gateway' }) });
    expect(await forge().publish(postmortem, attempt())).toEqual({
      outcome: 'retry',
      reason: 'server',
      detail: 'GitHub answered 502: Bad gateway',
    });
    expect(gate.arrived).toHaveLength(1);
  });

  it('is an answer that never comes, at the limit of one request or of the attempt', async () => {
    script({ 'GET pulls': 'hang' });
    expect(await forge(30).publish(postmortem, attempt())).toEqual({
      outcome: 'retry',
      reason: 'timeout',
      detail: 'GitHub did not answer in time',
    });
    const controller = new AbortController();
    gate.rule(() => {
      controller.abort();
      return 'hang';
    });
    expect(await forge().publish(postmortem, attempt(controller.signal))).toMatchObject({ outcome: 'retry', reason: 'timeout' });
  });

  it('is nobody listening', async () => {
    const closed = forge();
    await gate.close();
    expect(await closed.publish(postmortem, attempt())).toMatchObject({ outcome: 'retry', reason: 'unreachable' });
    gate = await openGate(null);
  });

  it('is a page where the API should be', async () => {
    for (const body of ['<html>hotel wifi</html>', '', '{"ok":true}', '[{"state":"open"}]', '[{']) {
      gate.rule(() => ({ status: 200, body }));
      expect(await forge().publish(postmortem, attempt()), body).toMatchObject({ outcome: 'retry', reason: 'unknown' });
    }
  });
});

it('does not follow a redirect with the token', async () => {
  const elsewhere = await openGate(null);
  script({ 'GET pulls': json(301, { message: 'Moved Permanently' }, { location: `${elsewhere.url}/repositories/1/pulls` }) });
  expect(await forge().publish(postmortem, attempt())).toEqual({
    outcome: 'dead',
    reason: 'client',
    detail: 'GitHub answered 301: the repository has moved',
  });
  expect(elsewhere.arrived).toEqual([]);
  await elsewhere.close();
});

describe('the verdict on every status', () => {
  const verdict = (status: number, headers: Readonly<Record<string, string>> = {}, isWrite = false, message = '') =>
    outcomeOfRefusal({ status, headers, message, isWrite });
  const DATE = 'Sun, 22 Nov 2026 08:00:00 GMT';

  it('is one of a table', () => {
    for (let status = 100; status < 600; status += 1) {
      const { outcome, reason } = verdict(status);
      expect([outcome, reason], String(status)).toEqual(expectedFor(status));
      expect(verdict(status).detail).toBe(`GitHub answered ${status}`);
    }
  });
  function expectedFor(status: number): readonly [string, string] {
    if (status === 401 || status === 403 || status === 407) return ['dead', 'auth'];
    if (status === 408) return ['retry', 'timeout'];
    if (status === 429) return ['retry', 'rate_limited'];
    if (status === 425 || status >= 500 || status < 200) return ['retry', 'server'];
    return status < 300 ? ['retry', 'unknown'] : ['dead', 'client'];
  }

  it('takes a spent limit as later, until when GitHub says', () => {
    expect(
      verdict(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.parse(DATE) / 1000 + 90), date: DATE }),
    ).toMatchObject({
      outcome: 'retry',
      reason: 'rate_limited',
      afterMs: 90_000,
    });
    expect(verdict(429, { 'retry-after': '30' })).toMatchObject({ outcome: 'retry', reason: 'rate_limited', afterMs: 30_000 });
    expect(verdict(403, { 'retry-after': '999999' })).toMatchObject({ reason: 'rate_limited', afterMs: 3_600_000 });
    expect(verdict(403, {}, true, 'You have exceeded a secondary rate limit.')).toEqual({
      outcome: 'retry',
      reason: 'rate_limited',
      detail: 'GitHub answered 403: You have exceeded a secondary rate limit.',
    });
    expect(verdict(403, { 'x-ratelimit-remaining': '12' }, true, 'Resource not accessible')).toMatchObject({
      outcome: 'dead',
      reason: 'auth',
    });
  });

  it('takes a conflict as another try only for a write', () => {
    expect(verdict(409, {}, true)).toMatchObject({ outcome: 'retry', reason: 'client' });
    expect(verdict(409, {}, false, 'Git Repository is empty.')).toMatchObject({
      outcome: 'dead',
      detail: 'GitHub answered 409: Git Repository is empty.',
    });
  });

  it('keeps the detail short', () => {
    expect(verdict(500, {}, false, 'x'.repeat(10_000)).detail).toHaveLength(500);
  });
});
