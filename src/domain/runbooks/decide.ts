import { type Context, type Decision, personOf, refuse } from '../kernel.ts';
import type { RunAct, RunActOf } from './acts.ts';
import { thenAdvance } from './advance.ts';
import { decideOutcome, decideSwitch, decideTimer } from './decide-internal.ts';
import { decideStep, follow, type StepAct } from './decide-person.ts';
import type { RunEvent } from './events.ts';
import { currentStep, elapsedMs, isGoing } from './progress.ts';
import type { Runbook } from './runbook.ts';
import type { RunState } from './state.ts';
import { incidentOf, isIncidentLive } from './surroundings.ts';

type Verdict = Decision<RunEvent>;

export function decideRun(state: RunState, act: RunAct, context: Context): Verdict {
  switch (act.type) {
    case 'run.start':
      return decideStart(state, act, context);
    case 'run.step-succeeded':
    case 'run.step-failed':
    case 'run.step-unknown':
      return decideOutcome(state, act, context);
    case 'run.switch-flipped':
    case 'run.switch-declined':
      return decideSwitch(state, act, context);
    case 'run.check-budget':
    case 'run.checkpoint':
    case 'run.poll':
      return decideTimer(state, act, context);
    case 'run.abort':
    case 'run.pause':
    case 'run.resume':
      return decideWhole(state, act, context);
    default:
      return decideInside(state, act, context);
  }
}

function decideStart(state: RunState, act: RunActOf<'run.start'>, context: Context): Verdict {
  const { status, platforms } = incidentOf(act.incident, context);
  const incident = String(act.incident);
  if (status === 'none') return refuse('run_incident_unknown', { incident });
  if (isGoing(state)) return refuse('run_active', { title: state.title });
  if (!isIncidentLive(act.incident, context)) return refuse('run_incident_over', { incident, status });
  const { runbooks } = context.catalog;
  const runbook = Object.hasOwn(runbooks, act.runbook) ? runbooks[act.runbook] : undefined;
  if (runbook === undefined) {
    const known = Object.keys(runbooks).join(', ');
    return refuse('run_unknown_runbook', { runbook: act.runbook, known: known === '' ? 'none' : known });
  }
  return thenAdvance(state, [startOf(runbook, act, platforms)], context);
}

function startOf(runbook: Runbook, act: RunActOf<'run.start'>, platforms: readonly string[]): RunEvent {
  const { id, title, file, clockMs, steps, checkpoints } = runbook;
  return {
    type: 'run.started',
    data: { incident: act.incident, runbook: id, title, file, clockMs, dry: act.dry ?? false, platforms, steps, checkpoints },
  };
}

/** Acts about the run as a whole; they are possible when its steps must rest. */
function decideWhole(state: RunState, act: RunActOf<'run.abort' | 'run.pause' | 'run.resume'>, context: Context): Verdict {
  const person = personOf(context.actor);
  if (person === null) return refuse('run_needs_person');
  if (!isGoing(state)) return refuse('run_none', { incident: String(state.incident) });
  const elapsed = elapsedMs(state, context.now);
  switch (act.type) {
    case 'run.abort':
      return [{ type: 'run.aborted', data: { title: state.title, person, reason: act.reason, elapsedMs: elapsed } }];
    case 'run.pause':
      if (state.status === 'paused') return refuse('run_paused');
      return [{ type: 'run.paused', data: { person, elapsedMs: elapsed } }];
    case 'run.resume':
      return resume(state, person, context);
  }
}

function resume(state: RunState, person: string, context: Context): Verdict {
  const incident = incidentOf(state.incident, context);
  if (!isIncidentLive(state.incident, context))
    return refuse('run_incident_over', { incident: String(incident.number), status: incident.status });
  // It also stands still when its incident was over for a while and is open again.
  if (state.pausedAt === null && currentStep(state) !== null) return refuse('run_not_paused');
  const pausedMs = state.pausedAt === null ? 0 : Math.max(0, context.now - state.pausedAt);
  return thenAdvance(state, [{ type: 'run.resumed', data: { person, pausedMs } }], context);
}

/** Acts about what is inside a run: only while it and its incident go on. */
function decideInside(state: RunState, act: StepAct | RunActOf<'run.decide'>, context: Context): Verdict {
  if (!isGoing(state)) return refuse('run_none', { incident: String(state.incident) });
  if (state.status === 'paused') return refuse('run_paused');
  const { number, status } = incidentOf(state.incident, context);
  if (!isIncidentLive(state.incident, context)) return refuse('run_incident_over', { incident: String(number), status });
  return act.type === 'run.decide' ? decideCheckpoint(state, act, context) : decideStep(state, act, context);
}

function decideCheckpoint(state: RunState, act: RunActOf<'run.decide'>, context: Context): Verdict {
  const person = personOf(context.actor);
  if (person === null) return refuse('run_needs_person');
  const checkpoint = state.checkpoints.find(({ id }) => id === act.checkpoint);
  if (checkpoint === undefined) {
    return refuse('run_no_such_checkpoint', { checkpoint: act.checkpoint, known: state.checkpoints.map(({ id }) => id).join(', ') });
  }
  if (checkpoint.reachedAt === null) return refuse('run_checkpoint_not_reached', { checkpoint: checkpoint.id });
  const { decision } = checkpoint;
  if (decision !== null)
    return refuse('run_checkpoint_decided', { checkpoint: checkpoint.id, label: decision.label, by: `<@${decision.by}>` });
  const option = checkpoint.options.find(({ id }) => id === act.option);
  if (option === undefined)
    return refuse('run_no_such_option', { option: act.option, options: checkpoint.options.map(({ id }) => id).join(', ') });
  const decided: RunEvent = { type: 'run.decided', data: { checkpoint: checkpoint.id, option: option.id, label: option.label, person } };
  return thenAdvance(state, [decided, ...follow(state, currentStep(state), option.go, context)], context);
}
