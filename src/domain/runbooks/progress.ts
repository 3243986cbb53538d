import { SILENCE_MS } from './limits.ts';
import type { RunbookStep } from './runbook.ts';
import type { RunState, RunStep, StepStatus } from './state.ts';

/** The run's clock: time since the start without the pauses; stands still once the run is over. Milliseconds. */
export function elapsedMs(state: RunState, now: number): number {
  const until = state.endedAt ?? state.pausedAt ?? now;
  return Math.max(0, until - state.startedAt - state.pausedMs);
}

/** When the run's clock will show `clockMs`, milliseconds since 1970, if there is no further pause. */
export function momentOf(state: RunState, clockMs: number): number {
  return state.startedAt + state.pausedMs + clockMs;
}

const CURRENT: ReadonlySet<StepStatus> = new Set<StepStatus>(['approval', 'open', 'failed', 'unknown']);

/** The step being worked on; at most one. Null when the next one is not started yet and when nothing is left. */
export function currentStep(state: RunState): RunStep | null {
  return state.steps.find(({ status }) => CURRENT.has(status)) ?? null;
}

/** Not behind: it still has to be done, or is being done. */
export function isAhead({ status }: RunStep): boolean {
  return status === 'waiting' || CURRENT.has(status);
}

export function isGoing(state: RunState): boolean {
  return state.status === 'running' || state.status === 'paused';
}

/** What a promised `step.run` is about. */
export interface WantedStep {
  readonly step: RunbookStep;
  /** When the attempt began, milliseconds since 1970, moved on by the pauses since: waiting does not go on during a pause. */
  readonly startedAt: number;
}

/** The step of a promise that is still wanted, or null when the run has gone on without it. */
export function wantedStep(state: RunState, step: string, attempt: number): WantedStep | null {
  const known = state.steps.find((candidate) => candidate.step.id === step);
  if (known === undefined || !isGoing(state) || known.status !== 'open' || known.attempt !== attempt) return null;
  return { step: known.step, startedAt: momentOf(state, known.startedMs ?? 0) };
}

/**
 * After how long an open step is asked about, or null for never. A flip or a request whose answer never comes must not
 * keep the run waiting unseen, so those are asked about even without a budget.
 */
export function patienceMs({ step: { budgetMs, does } }: RunStep): number | null {
  if (budgetMs !== null) return budgetMs;
  if (does.do === 'wait-for') return does.timeoutMs + SILENCE_MS;
  return does.do === 'switch' || does.do === 'http' ? SILENCE_MS : null;
}
