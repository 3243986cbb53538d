import { sayDuration } from '../../kit/duration.ts';
import type { Runbook, RunbookStep, StepDoes } from './runbook.ts';

export interface PlannedStep {
  readonly id: string;
  readonly title: string;
  readonly do: StepDoes['do'];
  /** What it would do, in one line. */
  readonly does: string;
  /** `depends` while the choice it hangs on is not answered. */
  readonly runs: 'yes' | 'no' | 'depends';
  /** Why it would not run, or what it depends on; null when it runs. */
  readonly because: string | null;
  /** Who must agree first, in words; null when nobody. */
  readonly approval: string | null;
  readonly budgetMs: number | null;
}

/**
 * What a run would do, without doing anything. `answers` is the option taken at each choosing step; steps that hang on
 * a choice without an answer come out as `depends`. A jump ahead leaves out what lies between.
 */
export function planRun(runbook: Pick<Runbook, 'steps'>, answers: Readonly<Record<string, string>> = {}): readonly PlannedStep[] {
  const planned: PlannedStep[] = [];
  let jump: { readonly to: string; readonly from: string } | null = null;
  for (const step of runbook.steps) {
    if (jump?.to === step.id) jump = null;
    const fate: Fate = jump === null ? fateOf(step, answers, planned) : { runs: 'no', because: `“${jump.from}” leads past it` };
    planned.push({ ...about(step), ...fate });
    jump ??= fate.runs === 'yes' ? jumpAhead(step, answers, runbook.steps) : null;
  }
  return planned;
}

type Fate = Pick<PlannedStep, 'runs' | 'because'>;

function about(step: RunbookStep): Omit<PlannedStep, keyof Fate> {
  const { id, title, does, approve, budgetMs } = step;
  return { id, title, do: does.do, does: sayDoes(does), approval: approve === null ? null : sayApproval(approve), budgetMs };
}

function fateOf({ when }: RunbookStep, answers: Readonly<Record<string, string>>, before: readonly PlannedStep[]): Fate {
  if (when === null) return { runs: 'yes', because: null };
  const asked = before.find(({ id }) => id === when.step);
  if (asked?.runs === 'no') return { runs: 'no', because: `“${asked.title}” does not come` };
  const answer = Object.hasOwn(answers, when.step) ? answers[when.step] : undefined;
  const wanted = when.chose.join(' or ');
  if (answer === undefined) return { runs: 'depends', because: `only after ${wanted} at “${asked?.title ?? when.step}”` };
  if (!when.chose.includes(answer)) return { runs: 'no', because: `only after ${wanted}, and ${answer} was chosen` };
  return asked?.runs === 'depends' ? { runs: 'depends', because: asked.because } : { runs: 'yes', because: null };
}

function jumpAhead(
  step: RunbookStep,
  answers: Readonly<Record<string, string>>,
  steps: readonly RunbookStep[],
): { to: string; from: string } | null {
  if (step.does.do !== 'choose') return null;
  const answer = Object.hasOwn(answers, step.id) ? answers[step.id] : undefined;
  const to = step.does.options.find(({ id }) => id === answer)?.go ?? null;
  const isAhead = steps.findIndex(({ id }) => id === to) > steps.findIndex(({ id }) => id === step.id);
  return to !== null && isAhead ? { to, from: step.title } : null;
}

/** What a step does, in one line: for plans, dry runs and cards. */
export function sayDoes(does: StepDoes): string {
  switch (does.do) {
    case 'manual':
      return 'People do it and say so';
    case 'choose':
      return `People choose: ${does.options.map(({ label }) => label).join(', ')}`;
    case 'approve':
      return 'People approve before the run goes on';
    case 'wait-for':
      return `Wait up to ${sayDuration(does.timeoutMs)} until ${does.url} answers ${does.status}`;
    case 'http':
      return `${does.method} ${does.url}`;
    case 'switch':
      return `Ask for the switch ${does.switch} ${sayLevel(does.to)}${does.ttlMs === null ? '' : ` for ${sayDuration(does.ttlMs)}`}`;
    case 'role':
      return `Fill the role ${does.role}`;
    case 'update':
      return `Post the status update: ${does.text.replaceAll(/\s+/g, ' ')}`;
  }
}

/** A switch's level as people say it. */
export function sayLevel(level: number): string {
  if (level === 0) return 'off';
  return level === 1 ? 'on' : `at ${level}`;
}

function sayApproval({ role, count }: { readonly role: string | null; readonly count: number }): string {
  if (role === null) return count === 1 ? 'one person' : `${count} people`;
  return count === 1 ? role : `${count} people, ${role} among them`;
}
