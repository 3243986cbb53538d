import type { Checkpoint, Runbook, RunbookStep, StepDoes } from '../../src/domain/runbooks/runbook.ts';

/** A step that does `does`, titled after its id, with everything else as when nothing is written. */
export function stepOf(id: string, does: StepDoes = { do: 'manual' }, rest: Partial<RunbookStep> = {}): RunbookStep {
  return { id, title: `Step ${id}`, prose: '', budgetMs: null, retries: 0, when: null, approve: null, does, line: 1, ...rest };
}

export function chooseOf(id: string, ...options: readonly (string | readonly [string, string])[]): RunbookStep {
  const written = options.map((option) => (typeof option === 'string' ? ([option, null] as const) : option));
  return stepOf(id, { do: 'choose', options: written.map(([name, go]) => ({ id: name, label: name, go })) });
}

export function runbookOf(steps: readonly RunbookStep[], checkpoints: readonly Checkpoint[] = []): Runbook {
  const match = { severity: [], service: [], alert: [] };
  return { id: 'lights', title: 'Lights out', clockMs: 900_000, match, checkpoints, steps, file: 'lights.md' };
}
