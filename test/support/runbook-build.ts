import type { Checkpoint, Runbook, RunbookStep, StepDoes } from '../../src/domain/runbooks/runbook.ts';

/** A step that does `does`, titled after its id, with everything else as when nothing is written. */
export function stepOf(id: string, does: StepDoes = { do: 'manual' }, rest: Partial<RunbookStep> = {}): RunbookStep {
  return { id, title: `Step ${id}`, prose: '', budgetMs: null, retries: 0, when: null, approve: null, does, line: 1, ...rest };
}

export function chooseOf(id: string, ...options: readonly (string | readonly [string, string])[]): RunbookStep {
  const written = options.map((option) => (typeof option === 'string' ? ([option, null] as const) : option));
  return stepOf(id, { do: 'choose', options: written.map(([name, go]) => ({ id: name, label: name, go })) });
}

/** A step that asks a far end; repeating it is harmless. */
export const httpGet: StepDoes = {
  do: 'http',
  method: 'GET',
  url: 'https://shop.example/up',
  headers: {},
  body: null,
  expectStatus: [],
  timeoutMs: 1_000,
};
/** The same with an effect there. */
export const httpPost: StepDoes = { ...httpGet, method: 'POST' };

export function runbookOf(steps: readonly RunbookStep[], checkpoints: readonly Checkpoint[] = []): Runbook {
  const match = { severity: [], service: [], alert: [] };
  return { id: 'lights', title: 'Lights out', clockMs: 900_000, match, checkpoints, steps, file: 'lights.md' };
}
