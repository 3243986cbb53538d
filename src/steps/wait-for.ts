import type { Attempt, Outcome, Reason, Step, StepRequest } from '../engine/ports.ts';
import { sayDuration } from '../kit/duration.ts';
import type { HttpAnswer, HttpClient } from '../kit/http.ts';
import { outcomeOfStatus } from '../kit/http-outcome.ts';
import { failed, originOf, succeeded } from './report.ts';

/**
 * Asks a URL until it answers the wanted status: one look per attempt, the next one `everyMs` later, until `timeoutMs`
 * have passed since the step began.
 */
export function waitForStep({ http }: { readonly http: HttpClient }): Step {
  return { kind: 'wait-for', onceOnly: false, run: (request, attempt) => run(http, request, attempt) };
}

/** One look must end well within an attempt, or a slow answer could not be told from none. */
const LOOK_MS_MAX = 5_000;

async function run(http: HttpClient, request: StepRequest, attempt: Attempt): Promise<Outcome> {
  const { does } = request.step;
  if (does.do !== 'wait-for') throw new Error(`a step of kind ${does.do} was given to wait-for`);
  const { url, status, everyMs, timeoutMs } = does;
  const answer = await http.request({ method: 'GET', url, timeoutMs: LOOK_MS_MAX, signal: attempt.signal });
  if (answer.ok && answer.status === status) return succeeded(request, `${originOf(url)} answers ${status}`);
  const { reason, detail } = faultOf(url, answer);
  // An address that is refused before anything is sent will be refused for ever.
  if (!answer.ok && !answer.sent && reason === 'client') return failed(request, reason, detail);
  const waitedMs = request.now - request.startedAt;
  if (waitedMs + everyMs > timeoutMs) return failed(request, 'timeout', `Not ${status} after ${sayDuration(waitedMs)}: ${detail}`);
  return { outcome: 'later', reason, detail, afterMs: everyMs };
}

function faultOf(url: string, answer: HttpAnswer): { readonly reason: Reason; readonly detail: string } {
  if (!answer.ok) return answer;
  const verdict = outcomeOfStatus(answer.status);
  return { reason: verdict.outcome === 'done' ? 'client' : verdict.reason, detail: `${originOf(url)} answered ${answer.status}` };
}
