import type { Effect } from '../../domain/kernel.ts';
import { wantedStep } from '../../domain/runbooks/progress.ts';
import type { RunState } from '../../domain/runbooks/state.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Performer } from '../deliver.ts';
import type { Step } from '../ports.ts';
import type { States } from '../states.ts';
import { inTime } from './in-time.ts';

type StepRun = Extract<Effect, { kind: 'step.run' }>;

export interface StepPorts {
  readonly states: States;
  readonly clock: Clock;
  /** Kinds of steps by name. */
  readonly steps: Readonly<Record<string, Step>>;
}

/** Runs one automated step of a runbook. What could do harm when repeated stops at an unknown outcome and asks a person. */
export function createStepPerformer(ports: StepPorts): Performer {
  const about = (effect: Effect): { incident: number; step: string; attempt: number } => {
    const { run, step, attempt } = effect as StepRun;
    return { incident: Number(run), step, attempt };
  };
  return {
    async perform(effect, attempt) {
      const asked = effect as StepRun;
      const run = (await ports.states.fresh(`run/${asked.run}`)).state as RunState;
      const wanted = wantedStep(run, asked.step, asked.attempt);
      // Skipped, aborted, paused or tried anew since: then this attempt is nobody's any more.
      if (wanted === null) return { outcome: 'done' };
      const step = ports.steps[wanted.step.does.do];
      if (step === undefined) return { outcome: 'dead', reason: 'client', detail: `no step does ${wanted.step.does.do}` };
      const request = { ...wanted, run: asked.run, incident: run.incident, attempt: asked.attempt, now: ports.clock.now() };
      return inTime(attempt, () => step.run(request, attempt));
    },
    buried: (effect, { reason, detail }) => ({ type: 'run.step-failed', ...about(effect), reason, detail }),
    unknown: (effect, { detail }) => ({ type: 'run.step-unknown', ...about(effect), detail }),
  };
}
