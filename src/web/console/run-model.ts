import type { Catalog } from '../../domain/catalog.ts';
import { stepNow } from '../../domain/runbooks/now.ts';
import { elapsedMs, momentOf } from '../../domain/runbooks/progress.ts';
import type { RunState, RunStep } from '../../domain/runbooks/state.ts';
import { SECOND_MS, sayDuration } from '../../kit/duration.ts';
import type { Button } from '../../readings/document.ts';
import type { IncidentView } from '../../readings/incident-view.ts';
import { buttonsHtml, lineHtml, proseHtml } from './draw.ts';
import { checkpointButtons, openCheckpoint } from './next-thing.ts';
import { nameOf, namesOf, since, still, type Tick, until, type Viewer } from './viewer.ts';

/** The runbook of a room, for `runbook.html.hbs`. */
export function runModel(view: IncidentView, viewer: Viewer): object {
  const { run, incident } = view;
  if (run === null) return { run: null, offered: buttonsHtml(offered(incident.runbooks, viewer.catalog)) };
  const going = run.status === 'running' || run.status === 'paused';
  const elapsed = elapsedMs(run, viewer.now);
  const checkpoint = openCheckpoint(run);
  return {
    offered: '',
    run: {
      title: run.title,
      status: run.status,
      dry: run.dry,
      going,
      paused: run.status === 'paused',
      face: run.status === 'running' ? since(momentOf(run, 0), viewer) : still(elapsed),
      of: sayDuration(run.clockMs),
      isLate: elapsed > run.clockMs,
      elapsedSeconds: Math.floor(Math.min(elapsed, run.clockMs) / SECOND_MS),
      clockSeconds: Math.ceil(run.clockMs / SECOND_MS),
      startsAt: run.status === 'running' ? momentOf(run, 0) : null,
      checkpoint: checkpoint === null ? null : { question: checkpoint.question, buttons: buttonsHtml(checkpointButtons(checkpoint)) },
      ...stepLists(run, viewer),
    },
  };
}

function offered(runbooks: readonly string[], catalog: Catalog): readonly Button[] {
  const known = [...runbooks, catalog.incidents.runbook].filter((id) => id !== null);
  return [...new Set(known)].flatMap((id, index) => {
    const runbook = catalog.runbooks[id];
    if (runbook === undefined) return [];
    return [{ label: `Start ${runbook.title}`, command: `runbook start ${id}`, style: index === 0 ? 'primary' : 'plain' } as const];
  });
}

/** What is behind folds away, so that the step that is due stands on top. */
function stepLists(run: RunState, viewer: Viewer): object {
  const due = run.steps.findIndex(({ status }) => !BEHIND.has(status));
  const cut = due === -1 ? run.steps.length : due;
  const behind = run.steps.slice(0, cut);
  const done = behind.filter(({ status }) => status === 'done').length;
  const left = cut - done;
  return {
    behindSays: [done > 0 ? `${done} done` : '', left > 0 ? `${left} left out` : ''].filter((part) => part !== '').join(', '),
    behind: behind.map((step) => stepLine(step, run, viewer)),
    steps: run.steps.slice(cut).map((step) => stepLine(step, run, viewer)),
  };
}
const BEHIND: ReadonlySet<RunStep['status']> = new Set<RunStep['status']>(['done', 'skipped', 'passed']);

/** How a step looks; also the word a screen reader says. */
const MARKS: Readonly<Record<RunStep['status'], string>> = {
  waiting: 'ahead',
  approval: 'waits for approval',
  open: 'now',
  failed: 'failed',
  unknown: 'unclear',
  done: 'done',
  skipped: 'skipped',
  passed: 'passed',
};

function stepLine(known: RunStep, run: RunState, viewer: Viewer): object {
  const { step, status, by, note, chosen, approvedBy } = known;
  const now = stepNow(run);
  const isNow = now?.id === step.id;
  const option = step.does.do === 'choose' ? step.does.options.find(({ id }) => id === chosen)?.label : undefined;
  return {
    id: step.id,
    title: step.title,
    status,
    mark: MARKS[status],
    isNow,
    prose: isNow ? proseHtml(step.prose, viewer) : '',
    does: isNow && step.does.do !== 'manual' && step.does.do !== 'choose' ? now.does : '',
    budget: step.budgetMs === null ? '' : sayDuration(step.budgetMs),
    tick: isNow ? budgetTick(now.dueAt, viewer) : null,
    by: by === null ? '' : nameOf(viewer, by),
    approvedBy: status === 'approval' && approvedBy.length > 0 ? namesOf(viewer, approvedBy) : '',
    remark: lineHtml(option ?? note ?? '', viewer),
    buttons: isNow ? buttonsHtml(now.choices.map(({ label, words, style }) => ({ label, command: words, style }))) : '',
  };
}

function budgetTick(dueAt: number | null, viewer: Viewer): Tick | null {
  return dueAt === null ? null : until(dueAt, viewer);
}
