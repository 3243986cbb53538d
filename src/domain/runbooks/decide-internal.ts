import type { Context } from '../kernel.ts';
import type { RunActOf } from './acts.ts';
import { named, thenAdvance } from './advance.ts';
import type { RunEvent } from './events.ts';
import { TIMER_EARLY_MS } from './limits.ts';
import { sayLevel } from './plan.ts';
import { currentStep, elapsedMs, isAhead, isGoing, patienceMs } from './progress.ts';
import type { RunState, RunStep } from './state.ts';
import { holderOf, isIncidentLive } from './surroundings.ts';

type Verdict = readonly RunEvent[];

/** How an automated step ended. */
export type OutcomeAct = RunActOf<'run.step-succeeded' | 'run.step-failed' | 'run.step-unknown'>;

/** What happened is written down even when nobody waits for it any more, once; then nothing follows from it. */
export function decideOutcome(state: RunState, act: OutcomeAct, context: Context): Verdict {
  const known = state.steps.find(({ step }) => step.id === act.step);
  if (known === undefined || known.attempt !== act.attempt || known.answered) return [];
  const attempt = { ...named(known), attempt: act.attempt };
  if (!isGoing(state) || known.status !== 'open') {
    const outcome = act.type === 'run.step-succeeded' ? 'succeeded' : act.type === 'run.step-failed' ? 'failed' : 'unknown';
    const detail = act.type === 'run.step-succeeded' ? (act.evidence ?? '') : act.detail;
    return [{ type: 'run.step-answered-late', data: { ...attempt, outcome, detail } }];
  }
  switch (act.type) {
    case 'run.step-succeeded':
      return thenAdvance(state, [{ type: act.type, data: { ...attempt, evidence: act.evidence } }], context);
    case 'run.step-failed':
      return [{ type: act.type, data: { ...attempt, reason: act.reason, detail: act.detail } }];
    case 'run.step-unknown':
      return [{ type: act.type, data: { ...attempt, detail: act.detail } }];
  }
}

/** A flip is news only to the step that waits for it. */
export function decideSwitch(state: RunState, act: RunActOf<'run.switch-flipped' | 'run.switch-declined'>, context: Context): Verdict {
  const known = currentStep(state);
  if (!isGoing(state) || known === null) return [];
  const { status, step, attempt } = known;
  if (step.does.do !== 'switch' || step.does.switch !== act.switch) return [];
  const about = { ...named(known), attempt };
  if (act.type === 'run.switch-declined') {
    const detail = `${act.switch} was not flipped: the request was declined, or nobody approved it in time`;
    return status === 'open' ? [{ type: 'run.step-failed', data: { ...about, reason: 'declined', detail } }] : [];
  }
  // Declined first and then flipped in another way (broken glass) is what the step wanted all the same.
  if (act.to !== step.does.to || (status !== 'open' && status !== 'failed')) return [];
  return thenAdvance(
    state,
    [{ type: 'run.step-succeeded', data: { ...about, evidence: `${act.switch} is ${sayLevel(act.to)}` } }],
    context,
  );
}

/** Timers are questions, and mostly the answer is that nothing needs to happen. */
export function decideTimer(state: RunState, act: RunActOf<'run.check-budget' | 'run.checkpoint' | 'run.poll'>, context: Context): Verdict {
  if (state.status !== 'running' || !isIncidentLive(state.incident, context)) return [];
  if (act.type === 'run.checkpoint') return reachCheckpoint(state, act.checkpoint, context);
  const known = state.steps.find(({ step }) => step.id === act.step);
  if (known === undefined || known.status !== 'open' || known.attempt !== act.attempt) return [];
  return act.type === 'run.poll' ? lookForHolder(state, known, context) : checkBudget(state, known, context);
}

function reachCheckpoint(state: RunState, id: string, context: Context): Verdict {
  const checkpoint = state.checkpoints.find((known) => known.id === id);
  const elapsed = elapsedMs(state, context.now);
  // After a pause the same question comes again later; the early one is not meant.
  if (checkpoint === undefined || checkpoint.reachedAt !== null || elapsed + TIMER_EARLY_MS < checkpoint.afterMs) return [];
  const current = currentStep(state);
  const data = {
    checkpoint: id,
    question: checkpoint.question,
    options: checkpoint.options.map((option) => ({ id: option.id, label: option.label })),
    open: current === null ? [] : [{ id: current.step.id, title: current.step.title }],
    ahead: state.steps.filter(isAhead).length,
    elapsedMs: elapsed,
  };
  return [{ type: 'run.checkpoint-reached', data }];
}

function lookForHolder(state: RunState, known: RunStep, context: Context): Verdict {
  const { does } = known.step;
  const holder = does.do === 'role' ? holderOf(does.role, state.incident, context) : null;
  if (does.do !== 'role' || holder === null) return [];
  const data = { ...named(known), attempt: known.attempt, evidence: `<@${holder}> is ${does.role}` };
  return thenAdvance(state, [{ type: 'run.step-succeeded', data }], context);
}

function checkBudget(state: RunState, known: RunStep, context: Context): Verdict {
  const budgetMs = patienceMs(known);
  const openMs = elapsedMs(state, context.now) - (known.startedMs ?? 0);
  if (budgetMs === null || known.overran || openMs + TIMER_EARLY_MS < budgetMs) return [];
  return [{ type: 'run.step-overran', data: { ...named(known), attempt: known.attempt, budgetMs } }];
}
