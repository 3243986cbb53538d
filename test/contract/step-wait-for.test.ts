import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStep, reported, type StepCase, stepContract } from './step-contract.ts';

const wait: StepCase = {
  kind: 'wait-for',
  once: false,
  does: (url) => ({ do: 'wait-for', url: `${url}/healthz?token=abc`, status: 200, everyMs: 5_000, timeoutMs: 60_000 }),
};

stepContract('wait-for', wait);

describe('a wait-for step', () => {
  let bench: Awaited<ReturnType<typeof openStep>>;
  beforeEach(async () => {
    bench = await openStep(wait);
  });
  afterEach(() => bench.close());

  it('looks once per attempt, and again after its interval, until it is well', async () => {
    bench.farEnd.answer((response) => response.writeHead(503).end());
    const again = { outcome: 'later', reason: 'server', detail: `${bench.farEnd.url} answered 503`, afterMs: 5_000 };
    expect(await bench.run({ attempt: { number: 1 }, waitedMs: 0 })).toEqual(again);
    expect(await bench.run({ attempt: { number: 12 }, waitedMs: 55_000 })).toEqual(again);
    expect(bench.farEnd.deliveries).toHaveLength(2);
    bench.farEnd.answer((response) => response.writeHead(200).end());
    expect(reported(await bench.run({ attempt: { number: 13 }, waitedMs: 59_000 }))).toMatchObject({
      type: 'run.step-succeeded',
      evidence: `${bench.farEnd.url} answers 200`,
    });
  });

  it('gives up when the next look would come too late, and says what it saw last', async () => {
    bench.farEnd.answer((response) => response.writeHead(503).end());
    expect(reported(await bench.run({ waitedMs: 55_001 }))).toMatchObject({
      type: 'run.step-failed',
      reason: 'timeout',
      detail: `Not 200 after 55s: ${bench.farEnd.url} answered 503`,
    });
  });

  it('takes only the status it waits for', async () => {
    bench.farEnd.answer((response) => response.writeHead(204).end());
    expect(await bench.run()).toMatchObject({ outcome: 'later', reason: 'client' });
    bench.farEnd.answer((response) => response.writeHead(302, { location: '/' }).end());
    expect(await bench.run()).toMatchObject({ outcome: 'later' });
    expect(bench.farEnd.deliveries).toHaveLength(2);
  });

  it('waits for what does not listen yet', async () => {
    expect(await bench.run({ url: 'http://127.0.0.1:1' })).toMatchObject({ outcome: 'later', reason: 'unreachable', afterMs: 5_000 });
  });
});
