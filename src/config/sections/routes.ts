import { z } from 'zod';
import type { AlertRoute, IncidentDefaults } from '../../domain/catalog.ts';
import { HOUR_MS } from '../../kit/duration.ts';
import { durationOrNone, Id, section } from '../forms.ts';
import type { Complaint } from '../problem.ts';
import { type Named, type Names, record, unknownName, unknownNames } from '../references.ts';

const ROUTES_MAX = 500;
const LABELS_MAX = 20;
const VALUE_CHARS_MAX = 500;

/** Prometheus data model: `[a-zA-Z_][a-zA-Z0-9_]*`; other sources also use dots, dashes and slashes. */
const LabelName = z.string().regex(/^[A-Za-z_][\w./-]{0,119}$/, {
  error: 'A label name begins with a letter or underscore and has letters, digits, `_`, `.`, `/` and `-`.',
});

export const RouteEntry = section({
  id: Id,
  source: Id.optional().describe('Where the alert came from, such as alertmanager; without it, from anywhere.'),
  match: z.record(LabelName, z.string().max(VALUE_CHARS_MAX)).prefault({}).describe('Labels and the values they must have, all of them.'),
  action: z.enum(['incident', 'ignore']).prefault('incident'),
  service: Id.optional().describe('Without it: read from the label `service`, when that is a known service.'),
  severity: Id.optional().describe('Without it: from the label `severity`, by `severityLabels`.'),
  severityLabels: z
    .record(z.string().min(1).max(VALUE_CHARS_MAX), Id)
    .prefault({})
    .describe('Value of the label `severity` → severity of the incident.'),
  groupBy: z
    .array(LabelName)
    .max(LABELS_MAX)
    .prefault(['alertname', 'service'])
    .describe('Alerts with the same values of these labels share one incident.'),
  onResolve: z
    .enum(['resolve', 'note'])
    .prefault('note')
    .describe('When every alert of the group is resolved: resolve the incident, or only note it.'),
});
export type RouteEntry = z.infer<typeof RouteEntry>;

export const RouteList = z.array(RouteEntry).max(ROUTES_MAX).prefault([]);

export const IncidentsEntry = section({
  platforms: z.array(Id).min(1).max(10).prefault(['console']).describe('Chat worlds every new incident gets a room on, in order.'),
  policy: Id.optional().describe('Paged when the service has no policy of its own.'),
  runbook: Id.optional().describe('Offered when the service has none of its own.'),
  archiveAfter: durationOrNone(HOUR_MS).prefault('7d').describe('How long after the end rooms are archived; `none` for never.'),
  unsetSeverityPages: z.boolean().prefault(true).describe('Does an incident without severity page.'),
});
export type IncidentsEntry = z.infer<typeof IncidentsEntry>;

export function route(entry: RouteEntry): AlertRoute {
  const severityLabels = record(entry.severityLabels, (_, severity) => severity);
  return { ...entry, severityLabels, source: entry.source ?? null, service: entry.service ?? null, severity: entry.severity ?? null };
}

export function incidentDefaults(entry: IncidentsEntry): IncidentDefaults {
  const { archiveAfter: archiveAfterMs, policy = null, runbook = null, ...rest } = entry;
  return { ...rest, policy, runbook, archiveAfterMs };
}

export function routesComplaints(routes: readonly Named<RouteEntry>[], names: Names): readonly Complaint[] {
  return routes.flatMap(({ path, entry }) => [
    ...unknownName(names, 'sources', entry.source ?? null, [...path, 'source']),
    ...unknownName(names, 'services', entry.service ?? null, [...path, 'service']),
    ...unknownName(names, 'severities', entry.severity ?? null, [...path, 'severity']),
    ...Object.entries(entry.severityLabels).flatMap(([label, severity]) =>
      unknownName(names, 'severities', severity, [...path, 'severityLabels', label]),
    ),
  ]);
}

export function incidentsComplaints(entry: IncidentsEntry, names: Names): readonly Complaint[] {
  return [
    ...unknownNames(names, 'platforms', entry.platforms, ['incidents', 'platforms']),
    ...unknownName(names, 'policies', entry.policy ?? null, ['incidents', 'policy']),
    ...unknownName(names, 'runbooks', entry.runbook ?? null, ['incidents', 'runbook']),
  ];
}
