import { sha256Hex } from '../../kit/hashing.ts';
import type { AlertRoute, Catalog } from '../catalog.ts';

/** What routing looks at. */
interface RoutableAlert {
  readonly source: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where an alert goes: these are the fields of `alert.receive` besides the alert itself. */
export interface Routed {
  readonly route: string;
  /** Names the alerts that share an incident; legal in a stream's name. */
  readonly group: string;
  readonly service: string | null;
  readonly severity: string | null;
  readonly onResolve: AlertRoute['onResolve'];
}
/** `route` is the one that says so, or null when no route wants the alert. */
export interface Ignored {
  readonly ignored: true;
  readonly route: string | null;
}

/** 64 bits: no two of a few thousand groups meet by chance. */
const GROUP_DIGITS = 16;

/** The first route that matches decides. An alert that none matches is ignored: routes are the only list of what matters. */
export function route(catalog: Catalog, alert: RoutableAlert): Routed | Ignored {
  const found = catalog.routes.find((row) => matches(row, alert));
  if (found === undefined || found.action === 'ignore') return { ignored: true, route: found?.id ?? null };
  return {
    route: found.id,
    group: groupOf(found, alert),
    service: found.service ?? serviceOf(catalog, alert),
    severity: found.severity ?? severityOf(catalog, found, alert),
    onResolve: found.onResolve,
  };
}

function matches(row: AlertRoute, alert: RoutableAlert): boolean {
  if (row.source !== null && row.source !== alert.source) return false;
  return Object.entries(row.match).every(([name, value]) => label(alert, name) === value);
}

/** A label that is missing is empty, as Prometheus has it. */
function label(alert: RoutableAlert, name: string): string {
  return Object.hasOwn(alert.labels, name) ? (alert.labels[name] ?? '') : '';
}

function groupOf(row: AlertRoute, alert: RoutableAlert): string {
  const values = row.groupBy.toSorted().map((name) => [name, label(alert, name)]);
  return sha256Hex(JSON.stringify([row.id, values])).slice(0, GROUP_DIGITS);
}

function serviceOf(catalog: Catalog, alert: RoutableAlert): string | null {
  const named = label(alert, 'service');
  return Object.hasOwn(catalog.services, named) ? named : null;
}

/** By the route's list; a label that already is one of our severities needs no list. */
function severityOf(catalog: Catalog, row: AlertRoute, alert: RoutableAlert): string | null {
  const named = label(alert, 'severity');
  if (Object.hasOwn(row.severityLabels, named)) return row.severityLabels[named] ?? null;
  return catalog.severities.find(({ id }) => id === named)?.id ?? null;
}
