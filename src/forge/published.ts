import type { Outcome, Reason } from '../engine/ports.ts';
import type { PostmortemFile } from '../readings/postmortem-file.ts';

/** Where a postmortem ended up; becomes the act `followup.published`. */
export interface Published {
  /** Null where nothing can be opened in a browser. */
  readonly url: string | null;
  readonly commit: string;
}

export function published(forge: string, file: PostmortemFile, { url, commit }: Published): Outcome {
  const { incident, branch, path } = file;
  return { outcome: 'done', acts: [{ type: 'followup.published', incident, url, branch, path, commit, forge }] };
}

/** In the commit message and the pull request, so that machines find the way back. */
export function incidentTrailer(file: PostmortemFile): string {
  return `Allclear-Incident: ${file.incident}`;
}

/** Writes go below `postmortems/` only: never to workflows or anything else a repository obeys. */
const PATH = /^postmortems\/\d{4}\/[a-z0-9][a-z0-9-]*\.md$/;
const BRANCH = /^postmortem\/inc-\d+$/;

/** Throws when the file would go elsewhere: no reading of ours names such a place, so that is a mistake of ours. */
export function assertPlace({ path, branch }: PostmortemFile): void {
  if (!PATH.test(path)) throw new Error(`a postmortem is not written to ${path}`);
  if (!BRANCH.test(branch)) throw new Error(`a postmortem is not written on branch ${branch}`);
}

/** Expected faults on the way to a forge, each with its verdict; anything else that is thrown is a bug. */
export class ForgeFault extends Error {
  readonly outcome: Extract<Outcome, { detail: string }>;
  constructor(outcome: Extract<Outcome, { detail: string }>, cause?: unknown) {
    super(outcome.detail, { cause });
    this.name = 'ForgeFault';
    this.outcome = outcome;
  }
}

/** Events keep the detail; more of it helps nobody. */
const DETAIL_CHARS_MAX = 500;

export function detailOf(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, DETAIL_CHARS_MAX);
}
export function deadFault(reason: Reason, text: string): ForgeFault {
  return new ForgeFault({ outcome: 'dead', reason, detail: detailOf(text) });
}
export function retryFault(reason: Reason, text: string, cause?: unknown): ForgeFault {
  return new ForgeFault({ outcome: 'retry', reason, detail: detailOf(text) }, cause);
}

/** Runs a publication; faults become outcomes, bugs stay thrown. */
export async function outcomeOf(publish: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await publish();
  } catch (error) {
    if (error instanceof ForgeFault) return error.outcome;
    throw error;
  }
}
