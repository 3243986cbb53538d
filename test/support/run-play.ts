import fc from 'fast-check';
import { type Actor, type Effect, isRefusal } from '../../src/domain/kernel.ts';
import { type RunAct, runActs } from '../../src/domain/runbooks/acts.ts';
import { runDomain } from '../../src/domain/runbooks/domain.ts';
import type { RunEvent } from '../../src/domain/runbooks/events.ts';
import { currentStep } from '../../src/domain/runbooks/progress.ts';
import type { Runbook, RunbookStep } from '../../src/domain/runbooks/runbook.ts';
import type { RunState } from '../../src/domain/runbooks/state.ts';
import { contextOf, NOW } from './given.ts';
import { world } from './run-story.ts';
import { arbitraryRunbook } from './runbook-arbitrary.ts';

/** Something that happens next; what exactly depends on where the run is then. */
interface Move {
  readonly kind: RunAct['type'];
  readonly by: string;
  readonly afterMs: number;
  /** At the step that is due, or at any other. */
  readonly near: boolean;
  readonly pick: number;
}
export interface Play {
  readonly runbook: Runbook;
  readonly moves: readonly Move[];
}
/** An act that was not refused, and what came of it. */
export interface Happened {
  readonly act: RunAct;
  readonly before: RunState;
  readonly state: RunState;
  readonly events: readonly RunEvent[];
  readonly effects: readonly Effect[];
}

const incident = 42;
/** How often each act is drawn: a run should get somewhere before it is aborted. */
const WEIGHTS: Readonly<Partial<Record<RunAct['type'], number>>> = {
  'run.complete-step': 8,
  'run.choose': 8,
  'run.approve-step': 8,
  'run.step-succeeded': 8,
  'run.step-failed': 2,
  'run.step-unknown': 2,
  'run.switch-flipped': 6,
  'run.switch-declined': 1,
  'run.skip': 2,
  'run.retry': 2,
  'run.pause': 1,
  'run.resume': 3,
  'run.checkpoint': 2,
  'run.decide': 4,
  'run.check-budget': 2,
  'run.poll': 1,
  'run.abort': 1,
  'run.start': 1,
};
const kind = fc.oneof(...Object.entries(WEIGHTS).map(([type, weight]) => ({ weight, arbitrary: fc.constant(type as RunAct['type']) })));
const move: fc.Arbitrary<Move> = fc.record({
  kind,
  by: fc.constantFrom('ana', 'bo', 'cy'),
  afterMs: fc.integer({ min: 0, max: 300_000 }),
  near: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  pick: fc.nat(60),
});
/** Three people play; more approvals than two would hold most runs up for ever. */
function fewApprovals(step: RunbookStep): RunbookStep {
  return step.approve === null ? step : { ...step, approve: { ...step.approve, count: Math.min(step.approve.count, 2) } };
}

/** A night with a runbook: people, timers and far ends do what they like, in any order. */
export const arbitraryPlay: fc.Arbitrary<Play> = fc.record({
  runbook: arbitraryRunbook.map((drawn) => ({ ...drawn, id: 'drawn', steps: drawn.steps.map(fewApprovals) })),
  moves: fc.array(move, { minLength: 30, maxLength: 80 }),
});

/** Plays it, with somebody in every role; `look` sees every act that was not refused, in order. */
export function play({ runbook, moves }: Play, look: (happened: Happened) => void): void {
  let state = runDomain.initial('run/42');
  let at = 0;
  const begin: Move = { kind: 'run.start', by: 'ana', afterMs: 0, near: true, pick: 0 };
  for (const next of [begin, ...moves]) {
    at += next.afterMs;
    const act = actOf(next, state);
    const actor: Actor = runActs[act.type].permission === 'internal' ? 'allclear' : `person:${next.by}`;
    const roles = Object.fromEntries(runbook.steps.flatMap(({ approve }) => (approve?.role ? [[approve.role, next.by]] : [])));
    const decision = runDomain.decide(state, act, contextOf('run/42', world({ at, actor, roles, runbooks: [runbook] })));
    if (isRefusal(decision)) {
      if (actor === 'allclear') throw new Error(`${act.type} must never be refused, but was: ${decision.refused}`);
      continue;
    }
    const before = state;
    const effects: Effect[] = [];
    for (const event of decision) {
      const recorded = { ...event, at: NOW + at, actor, stream: 'run/42', position: 1, version: 1 };
      state = runDomain.evolve(state, recorded);
      effects.push(...runDomain.react(recorded, state));
    }
    look({ act, before, state, events: decision, effects });
  }
}

function actOf({ kind: type, near, pick }: Move, state: RunState): RunAct {
  const any = state.steps[pick % Math.max(1, state.steps.length)];
  const known = near ? (currentStep(state) ?? any) : any;
  const step = known?.step.id ?? 'none';
  const attempt = near ? Math.max(1, known?.attempt ?? 1) : 1 + (pick % 12);
  const does = known?.step.does;
  const checkpoint = state.checkpoints[pick % Math.max(1, state.checkpoints.length)];
  const options = (type === 'run.decide' ? checkpoint?.options : does?.do === 'choose' ? does.options : undefined) ?? [];
  const fields: Readonly<Record<string, unknown>> = {
    incident,
    step,
    attempt,
    option: options[pick % Math.max(1, options.length)]?.id ?? 'none',
    checkpoint: checkpoint?.id ?? 'none',
    runbook: 'drawn',
    reason: type === 'run.step-failed' ? 'server' : 'because',
    detail: 'x',
    note: null,
    evidence: null,
    switch: does?.do === 'switch' ? does.switch : 'read-only',
    to: does?.do === 'switch' ? does.to : 1,
  };
  const wanted = Object.keys(runActs[type].data.shape);
  return { type, ...Object.fromEntries(Object.entries(fields).filter(([name]) => wanted.includes(name))) } as RunAct;
}
