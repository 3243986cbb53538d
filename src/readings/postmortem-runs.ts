import type { Recorded } from '../domain/kernel.ts';
import type { RunEvent } from '../domain/runbooks/events.ts';
import type { RunRow, RunStepRow } from './postmortem-model.ts';
import { namePeople } from './postmortem-timeline.ts';

type Named = (id: string) => string;
type RecordedRun = Recorded<RunEvent>;

/** How following each runbook went: what was promised beside what it took. */
export function runRows(events: readonly Recorded[], person: Named): readonly RunRow[] {
  const rows: RunRow[] = [];
  const begun = new Map<string, number>();
  for (const event of events) {
    if (!isRun(event)) continue;
    const last = rows.length - 1;
    const row = rows[last];
    if (event.type === 'run.started') {
      begun.clear();
      rows.push(startedRow(event));
    } else if (row !== undefined) {
      rows[last] = advance(row, event, { begun, person });
    }
  }
  return rows;
}

function isRun(event: Recorded): event is RecordedRun {
  return event.type.startsWith('run.');
}

function startedRow({ at, data, position }: Extract<RecordedRun, { type: 'run.started' }>): RunRow {
  return {
    title: data.title,
    isDry: data.dry,
    startedAt: at,
    clockMs: data.clockMs,
    elapsedMs: null,
    outcome: 'not finished',
    steps: data.steps.map(({ id, title, budgetMs }) => ({
      id,
      title,
      budgetMs,
      tookMs: null,
      isOver: false,
      outcome: 'not reached',
      by: null,
      note: null,
    })),
    checkpoints: data.checkpoints.map(({ id, afterMs, question }) => ({ id, afterMs, question, choice: null, by: null })),
    position,
  };
}

interface Progress {
  /** Step → when it was begun first. */
  readonly begun: Map<string, number>;
  readonly person: Named;
}

function advance(row: RunRow, event: RecordedRun, progress: Progress): RunRow {
  switch (event.type) {
    case 'run.finished':
      return { ...row, outcome: 'finished', elapsedMs: event.data.elapsedMs };
    case 'run.aborted': {
      const { person, reason, elapsedMs } = event.data;
      return { ...row, outcome: `aborted by ${progress.person(person)}: ${reason}`, elapsedMs };
    }
    case 'run.decided': {
      const { checkpoint, label, person } = event.data;
      return { ...row, checkpoints: changed(row.checkpoints, checkpoint, () => ({ choice: label, by: progress.person(person) })) };
    }
    case 'run.step-started':
      if (!progress.begun.has(event.data.step)) progress.begun.set(event.data.step, event.at);
      return { ...row, steps: changed(row.steps, event.data.step, () => ({ outcome: 'begun' })) };
    case 'run.jumped':
      return { ...row, steps: event.data.passed.reduce((steps, id) => changed(steps, id, () => ({ outcome: 'passed over' })), row.steps) };
    default:
      return stepEnded(row, event, progress);
  }
}

/** The rows with one changed; rows the run never had stay away. */
function changed<T extends { readonly id: string }>(rows: readonly T[], id: string, change: (row: T) => Partial<T>): readonly T[] {
  return rows.map((row) => (row.id === id ? { ...row, ...change(row) } : row));
}

function stepEnded(row: RunRow, event: RecordedRun, progress: Progress): RunRow {
  const end = endOf(event, progress.person);
  if (end === null) return row;
  const begunAt = progress.begun.get(end.step);
  const tookMs = begunAt === undefined ? null : event.at - begunAt;
  const { step: _step, ...outcome } = end;
  const steps = changed(row.steps, end.step, ({ budgetMs }) => {
    return { ...outcome, tookMs, isOver: tookMs !== null && budgetMs !== null && tookMs > budgetMs };
  });
  return { ...row, steps };
}

type StepEnd = Pick<RunStepRow, 'outcome' | 'by' | 'note'> & { readonly step: string };

function endOf(event: RecordedRun, person: Named): StepEnd | null {
  switch (event.type) {
    case 'run.step-completed':
      return { step: event.data.step, outcome: 'done', by: person(event.data.person), note: event.data.note };
    case 'run.chosen':
      return { step: event.data.step, outcome: 'chosen', by: person(event.data.person), note: event.data.label };
    case 'run.step-succeeded':
      return {
        step: event.data.step,
        outcome: 'succeeded',
        by: null,
        note: event.data.evidence === null ? null : namePeople(event.data.evidence, person),
      };
    case 'run.step-failed':
      return { step: event.data.step, outcome: `failed (${event.data.reason})`, by: null, note: event.data.detail };
    case 'run.step-unknown':
      return { step: event.data.step, outcome: 'outcome unknown', by: null, note: event.data.detail };
    case 'run.step-skipped':
      return { step: event.data.step, outcome: 'skipped', by: person(event.data.person), note: event.data.reason };
    case 'run.step-passed':
      return { step: event.data.step, outcome: 'did not apply', by: null, note: null };
    default:
      return null;
  }
}
