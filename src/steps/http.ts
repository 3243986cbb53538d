import { DETAIL_CHARS_MAX } from '../domain/runbooks/limits.ts';
import { changesTheWorld, type StepDoes } from '../domain/runbooks/runbook.ts';
import type { Attempt, Outcome, Reason, Step, StepRequest } from '../engine/ports.ts';
import type { HttpAnswer, HttpClient, HttpFault, HttpResponse } from '../kit/http.ts';
import { outcomeOfStatus, retryAfterMs } from '../kit/http-outcome.ts';
import { failed, originOf, succeeded } from './report.ts';

export interface HttpTools {
  readonly http: HttpClient;
  /** Value of a secret a runbook names as `secret:NAME`, or null when it is not set. */
  readonly secret: (name: string) => string | null;
}
type HttpDoes = Extract<StepDoes, { do: 'http' }>;

/**
 * One HTTP request. A GET only looks: it is repeated under `retries`, and after a crash. Anything else is sent once; when
 * nobody knows whether it arrived, a person decides.
 */
export function httpStep(tools: HttpTools): Step {
  return { kind: 'http', onceOnly: true, run: (request, attempt) => run(tools, request, attempt) };
}

async function run(tools: HttpTools, request: StepRequest, attempt: Attempt): Promise<Outcome> {
  const { does } = request.step;
  if (does.do !== 'http') throw new Error(`a step of kind ${does.do} was given to http`);
  const changes = changesTheWorld(does);
  // A change is never answered with "retry", so a second delivery means that the first was cut off: perhaps after sending.
  if (changes && attempt.number > 1)
    return { outcome: 'unknown', reason: 'unknown', detail: 'Allclear was interrupted while it was being sent' };
  const headers = withSecrets(does.headers, tools.secret);
  if ('missing' in headers) return failed(request, 'auth', `The secret ${headers.missing} is not set where Allclear runs`);
  const answer = await tools.http.request({
    method: does.method,
    url: does.url,
    // Lets the far end recognise a repeat (draft-ietf-httpapi-idempotency-key-header).
    headers: changes ? { ...headers.values, 'idempotency-key': attempt.key } : headers.values,
    ...(does.body === null ? {} : { body: does.body }),
    timeoutMs: does.timeoutMs,
    signal: attempt.signal,
  });
  if (answer.ok && isExpected(does, answer.status))
    return succeeded(request, `${does.method} ${originOf(does.url)} answered ${answer.status}`);
  return changes ? changeVerdict(request, does, answer) : lookVerdict(request, does, answer, attempt);
}

const SECRET = 'secret:';

function withSecrets(
  headers: Readonly<Record<string, string>>,
  secret: HttpTools['secret'],
): { values: Record<string, string> } | { missing: string } {
  const values: Record<string, string> = {};
  for (const [name, written] of Object.entries(headers)) {
    const value = written.startsWith(SECRET) ? secret(written.slice(SECRET.length)) : written;
    if (value === null) return { missing: written.slice(SECRET.length) };
    values[name] = value;
  }
  return { values };
}

function isExpected({ expectStatus }: HttpDoes, status: number): boolean {
  return expectStatus.length === 0 ? status >= 200 && status < 300 : expectStatus.includes(status);
}

/** A gateway that got no answer knows nothing of what its far end did (RFC 9110, 15.6.3 and 15.6.5). */
const GATEWAY_IS_IGNORANT: ReadonlySet<number> = new Set([502, 504]);

function changeVerdict(request: StepRequest, does: HttpDoes, answer: HttpAnswer): Outcome {
  const { reason, detail } = faultOf(does, answer);
  const isUnknown = answer.ok ? GATEWAY_IS_IGNORANT.has(answer.status) : answer.sent;
  return isUnknown ? { outcome: 'unknown', reason, detail: detail.slice(0, DETAIL_CHARS_MAX) } : failed(request, reason, detail);
}

function lookVerdict(request: StepRequest, does: HttpDoes, answer: HttpAnswer, attempt: Attempt): Outcome {
  const { reason, detail } = faultOf(does, answer);
  // A refused address, a wrong URL or a missing permission will be the same next time.
  if (reason === 'client' || reason === 'auth' || attempt.number > request.step.retries) return failed(request, reason, detail);
  const afterMs = answer.ok ? afterOf(answer) : null;
  return { outcome: 'retry', reason, detail, ...(afterMs === null ? {} : { afterMs }) };
}

function faultOf({ method, url }: HttpDoes, answer: HttpAnswer): Pick<HttpFault, 'detail'> & { reason: Reason } {
  if (!answer.ok) return { reason: answer.reason, detail: answer.detail };
  const verdict = outcomeOfStatus(answer.status);
  const detail = `${method} ${originOf(url)} answered ${answer.status}`;
  // A success that is not the expected one means that the request was not the right one.
  return { reason: verdict.outcome === 'done' ? 'client' : verdict.reason, detail };
}

function afterOf(answer: HttpResponse): number | null {
  const verdict = outcomeOfStatus(answer.status, retryAfterMs(answer.headers));
  return verdict.outcome === 'retry' ? (verdict.afterMs ?? null) : null;
}
