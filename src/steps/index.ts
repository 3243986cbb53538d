import type { Step } from '../engine/ports.ts';
import { type HttpTools, httpStep } from './http.ts';
import { waitForStep } from './wait-for.ts';

/** Everything the kinds of steps touch the world with. */
export type StepTools = HttpTools;

/** The automated kinds. Adding one is a file and a line here. */
export function createSteps(tools: StepTools): readonly Step[] {
  return [httpStep(tools), waitForStep(tools)];
}
