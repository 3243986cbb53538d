import type { Effect } from '../kernel.ts';

/** An override owes nothing: whoever asks next who is on call gets the new answer, and pages ask at every level. */
export function reactOncall(): readonly Effect[] {
  return [];
}
