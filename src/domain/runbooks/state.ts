import type { Actor, Recorded } from '../kernel.ts';
import type { RunEvent, RunEventOf } from './events.ts';
import type { Checkpoint, RunbookStep } from './runbook.ts';

/**
 * `waiting` lies ahead, `approval` and `open` are being worked on, `failed` and `unknown` need a person; the rest is
 * behind: `skipped` by a person, `passed` because it did not apply.
 */
export type StepStatus = 'waiting' | 'approval' | 'open' | 'failed' | 'unknown' | 'done' | 'skipped' | 'passed';
export type RunStatus = 'none' | 'running' | 'paused' | 'finished' | 'aborted';

export interface RunStep {
  readonly step: RunbookStep;
  readonly status: StepStatus;
  /** Of the last start, 0 before the first. */
  readonly attempt: number;
  /** The run's clock when it was last started or began to wait for approval. */
  readonly startedMs: number | null;
  /** When it was settled, milliseconds since 1970. */
  readonly endedAt: number | null;
  /** People who approved this attempt. */
  readonly approvedBy: readonly string[];
  /** Person who settled it; null when it settled by itself. */
  readonly by: string | null;
  /** Option that was chosen. */
  readonly chosen: string | null;
  /** Note, evidence, or why it failed or was skipped. */
  readonly note: string | null;
  /** Its budget ran out while it was open. */
  readonly overran: boolean;
  /** An automated attempt has reported how it ended. */
  readonly answered: boolean;
}
export interface RunCheckpoint extends Checkpoint {
  readonly reachedAt: number | null;
  readonly decision: { readonly option: string; readonly label: string; readonly by: string; readonly at: number } | null;
}

/** The last run of an incident: under way, or how it ended. */
export interface RunState {
  readonly incident: number;
  readonly status: RunStatus;
  /** How many runs this incident had. */
  readonly runs: number;
  readonly runbook: string;
  readonly title: string;
  readonly dry: boolean;
  readonly platforms: readonly string[];
  /** On whose behalf its steps ask for changes. */
  readonly startedBy: Actor;
  readonly startedAt: number;
  readonly clockMs: number;
  /** When the pause began that is going on. */
  readonly pausedAt: number | null;
  /** All pauses that are over. */
  readonly pausedMs: number;
  readonly endedAt: number | null;
  /** Step starts over all runs of the incident. */
  readonly attempts: number;
  readonly steps: readonly RunStep[];
  readonly checkpoints: readonly RunCheckpoint[];
}

export function initialRun(stream: string): RunState {
  return {
    incident: Number(stream.slice(stream.indexOf('/') + 1)),
    status: 'none',
    runs: 0,
    runbook: '',
    title: '',
    dry: false,
    platforms: [],
    startedBy: 'allclear',
    startedAt: 0,
    clockMs: 0,
    pausedAt: null,
    pausedMs: 0,
    endedAt: null,
    attempts: 0,
    steps: [],
    checkpoints: [],
  };
}

/** The past never refuses: any event folds. */
export function evolveRun(state: RunState, event: Recorded<RunEvent>): RunState {
  switch (event.type) {
    case 'run.started':
      return started(state, event);
    case 'run.checkpoint-reached':
      return withCheckpoint(state, event.data.checkpoint, { reachedAt: event.at });
    case 'run.decided': {
      const { checkpoint, option, label, person } = event.data;
      return withCheckpoint(state, checkpoint, { decision: { option, label, by: person, at: event.at } });
    }
    case 'run.jumped':
      return jumped(state, event.data);
    case 'run.paused':
      return { ...state, status: 'paused', pausedAt: event.at };
    case 'run.resumed':
      return { ...state, status: 'running', pausedAt: null, pausedMs: state.pausedMs + event.data.pausedMs };
    case 'run.finished':
      return { ...state, status: 'finished', endedAt: event.at };
    case 'run.aborted':
      return { ...state, status: 'aborted', endedAt: event.at };
    default:
      return evolveStep(state, event);
  }
}

function started(state: RunState, { data, at, actor }: Recorded<RunEventOf<'run.started'>>): RunState {
  const { runbook, title, dry, platforms, clockMs, steps, checkpoints } = data;
  return {
    ...initialRun(`run/${state.incident}`),
    status: 'running',
    runs: state.runs + 1,
    runbook,
    title,
    dry,
    platforms,
    startedBy: actor,
    startedAt: at,
    clockMs,
    attempts: state.attempts,
    steps: steps.map((step) => ({ ...AHEAD, step })),
    checkpoints: checkpoints.map((checkpoint) => ({ ...checkpoint, reachedAt: null, decision: null })),
  };
}

const AHEAD: Omit<RunStep, 'step'> = {
  status: 'waiting',
  attempt: 0,
  startedMs: null,
  endedAt: null,
  approvedBy: [],
  by: null,
  chosen: null,
  note: null,
  overran: false,
  answered: false,
};

type StepEvent = RunEventOf<
  | 'run.step-started'
  | 'run.approval-wanted'
  | 'run.step-approved'
  | 'run.step-completed'
  | 'run.chosen'
  | 'run.step-succeeded'
  | 'run.step-failed'
  | 'run.step-unknown'
  | 'run.step-answered-late'
  | 'run.step-skipped'
  | 'run.step-passed'
  | 'run.step-overran'
>;

function evolveStep(state: RunState, event: Recorded<StepEvent>): RunState {
  const steps = state.steps.map((known) => (known.step.id === event.data.step ? { ...known, ...change(known, event) } : known));
  return { ...state, steps, attempts: 'attempt' in event.data ? Math.max(state.attempts, event.data.attempt) : state.attempts };
}

/** What the event changes in its step. */
function change(known: RunStep, event: Recorded<StepEvent>): Partial<RunStep> {
  const ended = { endedAt: event.at, by: 'person' in event.data ? event.data.person : null };
  switch (event.type) {
    case 'run.step-started': {
      const { attempt, elapsedMs } = event.data;
      return { ...AHEAD, status: 'open', attempt, startedMs: elapsedMs, approvedBy: known.approvedBy };
    }
    case 'run.approval-wanted':
      return { ...AHEAD, status: 'approval', attempt: known.attempt, answered: known.answered, startedMs: event.data.elapsedMs };
    case 'run.step-approved':
      return approved(known, event);
    case 'run.step-completed':
      return { ...ended, status: 'done', note: event.data.note };
    case 'run.chosen':
      return { ...ended, status: 'done', chosen: event.data.option };
    case 'run.step-succeeded':
      return { ...ended, status: 'done', attempt: event.data.attempt, note: event.data.evidence, answered: true };
    case 'run.step-failed':
      return { status: 'failed', note: event.data.detail, answered: true };
    case 'run.step-unknown':
      return { status: 'unknown', note: event.data.detail, answered: true };
    case 'run.step-answered-late':
      return { answered: true };
    case 'run.step-skipped':
      return { ...ended, status: 'skipped', note: event.data.reason };
    case 'run.step-passed':
      return { status: 'passed', endedAt: event.at };
    case 'run.step-overran':
      return { overran: true };
  }
}

/** The last approval is all an approval step waits for; any other step is started by the event that follows. */
function approved(known: RunStep, { at, data }: Recorded<RunEventOf<'run.step-approved'>>): Partial<RunStep> {
  const approvedBy = [...known.approvedBy, data.person];
  const isDone = data.missing === 0 && known.step.does.do === 'approve';
  return isDone ? { approvedBy, status: 'done', endedAt: at, by: data.person } : { approvedBy };
}

function jumped(state: RunState, { passed, reopened }: RunEventOf<'run.jumped'>['data']): RunState {
  const steps = state.steps.map((known): RunStep => {
    if (passed.includes(known.step.id)) return { ...known, status: 'passed' };
    return reopened.includes(known.step.id) ? { ...AHEAD, step: known.step, attempt: known.attempt, answered: known.answered } : known;
  });
  return { ...state, steps };
}

function withCheckpoint(state: RunState, id: string, changed: Partial<RunCheckpoint>): RunState {
  return { ...state, checkpoints: state.checkpoints.map((known) => (known.id === id ? { ...known, ...changed } : known)) };
}
