import { z } from 'zod';

/** `none` is the state before the first event. */
export const Status = z.enum([
  'none',
  'triage',
  'investigating',
  'identified',
  'mitigated',
  'resolved',
  'closed',
  'declined',
  'merged',
  'canceled',
]);
export type Status = z.infer<typeof Status>;
export const IncidentKind = z.enum(['incident', 'drill']);
export type IncidentKind = z.infer<typeof IncidentKind>;

/** Statuses in which people still work on it. */
const LIVE: ReadonlySet<Status> = new Set<Status>(['triage', 'investigating', 'identified', 'mitigated']);
export function isLive(status: Status): boolean {
  return LIVE.has(status);
}

/** What `status` may be set to by hand, from where. The other ends have acts of their own. */
const NEXT: Readonly<Partial<Record<Status, readonly Status[]>>> = {
  triage: ['investigating', 'identified', 'mitigated', 'declined'],
  investigating: ['identified', 'mitigated'],
  identified: ['investigating', 'mitigated'],
  mitigated: ['investigating', 'identified'],
  resolved: ['closed'],
};
export function nextStatuses(from: Status): readonly Status[] {
  return NEXT[from] ?? [];
}
