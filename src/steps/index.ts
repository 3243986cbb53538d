import { changesTheWorld, type RunbookStep, type StepKind } from '../domain/runbooks/runbook.ts';
import type { Step } from '../engine/ports.ts';
import { type HttpTools, httpChangeStep, httpLookStep } from './http.ts';
import { waitForStep } from './wait-for.ts';

/** Everything the kinds of steps touch the world with. */
export type StepTools = HttpTools;
/** Who runs a step; null for kinds that people do or that are asked for as acts. */
export type Steps = (step: RunbookStep) => Step | null;

/** The automated kinds. Adding one is a file and a line here. */
export function createSteps(tools: StepTools): Steps {
  const look = httpLookStep(tools);
  const change = httpChangeStep(tools);
  const waitFor = waitForStep(tools);
  const kinds: Readonly<Partial<Record<StepKind, Steps>>> = {
    http: ({ does }) => (changesTheWorld(does) ? change : look),
    'wait-for': () => waitFor,
  };
  return (step) => kinds[step.does.do]?.(step) ?? null;
}
