import { z } from 'zod';
import { sayClock, sayDuration } from '../../kit/duration.ts';
import { type EventOf, event } from '../kernel.ts';
import { IncidentNumber, Milliseconds, Name, Title, Words } from '../shapes.ts';
import { CheckpointCopy, StepCopy } from './copy.ts';
import { DETAIL_CHARS_MAX } from './limits.ts';

/** Unique within the stream, over all its runs: what an outcome or a timer belongs to. */
export const StepAttempt = z.int().positive();
/** Why an automated step failed: a fault of the world, or people who said no. */
export const StepFailure = z.enum(['auth', 'rate_limited', 'client', 'server', 'timeout', 'unreachable', 'unknown', 'declined']);
export const Detail = z.string().max(DETAIL_CHARS_MAX);
const Steps = z.array(z.strictObject({ id: Name, title: Title })).readonly();

const step = { step: Name, title: Title };
/** A step, and the attempt at it. */
const attempt = { ...step, attempt: StepAttempt };

export const runEvents = {
  'run.started': event({
    schema: 1,
    data: z.strictObject({
      incident: IncidentNumber,
      runbook: Name,
      title: Title,
      file: z.string(),
      clockMs: Milliseconds,
      /** Automated steps only say what they would do. */
      dry: z.boolean(),
      platforms: z.array(Name).readonly(),
      steps: z.array(StepCopy).readonly(),
      checkpoints: z.array(CheckpointCopy).readonly(),
    }),
    say: (data) => `Runbook ${quote(data.title)} started${data.dry ? ' as a dry run' : ''}, clock ${sayDuration(data.clockMs)}`,
  }),
  /** `elapsedMs` here and below is the run's clock: time since the start without the pauses. */
  'run.step-started': event({
    schema: 1,
    data: z.strictObject({ ...attempt, elapsedMs: Milliseconds }),
    say: (data) => `At ${sayClock(data.elapsedMs)}: ${quote(data.title)}`,
  }),
  'run.approval-wanted': event({
    schema: 1,
    data: z.strictObject({ ...step, role: Name.nullable(), count: z.int().positive(), elapsedMs: Milliseconds }),
    say: (data) => `${quote(data.title)} waits for approval by ${data.role ?? `${data.count} ${data.count === 1 ? 'person' : 'people'}`}`,
  }),
  /** `missing` is how many must still approve. */
  'run.step-approved': event({
    schema: 1,
    data: z.strictObject({ ...step, person: Name, missing: z.int().nonnegative() }),
    say: (data) => `<@${data.person}> approved ${quote(data.title)}`,
  }),
  /** A person did it. `role` is the role the person takes by saying so. */
  'run.step-completed': event({
    schema: 1,
    data: z.strictObject({ ...step, person: Name, note: Words.nullable(), role: Name.nullable() }),
    say: (data) => `<@${data.person}> did ${quote(data.title)}${tail(data.note)}`,
  }),
  'run.chosen': event({
    schema: 1,
    data: z.strictObject({ ...step, option: Name, label: Title, person: Name }),
    say: (data) => `<@${data.person}> chose ${quote(data.label)} at ${quote(data.title)}`,
  }),
  /** An automated step did it. */
  'run.step-succeeded': event({
    schema: 1,
    data: z.strictObject({ ...attempt, evidence: Detail.nullable() }),
    say: (data) => `${quote(data.title)} succeeded${tail(data.evidence)}`,
  }),
  'run.step-failed': event({
    schema: 1,
    data: z.strictObject({ ...attempt, reason: StepFailure, detail: Detail }),
    say: (data) => `${quote(data.title)} failed (${data.reason})${tail(data.detail)}`,
  }),
  /** Sent, but nobody knows whether it happened. */
  'run.step-unknown': event({
    schema: 1,
    data: z.strictObject({ ...attempt, detail: Detail }),
    say: (data) => `Nobody knows whether ${quote(data.title)} happened${tail(data.detail)}`,
  }),
  /** The answer came when the run had gone on without it. */
  'run.step-answered-late': event({
    schema: 1,
    data: z.strictObject({ ...attempt, outcome: z.enum(['succeeded', 'failed', 'unknown']), detail: Detail }),
    say: (data) => `${quote(data.title)} answered late: ${data.outcome}${tail(data.detail)}`,
  }),
  'run.step-skipped': event({
    schema: 1,
    data: z.strictObject({ ...step, person: Name, reason: Words }),
    say: (data) => `<@${data.person}> skipped ${quote(data.title)}${tail(data.reason)}`,
  }),
  /** Its condition is not met. */
  'run.step-passed': event({
    schema: 1,
    data: z.strictObject({ ...step }),
    say: (data) => `${quote(data.title)} does not apply`,
  }),
  'run.step-overran': event({
    schema: 1,
    data: z.strictObject({ ...attempt, budgetMs: Milliseconds }),
    say: (data) => `${quote(data.title)} is open for longer than ${sayDuration(data.budgetMs)}`,
  }),
  /** The run goes on at `step`: `passed` are left out by that, `reopened` lie ahead again. */
  'run.jumped': event({
    schema: 1,
    data: z.strictObject({ ...step, passed: z.array(Name).readonly(), reopened: z.array(Name).readonly() }),
    say: (data) => `The run goes on at ${quote(data.title)}`,
  }),
  /** `open` are the steps that are not done at that moment. */
  'run.checkpoint-reached': event({
    schema: 1,
    data: z.strictObject({
      checkpoint: Name,
      question: Title,
      options: z.array(z.strictObject({ id: Name, label: Title })).readonly(),
      open: Steps,
      ahead: z.int().nonnegative(),
      elapsedMs: Milliseconds,
    }),
    say: (data) => `Checkpoint ${data.checkpoint}: ${oneLine(data.question)}`,
  }),
  'run.decided': event({
    schema: 1,
    data: z.strictObject({ checkpoint: Name, option: Name, label: Title, person: Name }),
    say: (data) => `<@${data.person}> decided at ${data.checkpoint}: ${oneLine(data.label)}`,
  }),
  'run.paused': event({
    schema: 1,
    data: z.strictObject({ person: Name, elapsedMs: Milliseconds }),
    say: (data) => `<@${data.person}> paused the runbook at ${sayClock(data.elapsedMs)}`,
  }),
  'run.resumed': event({
    schema: 1,
    data: z.strictObject({ person: Name, pausedMs: Milliseconds }),
    say: (data) => `<@${data.person}> resumed the runbook after ${sayDuration(data.pausedMs)}`,
  }),
  'run.finished': event({
    schema: 1,
    data: z.strictObject({
      title: Title,
      clockMs: Milliseconds,
      elapsedMs: Milliseconds,
      done: z.int().nonnegative(),
      skipped: Steps,
    }),
    say: (data) =>
      `Runbook ${quote(data.title)} finished at ${sayClock(data.elapsedMs)}: ${data.done} done, ${data.skipped.length} skipped`,
  }),
  'run.aborted': event({
    schema: 1,
    data: z.strictObject({ title: Title, person: Name, reason: Words, elapsedMs: Milliseconds }),
    say: (data) => `<@${data.person}> aborted the runbook at ${sayClock(data.elapsedMs)}${tail(data.reason)}`,
  }),
};
export type RunEvent = EventOf<typeof runEvents>;
export type RunEventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
function quote(title: string): string {
  return `“${oneLine(title)}”`;
}
function tail(text: string | null): string {
  const line = text === null ? '' : oneLine(text);
  return line === '' ? '' : `: ${line}`;
}
