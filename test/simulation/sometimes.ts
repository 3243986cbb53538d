import { FAULTS } from './faults.ts';

/**
 * What must have happened at least once over the seeds of CI: every class of faults, every moment of dying, and every end
 * that the laws speak about. A law about what never happens proves nothing.
 */
export const SOMETIMES: readonly string[] = [
  ...FAULTS,
  'paused longer than a lease',
  'page sent again after it arrived',
  'found by the sweeper',
  'claim whose answer was lost',
  'commit conflict',
  'commit fenced',
  'delivery fenced',
  'sent nothing after its lease',
  'lease renewed',
  'delivery unknown',
  'delivery dead',
  'event page.exhausted',
  'event page.rearmed',
  'event page.undelivered',
  'event switch.flipped',
  'event switch.declined',
  'event switch.lapsed',
  'event switch.reviewed',
  'event switch.review-missed',
  'event incident.handover-accepted',
  'event incident.reopened',
  'event incident.merged',
  'event alert.released',
  ...['before-commit', 'after-commit', 'before-send', 'after-send', 'before-settle', 'after-settle'].map((moment) => `died: ${moment}`),
];

export type Counts = ReadonlyMap<string, number>;

export function neverHappened(counts: Counts, sometimes: readonly string[] = SOMETIMES): readonly string[] {
  return sometimes.filter((what) => (counts.get(what) ?? 0) === 0);
}

export function addCounts(total: Map<string, number>, counts: Counts): void {
  for (const [what, times] of counts) total.set(what, (total.get(what) ?? 0) + times);
}
