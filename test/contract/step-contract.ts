import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runActs } from '../../src/domain/runbooks/acts.ts';
import type { RunbookStep, StepDoes } from '../../src/domain/runbooks/runbook.ts';
import type { Attempt, Outcome, Step } from '../../src/engine/ports.ts';
import { createHttpClient } from '../../src/kit/http.ts';
import { createSteps } from '../../src/steps/index.ts';
import { NOW } from '../support/given.ts';
import { type HttpFarEnd, httpFarEnd } from '../support/http-far-end.ts';
import { stepOf } from '../support/runbook-build.ts';

/** What every kind of automated step is tried with: its settings towards a far end. */
export interface StepCase {
  readonly kind: RunbookStep['does']['do'];
  readonly does: (url: string) => StepDoes;
  /** True when the far end must never be asked twice without a person. */
  readonly once: boolean;
}
export interface StepBench {
  readonly farEnd: HttpFarEnd;
  /** Runs the step once, towards the far end unless `url` says otherwise. */
  run(change?: {
    readonly url?: string;
    readonly attempt?: Partial<Attempt>;
    readonly retries?: number;
    readonly waitedMs?: number;
  }): Promise<Outcome>;
}

const SECRETS: Readonly<Record<string, string>> = { DEPLOY_TOKEN: 'hunter2-hunter2' };
const REASONS = ['auth', 'rate_limited', 'client', 'server', 'timeout', 'unreachable', 'unknown'];

export async function openStep({
  kind,
  does,
}: StepCase): Promise<StepBench & { readonly step: Step; readonly close: () => Promise<void> }> {
  const farEnd = await httpFarEnd();
  const http = createHttpClient({ allow: [new URL(farEnd.url).host, '127.0.0.1:1'] });
  const step = createSteps({ http, secret: (name) => SECRETS[name] ?? null }).find((one) => one.kind === kind);
  if (step === undefined) throw new Error(`no step does ${kind}`);
  return {
    farEnd,
    step,
    close: farEnd.close,
    run({ url = farEnd.url, attempt = {}, retries = 0, waitedMs = 0 } = {}) {
      const request = {
        run: '42',
        incident: 42,
        step: stepOf('auto', does(url), { retries }),
        attempt: 7,
        startedAt: NOW,
        now: NOW + waitedMs,
      };
      return step.run(request, { key: '17-0', number: 1, signal: new AbortController().signal, ...attempt });
    },
  };
}

/** The one act an outcome reports, which must pass the run's own door. */
export function reported(outcome: Outcome): { readonly type: string } & Readonly<Record<string, unknown>> {
  if (outcome.outcome !== 'done') throw new Error(`not done but ${JSON.stringify(outcome)}`);
  const [act, ...others] = outcome.acts ?? [];
  if (act === undefined || others.length > 0) throw new Error(`not one act but ${JSON.stringify(outcome.acts)}`);
  const { type, ...data } = act;
  const row = Object.entries(runActs).find(([name]) => name === type)?.[1];
  if (row === undefined) throw new Error(`there is no act ${type}`);
  expect(row.data.safeParse(data).error?.issues ?? []).toEqual([]);
  expect(data).toMatchObject({ incident: 42, step: 'auto', attempt: 7 });
  return act;
}

function verdictOf(outcome: Outcome): string {
  if (outcome.outcome !== 'done') return outcome.outcome;
  const act = reported(outcome);
  if (act.type === 'run.step-failed') expect(REASONS).toContain(act['reason']);
  return act.type;
}

/** What every kind of automated step promises, whatever the far end does. */
export function stepContract(name: string, tried: StepCase): void {
  describe(`the step ${name}`, () => {
    let bench: Awaited<ReturnType<typeof openStep>>;
    beforeEach(async () => {
      bench = await openStep(tried);
    });
    afterEach(() => bench.close());

    it('tells its success, once, with evidence that holds nothing of the answer', async () => {
      bench.farEnd.answer((response) => response.writeHead(200, { 'x-secret': 'in-a-header' }).end('in-the-body'));
      const act = reported(await bench.run());
      expect(act.type).toBe('run.step-succeeded');
      expect(act['evidence']).toContain('200');
      expect(JSON.stringify(act)).not.toMatch(/in-a-header|in-the-body|hunter2|token=/);
      expect(bench.farEnd.deliveries).toHaveLength(1);
    });

    it('gives every status a verdict, and never repeats by itself what may have happened', async () => {
      const verdicts = new Map<string, number>();
      for (let status = 200; status < 600; status += 1) {
        bench.farEnd.answer((response) => response.writeHead(status).end());
        const verdict = verdictOf(await bench.run({ waitedMs: 600_000 }));
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      }
      expect(Object.fromEntries(verdicts)).toEqual(
        tried.once ? { 'run.step-succeeded': 1, 'run.step-failed': 397, unknown: 2 } : { 'run.step-succeeded': 1, 'run.step-failed': 399 },
      );
    });

    it('fails when nobody listens, without a word about the path', async () => {
      const act = reported(await bench.run({ url: 'http://127.0.0.1:1', waitedMs: 600_000 }));
      expect(act.type).toBe('run.step-failed');
      expect(JSON.stringify(act)).not.toContain('token=');
      if (!tried.once) return;
      expect(act['reason']).toBe('unreachable');
    });

    it('is refused addresses inside the network that nobody allowed', async () => {
      for (const url of ['http://127.0.0.1:2', 'http://169.254.169.254', 'http://[::1]:3', 'http://10.1.2.3']) {
        expect(reported(await bench.run({ url }))).toMatchObject({ type: 'run.step-failed', reason: 'client' });
      }
    });

    it.each([
      ['hangs up instead of an answer', (response: ServerResponse) => response.destroy()],
      ['answers no HTTP', (response: ServerResponse) => response.socket?.end('SSH-2.0-OpenSSH\r\n\r\n')],
      [
        'stops in the middle',
        (response: ServerResponse) => response.writeHead(200, { 'content-length': '10' }).write('half', () => response.destroy()),
      ],
    ])('survives a far end that %s', async (_what, how) => {
      bench.farEnd.answer(how);
      const outcome = await bench.run({ waitedMs: 600_000 });
      if (tried.once) expect(outcome).toMatchObject({ outcome: 'unknown', reason: expect.stringMatching(/^(?:unreachable|server)$/) });
      else expect(reported(outcome).type).toBe('run.step-failed');
    });

    it('gives up when its attempt is cut off, and does not wait for the far end', async () => {
      const abort = new AbortController();
      bench.farEnd.answer(() => abort.abort());
      const outcome = await bench.run({ attempt: { signal: abort.signal }, waitedMs: 600_000 });
      if (tried.once) expect(outcome).toMatchObject({ outcome: 'unknown', reason: 'timeout' });
      else expect(reported(outcome).type).toBe('run.step-failed');
    });

    it('says that a second delivery of what must happen once is unknown, and sends nothing', async () => {
      const outcome = await bench.run({ attempt: { number: 2 } });
      expect(outcome.outcome).toBe(tried.once ? 'unknown' : 'done');
      expect(bench.farEnd.deliveries).toHaveLength(tried.once ? 0 : 1);
    });

    it('keeps an endless answer from filling the ledger', async () => {
      bench.farEnd.answer((response) => response.writeHead(500, 'x'.repeat(10_000)).end('y'.repeat(3_000_000)));
      const outcome = await bench.run({ waitedMs: 600_000 });
      expect(JSON.stringify(outcome).length).toBeLessThan(1_000);
    });

    it('is a mistake of ours to be given another kind of step', async () => {
      const request = { run: '42', incident: 42, step: stepOf('auto'), attempt: 1, startedAt: NOW, now: NOW };
      await expect(bench.step.run(request, { key: '1-0', number: 1, signal: new AbortController().signal })).rejects.toThrow(
        /was given to/,
      );
    });
  });
}
