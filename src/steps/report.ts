import { DETAIL_CHARS_MAX } from '../domain/runbooks/limits.ts';
import type { Outcome, Reason, StepRequest } from '../engine/ports.ts';

/** The step is done; `evidence` is what shows it, never what an answer contained. */
export function succeeded({ incident, step, attempt }: StepRequest, evidence: string): Outcome {
  return {
    outcome: 'done',
    acts: [{ type: 'run.step-succeeded', incident, step: step.id, attempt, evidence: evidence.slice(0, DETAIL_CHARS_MAX) }],
  };
}

/** The step is known not to be done. That is a fact about the run, so the promise itself is kept. */
export function failed({ incident, step, attempt }: StepRequest, reason: Reason, detail: string): Outcome {
  return {
    outcome: 'done',
    acts: [{ type: 'run.step-failed', incident, step: step.id, attempt, reason, detail: detail.slice(0, DETAIL_CHARS_MAX) }],
  };
}

/** Where a request went, for people: without path and query, which may carry a secret. */
export function originOf(url: string): string {
  return URL.parse(url)?.origin ?? 'the URL';
}
