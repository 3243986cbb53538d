import type { Domain } from '../kernel.ts';
import { type RunAct, runActs } from './acts.ts';
import { decideRun } from './decide.ts';
import { type RunEvent, runEvents } from './events.ts';
import { isGoing } from './progress.ts';
import { reactRun } from './react.ts';
import { runRefusals } from './refusals.ts';
import { evolveRun, initialRun, type RunState } from './state.ts';

export const runDomain: Domain<RunState, RunEvent, RunAct> = {
  kind: 'run',
  fold: 1,
  events: runEvents,
  acts: runActs,
  refusals: runRefusals,
  initial: initialRun,
  evolve: evolveRun,
  decide: decideRun,
  react: reactRun,
  summary: (state) => ({ open: isGoing(state), incident: state.incident }),
};
