import { sayDoes } from './plan.ts';
import { currentStep, momentOf } from './progress.ts';
import type { RunState, RunStep } from './state.ts';

/** Something a person can say about the step that is due; `words` is a command line without `/incident`. */
export interface StepChoice {
  readonly label: string;
  readonly words: string;
  readonly style: 'primary' | 'danger' | 'plain';
}
/** The step that is due, as a card shows it. */
export interface StepNow {
  readonly id: string;
  readonly title: string;
  /** Markdown of the runbook. */
  readonly prose: string;
  readonly status: RunStep['status'];
  /** What it does, in one line. */
  readonly does: string;
  /** When its budget is used up, milliseconds since 1970; null without a budget, before it starts and during a pause. */
  readonly dueAt: number | null;
  readonly overran: boolean;
  readonly choices: readonly StepChoice[];
}

/** What a run wants from people now; null when it is over or waits for nobody. */
export function stepNow(state: RunState): StepNow | null {
  const known = state.status === 'running' || state.status === 'paused' ? currentStep(state) : null;
  if (known === null) return null;
  const { step, status, startedMs, overran } = known;
  const hasDue = status === 'open' && state.status === 'running' && step.budgetMs !== null && startedMs !== null;
  return {
    id: step.id,
    title: step.title,
    prose: step.prose,
    status,
    does: sayDoes(step.does),
    dueAt: hasDue ? momentOf(state, (startedMs ?? 0) + (step.budgetMs ?? 0)) : null,
    overran,
    choices: state.status === 'paused' ? [{ label: 'Go on', words: 'runbook resume', style: 'primary' }] : choicesOf(known),
  };
}

function choicesOf({ step, status }: RunStep): readonly StepChoice[] {
  const say = (label: string, verb: string, style: StepChoice['style'] = 'plain'): StepChoice => ({
    label,
    words: `step ${verb} ${step.id}`,
    style,
  });
  const skip = say('Skip', 'skip');
  if (status === 'approval') return [say('Approve', 'approve', 'primary'), skip];
  if (status === 'failed') return [say('Try again', 'retry', 'primary'), say('Done by hand', 'done'), skip];
  if (status === 'unknown') return [say('It happened', 'done', 'primary'), say('Send again', 'retry', 'danger'), skip];
  switch (step.does.do) {
    case 'choose':
      return [
        ...step.does.options.map(({ id, label }): StepChoice => ({ label, words: `step choose ${step.id} ${id}`, style: 'plain' })),
        skip,
      ];
    case 'manual':
      return [say('Done', 'done', 'primary'), skip];
    case 'role':
      return [say(`I take ${step.does.role}`, 'done', 'primary'), skip];
    default:
      return [skip];
  }
}
