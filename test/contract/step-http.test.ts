import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StepDoes } from '../../src/domain/runbooks/runbook.ts';
import { createHttpClient } from '../../src/kit/http.ts';
import { createSteps } from '../../src/steps/index.ts';
import { openStep, reported, type StepCase, stepContract } from './step-contract.ts';

const settings = {
  do: 'http',
  headers: { Authorization: 'secret:DEPLOY_TOKEN', 'X-Plain': 'as it is' },
  body: null,
  expectStatus: [200],
  timeoutMs: 5_000,
} as const;
const look: StepCase = { kind: 'http', once: false, does: (url) => ({ ...settings, method: 'GET', url: `${url}/up?token=abc` }) };
const change: StepCase = {
  kind: 'http',
  once: true,
  does: (url) => ({ ...settings, method: 'POST', url: `${url}/back?token=abc`, body: '{"to":"v41"}' }),
};

stepContract('http (a GET)', look);
stepContract('http (a POST)', change);

describe('an http step', () => {
  let bench: Awaited<ReturnType<typeof openStep>>;
  const open = async (tried: StepCase): Promise<void> => {
    bench = await openStep(tried);
  };
  beforeEach(() => open(change));
  afterEach(() => bench.close());

  it('sends what is written, with its secrets and a key to recognise it by', async () => {
    await bench.run();
    expect(bench.farEnd.deliveries[0]).toMatchObject({
      url: '/back?token=abc',
      body: '{"to":"v41"}',
      headers: { authorization: 'hunter2-hunter2', 'x-plain': 'as it is', 'idempotency-key': '17-0' },
    });
  });

  it('sends nothing without its secrets, and names the one that is missing', async () => {
    const poor: StepDoes = { ...settings, method: 'POST', url: bench.farEnd.url, headers: { Authorization: 'secret:OTHER' } };
    await bench.close();
    await open({ ...change, does: () => poor });
    expect(reported(await bench.run())).toMatchObject({
      type: 'run.step-failed',
      reason: 'auth',
      detail: 'The secret OTHER is not set where Allclear runs',
    });
    expect(bench.farEnd.deliveries).toEqual([]);
  });

  it('stops at an answer of a gateway, which knows nothing of the far end', async () => {
    for (const status of [502, 504]) {
      bench.farEnd.answer((response) => response.writeHead(status).end());
      expect(await bench.run()).toMatchObject({ outcome: 'unknown', reason: 'server' });
    }
  });

  it.each([
    [401, 'auth'],
    [404, 'client'],
    [429, 'rate_limited'],
    [500, 'server'],
    [302, 'client'],
    [204, 'client'],
  ])('takes %i for a failure because of %s', async (status, reason) => {
    bench.farEnd.answer((response) => response.writeHead(status).end());
    expect(reported(await bench.run())).toMatchObject({
      type: 'run.step-failed',
      reason,
      detail: `POST ${bench.farEnd.url} answered ${status}`,
    });
  });

  it('takes any success when none is named', async () => {
    await bench.close();
    await open({ ...change, does: (url) => ({ ...settings, method: 'PUT', url, expectStatus: [] }) });
    bench.farEnd.answer((response) => response.writeHead(202).end());
    expect(reported(await bench.run())).toMatchObject({ type: 'run.step-succeeded', evidence: `PUT ${bench.farEnd.url} answered 202` });
  });

  it('does not answer in time: unknown', async () => {
    await bench.close();
    await open({ ...change, does: (url) => ({ ...settings, method: 'POST', url, timeoutMs: 50 }) });
    bench.farEnd.answer(() => undefined);
    expect(await bench.run()).toMatchObject({ outcome: 'unknown', reason: 'timeout' });
  });
});

describe('an http step that only looks', () => {
  let bench: Awaited<ReturnType<typeof openStep>>;
  beforeEach(async () => {
    bench = await openStep(look);
  });
  afterEach(() => bench.close());

  it('is repeated as often as is written, and no sooner than the far end asks', async () => {
    bench.farEnd.answer((response) => response.writeHead(503, { 'retry-after': '3' }).end());
    const first = await bench.run({ retries: 1, attempt: { number: 1 } });
    expect(first).toEqual({ outcome: 'retry', reason: 'server', detail: `GET ${bench.farEnd.url} answered 503`, afterMs: 3_000 });
    expect(reported(await bench.run({ retries: 1, attempt: { number: 2 } }))).toMatchObject({ type: 'run.step-failed', reason: 'server' });
    bench.farEnd.answer((response) => response.writeHead(200).end());
    expect(reported(await bench.run({ retries: 1, attempt: { number: 2 } })).type).toBe('run.step-succeeded');
  });

  it('is repeated after a lost answer, and carries no key because it changes nothing', async () => {
    bench.farEnd.answer((response) => response.destroy());
    expect(await bench.run({ retries: 1 })).toMatchObject({ outcome: 'retry', reason: 'unreachable' });
    expect(bench.farEnd.deliveries[0]?.headers['idempotency-key']).toBeUndefined();
  });

  it('is not repeated when it would be the same again', async () => {
    for (const status of [404, 403]) {
      bench.farEnd.answer((response) => response.writeHead(status).end());
      expect(reported(await bench.run({ retries: 5 })).type).toBe('run.step-failed');
    }
    expect(reported(await bench.run({ retries: 5, url: 'http://127.0.0.1:2' }))).toMatchObject({ reason: 'client' });
  });
});

describe('createSteps', () => {
  it('knows every kind that has a file, and no other', () => {
    const files = readdirSync(new URL('../../src/steps/', import.meta.url)).map((file) => file.replace(/\.ts$/, ''));
    const kinds = createSteps({ http: createHttpClient({ allow: [] }), secret: () => null }).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(files.filter((file) => file !== 'index' && file !== 'report').toSorted());
  });
});
