import { z } from 'zod';
import type { Severity } from '../../domain/catalog.ts';
import { MINUTE_MS } from '../../kit/duration.ts';
import { durationOrNone, Id, Label, Prose, section } from '../forms.ts';
import type { Complaint } from '../problem.ts';
import type { Named } from '../references.ts';

/** More grades than this nobody tells apart at three in the morning. */
const SEVERITIES_MAX = 10;

export const SeverityEntry = section({
  id: Id,
  label: Label.optional(),
  description: Prose,
  urgency: z.enum(['high', 'low']).describe("Which of a person's notification rules are used."),
  pages: z.boolean().describe("Does declaring at this severity page the service's policy."),
  updateEvery: durationOrNone(MINUTE_MS).prefault('none').describe('How often people expect a status update; `none` for no reminder.'),
});
export type SeverityEntry = z.infer<typeof SeverityEntry>;

/** Four grades with the update cadences common in public incident guides: quarter-hourly at the worst, hourly when it hardly hurts. */
const DEFAULT_SEVERITIES: z.input<typeof SeverityEntry>[] = [
  {
    id: 'sev1',
    description: 'Critical: most customers cannot use a core service, or data or money is being lost. Everybody needed drops everything.',
    urgency: 'high',
    pages: true,
    updateEvery: '15m',
  },
  {
    id: 'sev2',
    description: 'Major: a core service is badly degraded, or a part of the customers cannot use it. Work on it at once, at any hour.',
    urgency: 'high',
    pages: true,
    updateEvery: '30m',
  },
  {
    id: 'sev3',
    description: 'Minor: a non-core service is degraded, or there is a good workaround. Work on it in business hours.',
    urgency: 'low',
    pages: false,
    updateEvery: '60m',
  },
  {
    id: 'sev4',
    description: 'Low: no customer notices yet. Worth keeping an eye on and a note of.',
    urgency: 'low',
    pages: false,
    updateEvery: 'none',
  },
];
export const SEVERITY_IDS_BY_DEFAULT: readonly string[] = DEFAULT_SEVERITIES.map(({ id }) => id);

export const SeverityList = z.array(SeverityEntry).min(1).max(SEVERITIES_MAX).prefault(DEFAULT_SEVERITIES);

/** `index` is the place in the list, which is sorted from worst to least. */
export function severity(entry: SeverityEntry, index: number): Severity {
  const { id, description, urgency, pages } = entry;
  return { id, rank: index + 1, label: entry.label ?? id.toUpperCase(), description, urgency, pages, updateEveryMs: entry.updateEvery };
}

/** Lists have no keys that YAML could keep apart, so ids are compared here. */
export function repeatedIds(list: readonly Named<{ readonly id: string }>[]): readonly Complaint[] {
  const seen = new Set<string>();
  return list.flatMap(({ id, path }) => {
    const isRepeated = seen.has(id);
    seen.add(id);
    return isRepeated ? [{ path: [...path, 'id'], sentence: `\`${id}\` is already the id of an entry above.` }] : [];
  });
}
