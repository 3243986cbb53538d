import type { AskedAct, Effect, Recorded } from '../kernel.ts';
import type { RunEvent, RunEventOf } from './events.ts';
import { ROLE_LOOKS_MS } from './limits.ts';
import { currentStep, momentOf, patienceMs } from './progress.ts';
import type { StepDoes } from './runbook.ts';
import type { RunState, RunStep } from './state.ts';

/** What the step does, then the timers, then the rooms. */
export function reactRun(event: Recorded<RunEvent>, state: RunState): readonly Effect[] {
  return [...work(event, state), ...timers(event, state), ...rooms(event, state)];
}

function work(event: Recorded<RunEvent>, state: RunState): readonly Effect[] {
  if (state.dry) return [];
  switch (event.type) {
    case 'run.step-started':
      return doing(event.data, state);
    case 'run.step-succeeded':
      return posting(event.data.step, state);
    case 'run.step-completed': {
      const { role, person } = event.data;
      const act = { type: 'incident.assign', incident: state.incident, role, person };
      return role === null ? [] : [{ kind: 'ask', act, actor: event.actor }];
    }
    default:
      return [];
  }
}

/** A step that changes something asks for it like everybody else, on behalf of who started the run. */
function doing({ step, attempt }: RunEventOf<'run.step-started'>['data'], state: RunState): readonly Effect[] {
  const { incident, startedBy: actor } = state;
  const does = doesOf(step, state);
  switch (does?.do) {
    case 'http':
    case 'wait-for':
      return [{ kind: 'step.run', run: String(incident), step, attempt }];
    case 'switch': {
      const { switch: id, to, reason, ttlMs } = does;
      return [{ kind: 'ask', act: { type: 'switch.request', switch: id, to, reason, incident, ttlMs }, actor }];
    }
    default:
      return [];
  }
}

function posting(step: string, { incident, startedBy: actor, ...state }: RunState): readonly Effect[] {
  const does = doesOf(step, state);
  if (does?.do !== 'update') return [];
  return [{ kind: 'ask', act: { type: 'incident.update', incident, text: does.text, nextMs: null }, actor }];
}

function doesOf(id: string, { steps }: Pick<RunState, 'steps'>): StepDoes | undefined {
  return steps.find(({ step }) => step.id === id)?.step.does;
}

function timers(event: Recorded<RunEvent>, state: RunState): readonly Effect[] {
  switch (event.type) {
    case 'run.started':
      return checkpointTimers(state);
    case 'run.step-started':
      return stepTimers(state, event.data.step);
    case 'run.resumed': {
      // What was due has moved on by the pause; the timers of before come too early and are answered with nothing.
      const current = currentStep(state);
      return [...checkpointTimers(state), ...(current === null ? [] : stepTimers(state, current.step.id))];
    }
    default:
      return [];
  }
}

function timer(dueAt: number, act: AskedAct): Effect {
  return { kind: 'ask', act, actor: 'clock', dueAt };
}

function checkpointTimers(state: RunState): readonly Effect[] {
  const ahead = state.checkpoints.filter(({ reachedAt }) => reachedAt === null);
  return ahead.map(({ id, afterMs }) =>
    timer(momentOf(state, afterMs), { type: 'run.checkpoint', incident: state.incident, checkpoint: id }),
  );
}

function stepTimers(state: RunState, id: string): readonly Effect[] {
  const known = state.steps.find(({ step }) => step.id === id);
  if (known === undefined || known.status !== 'open') return [];
  const about = { incident: state.incident, step: id, attempt: known.attempt };
  const at = (afterMs: number): number => momentOf(state, (known.startedMs ?? 0) + afterMs);
  const budgetMs = patienceMs(known);
  return [
    ...(budgetMs === null ? [] : [timer(at(budgetMs), { type: 'run.check-budget', ...about })]),
    ...looks(known).map((afterMs) => timer(at(afterMs), { type: 'run.poll', ...about })),
  ];
}

function looks({ step }: RunStep): readonly number[] {
  return step.does.do === 'role' ? ROLE_LOOKS_MS : [];
}

/** The card follows every change; a new message only when somebody must look. */
function rooms(event: Recorded<RunEvent>, state: RunState): readonly Effect[] {
  const { incident, platforms } = state;
  const message = LOUD[event.type] ?? null;
  return platforms.flatMap((platform): Effect[] => [
    { kind: 'room.keep', platform, incident },
    ...(message === null ? [] : [{ kind: 'room.say', platform, incident, message } as const]),
  ]);
}

/** Event type → the template that is said in the room. */
const LOUD: Readonly<Partial<Record<RunEvent['type'], string>>> = {
  'run.started': 'run-started',
  'run.approval-wanted': 'run-approval-wanted',
  'run.step-failed': 'run-step-failed',
  'run.step-unknown': 'run-step-unknown',
  'run.step-answered-late': 'run-step-answered-late',
  'run.step-overran': 'run-step-overran',
  'run.checkpoint-reached': 'run-checkpoint',
  'run.finished': 'run-finished',
};
