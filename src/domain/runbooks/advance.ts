import type { Context } from '../kernel.ts';
import type { RunEvent } from './events.ts';
import { DETAIL_CHARS_MAX } from './limits.ts';
import { sayDoes, sayLevel } from './plan.ts';
import { currentStep, elapsedMs, isAhead } from './progress.ts';
import { changesTheWorld } from './runbook.ts';
import { evolveRun, type RunState, type RunStep } from './state.ts';
import { holderOf, isIncidentLive, switchLevel } from './surroundings.ts';

/** The events of a decision and everything that follows from them by itself: the next step begins, the run ends. */
export function thenAdvance(before: RunState, events: readonly RunEvent[], context: Context): readonly RunEvent[] {
  const all = [...events];
  let state = after(before, events, context);
  // Every turn settles or opens a step, or ends the run; so it ends by itself.
  for (let more = following(state, context); more.length > 0; more = following(state, context)) {
    all.push(...more);
    state = after(state, more, context);
  }
  return all;
}

/** The state once these events are in the ledger. */
export function after(state: RunState, events: readonly RunEvent[], context: Context): RunState {
  const { now: at, actor, stream } = context;
  return events.reduce((folded, event) => evolveRun(folded, { ...event, at, actor, stream, position: 0, version: 0 }), state);
}

function following(state: RunState, context: Context): readonly RunEvent[] {
  if (state.status !== 'running' || !isIncidentLive(state.incident, context) || currentStep(state) !== null) return [];
  const next = state.steps.find(({ status }) => status === 'waiting');
  if (next === undefined) return [finished(state, context)];
  return applies(state, next) ? enterStep(state, next, context) : [{ type: 'run.step-passed', data: named(next) }];
}

function finished(state: RunState, context: Context): RunEvent {
  const { title, clockMs, steps } = state;
  const done = steps.filter(({ status }) => status === 'done').length;
  const skipped = steps.filter(({ status }) => status === 'skipped').map(({ step }) => ({ id: step.id, title: step.title }));
  return { type: 'run.finished', data: { title, clockMs, elapsedMs: elapsedMs(state, context.now), done, skipped } };
}

function applies(state: RunState, { step: { when } }: RunStep): boolean {
  if (when === null) return true;
  const chosen = state.steps.find(({ step }) => step.id === when.step)?.chosen ?? null;
  return chosen !== null && when.chose.includes(chosen);
}

/** A step's beginning, whatever its condition: it waits for approval, or starts. */
export function enterStep(state: RunState, known: RunStep, context: Context): readonly RunEvent[] {
  const { approve } = known.step;
  if (approve === null) return startStep(state, known, context);
  const { role, count } = approve;
  return [{ type: 'run.approval-wanted', data: { ...named(known), role, count, elapsedMs: elapsedMs(state, context.now) } }];
}

/** Starts a step that needs no (more) approval. What is true already is done at once. */
export function startStep(state: RunState, known: RunStep, context: Context): readonly RunEvent[] {
  const attempt = state.attempts + 1;
  const data = { ...named(known), attempt };
  const evidence = doneAlready(state, known, context);
  if (evidence !== null) return [{ type: 'run.step-succeeded', data: { ...data, evidence: evidence.slice(0, DETAIL_CHARS_MAX) } }];
  // An update is asked for and not waited for: the door takes it as it takes everybody's.
  if (known.step.does.do === 'update') return [{ type: 'run.step-succeeded', data: { ...data, evidence: null } }];
  return [{ type: 'run.step-started', data: { ...data, elapsedMs: elapsedMs(state, context.now) } }];
}

/** Why there is nothing to do for a step, or null. */
function doneAlready(state: RunState, { step: { does } }: RunStep, context: Context): string | null {
  switch (does.do) {
    case 'role': {
      const holder = holderOf(does.role, state.incident, context);
      return holder === null ? null : `<@${holder}> is ${does.role}`;
    }
    case 'switch':
      if (switchLevel(does.switch, context) === does.to) return `${does.switch} is ${sayLevel(does.to)} already`;
      return state.dry ? dryEvidence(sayDoes(does)) : null;
    case 'update':
    case 'http':
    case 'wait-for':
      return state.dry ? dryEvidence(sayDoes(does)) : null;
    default:
      return null;
  }
}

function dryEvidence(would: string): string {
  return `Dry run, nothing was done. It would: ${would}`;
}

/**
 * The run goes on from `from` (null: from its end) at `target`, which begins whatever its condition. Ahead: what lies between is passed. Back: steps that
 * look or ask lie ahead again; steps that changed the world stay done, because going back repeats no change.
 */
export function jumpTo(state: RunState, from: RunStep | null, target: RunStep, context: Context): readonly RunEvent[] {
  const current = currentStep(state);
  const here = from === null ? state.steps.length : indexOf(state, from);
  const there = indexOf(state, target);
  const isLeft = (known: RunStep, index: number): boolean =>
    (index < there && isAhead(known)) || (known === current && mayHaveChanged(known));
  const isAgain = (known: RunStep, index: number): boolean => index > there && index <= here && liesAheadAgain(known);
  const ids = (holds: (known: RunStep, index: number) => boolean): string[] => state.steps.filter(holds).map(({ step }) => step.id);
  const data = { ...named(target), passed: ids(isLeft), reopened: ids((known, index) => index === there || isAgain(known, index)) };
  const jump: RunEvent = { type: 'run.jumped', data };
  const jumped = after(state, [jump], context);
  const entered = jumped.steps[there];
  return entered === undefined ? [jump] : [jump, ...enterStep(jumped, entered, context)];
}

function indexOf(state: RunState, { step }: RunStep): number {
  return state.steps.findIndex((known) => known.step.id === step.id);
}

/** Under way or unknown: it must not be done a second time only because the run went back. */
function mayHaveChanged({ status, step }: RunStep): boolean {
  return (status === 'open' || status === 'unknown') && changesTheWorld(step.does);
}

function liesAheadAgain(known: RunStep): boolean {
  if (known.status === 'skipped' || mayHaveChanged(known)) return false;
  return !(known.status === 'done' && changesTheWorld(known.step.does));
}

/** What every event about a step says of it. */
export function named({ step: { id, title } }: RunStep): { readonly step: string; readonly title: string } {
  return { step: id, title };
}
