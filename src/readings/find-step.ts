import type { RunState } from '../domain/runbooks/state.ts';

/** The step (or for `decide` the checkpoint) that words mean, and the words after it; null when nothing waits. */
export function findStep(run: RunState | null, wanted: string, words: string): { readonly step: string; readonly rest: string } | null {
  if (run === null || run.status === 'none') return null;
  const [first = '', ...others] = words.split(/\s+/);
  if (wanted === 'decide') {
    const checkpoint = run.checkpoints.find(({ id }) => id === first);
    if (checkpoint !== undefined) return { step: first, rest: others.join(' ') };
    const open = run.checkpoints.findLast(({ reachedAt, decision }) => reachedAt !== null && decision === null);
    return open === undefined ? null : { step: open.id, rest: words };
  }
  if (run.steps.some(({ step }) => step.id === first)) return { step: first, rest: words.slice(first.length).trim() };
  const waiting = run.steps.find(({ status }) => WAITING.has(status));
  return waiting === undefined ? null : { step: waiting.step.id, rest: words };
}

const WAITING: ReadonlySet<string> = new Set(['open', 'approval', 'failed', 'unknown']);
