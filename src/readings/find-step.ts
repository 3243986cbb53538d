import type { StepOption } from '../domain/runbooks/runbook.ts';
import type { RunState } from '../domain/runbooks/state.ts';

export interface FoundStep {
  /** The step, or for `decide` the checkpoint. */
  readonly step: string;
  /** The words after it; an option by its id, however it was written. */
  readonly rest: string;
  /** What there is to choose from; empty where nothing is chosen. */
  readonly options: readonly StepOption[];
}
interface Place {
  readonly id: string;
  readonly options: readonly StepOption[];
}

/**
 * The step (or checkpoint) that words mean, and the words after it; null when nothing waits. Options are often called like
 * the step they lead to: an option of the step that waits goes first.
 */
export function findStep(run: RunState | null, wanted: string, words: string): FoundStep | null {
  if (run === null || run.status === 'none') return null;
  const places = wanted === 'decide' ? checkpointsOf(run) : stepsOf(run);
  const waiting = wanted === 'decide' ? openCheckpoint(run) : waitingStep(run);
  const choice =
    wanted === 'choose' || wanted === 'decide'
      ? optionOf(
          places.find(({ id }) => id === waiting),
          words,
        )
      : null;
  if (choice !== null) return choice;
  const first = words.split(/\s/, 1)[0] ?? '';
  const named = places.find(({ id }) => id === first.toLowerCase());
  if (named !== undefined) {
    const rest = words.slice(first.length).trim();
    return optionOf(named, rest) ?? { step: named.id, rest, options: named.options };
  }
  const place = places.find(({ id }) => id === waiting);
  return place === undefined ? null : { step: place.id, rest: words, options: place.options };
}

function checkpointsOf(run: RunState): readonly Place[] {
  return run.checkpoints.map(({ id, options }) => ({ id, options }));
}

function stepsOf(run: RunState): readonly Place[] {
  return run.steps.map(({ step }) => ({ id: step.id, options: step.does.do === 'choose' ? step.does.options : [] }));
}

function openCheckpoint(run: RunState): string | null {
  return run.checkpoints.findLast(({ reachedAt, decision }) => reachedAt !== null && decision === null)?.id ?? null;
}

const WAITING: ReadonlySet<string> = new Set(['open', 'approval', 'failed', 'unknown']);

function waitingStep(run: RunState): string | null {
  return run.steps.find(({ status }) => WAITING.has(status))?.step.id ?? null;
}

/** The option that words name by its id or its label. */
function optionOf(place: Place | undefined, words: string): FoundStep | null {
  const said = words.trim().toLowerCase();
  const option = place?.options.find(({ id, label }) => id === said || label.toLowerCase() === said);
  return place === undefined || option === undefined ? null : { step: place.id, rest: option.id, options: place.options };
}
