import { type Context, type Decision, personOf, type Refusal, refuse } from '../kernel.ts';
import type { RunActOf } from './acts.ts';
import { after, enterStep, jumpTo, named, startStep, thenAdvance } from './advance.ts';
import type { RunEvent } from './events.ts';
import { currentStep } from './progress.ts';
import type { StepDoes } from './runbook.ts';
import type { RunState, RunStep } from './state.ts';
import { holderOf } from './surroundings.ts';

export type StepAct = RunActOf<'run.complete-step' | 'run.choose' | 'run.approve-step' | 'run.skip' | 'run.retry'>;

/** What people do with single steps. The run is going on and so is its incident. */
export function decideStep(state: RunState, act: StepAct, context: Context): Decision<RunEvent> {
  const known = state.steps.find(({ step }) => step.id === act.step);
  if (known === undefined) return refuse('run_no_such_step', { step: act.step, known: state.steps.map(({ step }) => step.id).join(', ') });
  const person = personOf(context.actor);
  if (person === null) return refuse('run_needs_person');
  const events = decideKnown(state, known, act, person, context);
  return 'refused' in events ? events : thenAdvance(state, events, context);
}

function decideKnown(state: RunState, known: RunStep, act: StepAct, person: string, context: Context): Decision<RunEvent> {
  switch (act.type) {
    case 'run.complete-step':
      return complete(state, known, act.note, person, context);
    case 'run.choose':
      return choose(state, known, act.option, person, context);
    case 'run.approve-step':
      return approve(state, known, person, context);
    case 'run.skip':
      if (isBehind(known)) return behind(known);
      return [{ type: 'run.step-skipped', data: { ...named(known), person, reason: act.reason } }];
    case 'run.retry':
      return retry(state, known, context);
  }
}

/** Done by people who say so; anything else of these kinds does itself. */
const BY_HAND: ReadonlySet<StepDoes['do']> = new Set<StepDoes['do']>(['manual', 'role']);

function complete(state: RunState, known: RunStep, note: string | null, person: string, context: Context): Decision<RunEvent> {
  const { step, status } = known;
  if (isBehind(known)) return behind(known);
  if (status === 'approval') return refuse('run_approval_first', { step: step.id });
  if (status === 'open' && step.does.do === 'choose') {
    return refuse('run_choice_wanted', { step: step.id, options: step.does.options.map(({ id }) => id).join(', ') });
  }
  const isOpen = status === 'failed' || status === 'unknown' || (status === 'open' && BY_HAND.has(step.does.do));
  if (!isOpen && status === 'open') return refuse('run_step_automatic', { step: step.id });
  // People do things before the run gets there; what they did by hand they need not do again.
  if (!isOpen && step.does.do !== 'manual') return refuse('run_step_not_begun', { step: step.id, current: currentName(state) });
  const takes = step.does.do === 'role' && holderOf(step.does.role, state.incident, context) === null ? step.does.role : null;
  return [{ type: 'run.step-completed', data: { ...named(known), person, note, role: takes } }];
}

function choose(state: RunState, known: RunStep, id: string, person: string, context: Context): Decision<RunEvent> {
  const { step, status } = known;
  if (step.does.do !== 'choose') return refuse('run_nothing_to_choose', { step: step.id });
  if (isBehind(known)) return behind(known);
  if (status !== 'open') return refuse('run_step_not_begun', { step: step.id, current: currentName(state) });
  const option = step.does.options.find((candidate) => candidate.id === id);
  if (option === undefined)
    return refuse('run_no_such_option', { option: id, options: step.does.options.map((known) => known.id).join(', ') });
  const chosen: RunEvent = { type: 'run.chosen', data: { ...named(known), option: option.id, label: option.label, person } };
  return [chosen, ...follow(after(state, [chosen], context), known, option.go, context)];
}

/** Where an option leads. Nothing happens when it leads to what is being done, or nowhere. */
export function follow(state: RunState, from: RunStep | null, go: string | null, context: Context): readonly RunEvent[] {
  const target = state.steps.find(({ step }) => step.id === go);
  return target === undefined || target === currentStep(state) ? [] : jumpTo(state, from, target, context);
}

function approve(state: RunState, known: RunStep, person: string, context: Context): Decision<RunEvent> {
  const { step, status, approvedBy } = known;
  if (status !== 'approval' || step.approve === null) return refuse('run_no_approval_wanted', { step: step.id });
  if (approvedBy.includes(person)) return refuse('run_approved_already', { step: step.id });
  const { role, count } = step.approve;
  const holder = role === null ? null : holderOf(role, state.incident, context);
  const missing = Math.max(0, count - approvedBy.length - 1);
  const holderAgrees = role === null || holder === person || (holder !== null && approvedBy.includes(holder));
  // The last approval must not use up the place of the one who has to agree.
  if (missing === 0 && !holderAgrees) {
    return refuse('run_approval_needs_role', { step: step.id, role: role ?? '', holder: holder === null ? 'nobody' : `<@${holder}>` });
  }
  const approved: RunEvent = { type: 'run.step-approved', data: { ...named(known), person, missing } };
  if (missing > 0 || step.does.do === 'approve') return [approved];
  return [approved, ...startStep(after(state, [approved], context), known, context)];
}

function retry(state: RunState, known: RunStep, context: Context): Decision<RunEvent> {
  const { step, status } = known;
  if (status === 'failed' || status === 'unknown') return enterStep(state, known, context);
  if (isBehind(known)) return jumpTo(state, currentStep(state), known, context);
  if (status !== 'open') return refuse('run_step_not_begun', { step: step.id, current: currentName(state) });
  if (step.does.do === 'http' && step.does.method !== 'GET') return refuse('run_step_under_way', { step: step.id });
  const isAutomatic = step.does.do === 'http' || step.does.do === 'wait-for' || step.does.do === 'switch';
  return isAutomatic ? enterStep(state, known, context) : refuse('run_nothing_to_retry', { step: step.id });
}

function isBehind({ status }: RunStep): boolean {
  return status === 'done' || status === 'skipped' || status === 'passed';
}

function behind({ step, status, by }: RunStep): Refusal {
  return refuse('run_step_behind', { step: step.id, status, by: by === null ? '' : ` by <@${by}>` });
}

function currentName(state: RunState): string {
  return currentStep(state)?.step.id ?? 'none';
}
