import { z } from 'zod';
import type { Catalog } from '../catalog.ts';
import { type ActOf, act } from '../kernel.ts';
import { IncidentNumber, Name, Words } from '../shapes.ts';
import { Detail, StepAttempt, StepFailure } from './events.ts';

const stream = (asked: { incident: number }): string => `run/${asked.incident}`;
/** Who holds which role and whether it is still going on; and where every switch is, because a step may want one there. */
const reads = (asked: { incident: number }, catalog: Catalog): readonly string[] => [
  `incident/${asked.incident}`,
  ...Object.keys(catalog.switches).map((id) => `switch/${id}`),
];
const incident = { incident: IncidentNumber };
const step = { ...incident, step: Name };
const attempt = { ...step, attempt: StepAttempt };

export const runActs = {
  /** `dry`: automated steps only say what they would do. */
  'run.start': act({
    permission: 'responder',
    data: z.strictObject({ ...incident, runbook: Name, dry: z.boolean().optional() }),
    stream,
    reads,
  }),
  /** Done by hand; also how a failed or unknown step is confirmed, and how somebody takes a vacant role. */
  'run.complete-step': act({ permission: 'responder', data: z.strictObject({ ...step, note: Words.nullable() }), stream, reads }),
  'run.choose': act({ permission: 'responder', data: z.strictObject({ ...step, option: Name }), stream, reads }),
  'run.approve-step': act({ permission: 'responder', data: z.strictObject(step), stream, reads }),
  'run.skip': act({ permission: 'responder', data: z.strictObject({ ...step, reason: Words }), stream, reads }),
  /** Tries a failed or unknown step again; goes back to one that was done, skipped or passed. */
  'run.retry': act({ permission: 'responder', data: z.strictObject(step), stream, reads }),
  'run.pause': act({ permission: 'responder', data: z.strictObject(incident), stream, reads }),
  /** Also goes on with a run that stood still because its incident was over. */
  'run.resume': act({ permission: 'responder', data: z.strictObject(incident), stream, reads }),
  'run.abort': act({ permission: 'responder', data: z.strictObject({ ...incident, reason: Words }), stream, reads }),
  'run.decide': act({ permission: 'responder', data: z.strictObject({ ...incident, checkpoint: Name, option: Name }), stream, reads }),
  /** What an automated step came to. Never refused: what is not waited for any more is noted or ignored. */
  'run.step-succeeded': act({ permission: 'internal', data: z.strictObject({ ...attempt, evidence: Detail.nullable() }), stream, reads }),
  'run.step-failed': act({
    permission: 'internal',
    data: z.strictObject({ ...attempt, reason: StepFailure, detail: Detail }),
    stream,
    reads,
  }),
  'run.step-unknown': act({ permission: 'internal', data: z.strictObject({ ...attempt, detail: Detail }), stream, reads }),
  /** A switch changed for this incident; a step may have waited for it. */
  'run.switch-flipped': act({
    permission: 'internal',
    data: z.strictObject({ ...incident, switch: Name, to: z.int().nonnegative() }),
    stream,
    reads,
  }),
  'run.switch-declined': act({ permission: 'internal', data: z.strictObject({ ...incident, switch: Name }), stream, reads }),
  /** Timer: is this attempt still open? */
  'run.check-budget': act({ permission: 'internal', data: z.strictObject(attempt), stream, reads }),
  /** Timer: has this moment of the clock come? */
  'run.checkpoint': act({ permission: 'internal', data: z.strictObject({ ...incident, checkpoint: Name }), stream, reads }),
  /** Timer: does somebody have the role by now? */
  'run.poll': act({ permission: 'internal', data: z.strictObject(attempt), stream, reads }),
};
export type RunAct = ActOf<typeof runActs>;
export type RunActOf<T extends RunAct['type']> = Extract<RunAct, { type: T }>;
