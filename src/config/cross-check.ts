import type { z } from 'zod';
import type { Complaint, Path } from './problem.ts';
import type { Named, Names, NamesOf } from './references.ts';
import { ChatEntry, chatComplaints } from './sections/chat.ts';
import { PersonEntry, peopleComplaints, TeamEntry, teamsComplaints } from './sections/people.ts';
import { PolicyEntry, policiesComplaints } from './sections/policies.ts';
import { IncidentsEntry, incidentsComplaints, RouteEntry, routesComplaints } from './sections/routes.ts';
import { ScheduleEntry, schedulesComplaints } from './sections/schedules.ts';
import { ServiceEntry, servicesComplaints } from './sections/services.ts';
import { repeatedIds, SEVERITY_IDS_BY_DEFAULT, SeverityEntry } from './sections/severities.ts';
import { SwitchEntry, switchesComplaints } from './sections/switches.ts';

/** Names that come from elsewhere than the file: the runbooks on disk and what Allclear has built in. */
export interface OutsideNames {
  readonly runbooks: NamesOf;
  readonly pagers: NamesOf;
  readonly platforms: NamesOf;
  readonly sources: NamesOf;
}

/**
 * Complains of every name that stands for nothing, of repeats, and of switches whose conflicts are one-sided.
 * Takes the file as it was read and looks at every entry that has the right shape, so that one broken entry does not
 * hide what is wrong with the others.
 */
export function crossCheck(value: unknown, outside: OutsideNames): readonly Complaint[] {
  const names = namesIn(value, outside);
  const severities = listEntries(value, 'severities', SeverityEntry);
  const routes = listEntries(value, 'routes', RouteEntry);
  const incidents = IncidentsEntry.safeParse(part(value, 'incidents') ?? {});
  return [
    ...peopleComplaints(entries(value, 'people', PersonEntry), names),
    ...teamsComplaints(entries(value, 'teams', TeamEntry), names),
    ...servicesComplaints(entries(value, 'services', ServiceEntry), names),
    ...schedulesComplaints(entries(value, 'schedules', ScheduleEntry), names),
    ...policiesComplaints(entries(value, 'policies', PolicyEntry), names),
    ...switchesComplaints(entries(value, 'switches', SwitchEntry), names),
    ...repeatedIds(severities),
    ...repeatedIds(routes),
    ...routesComplaints(routes, names),
    ...chatComplaints(entries(value, 'chat', ChatEntry), names),
    ...(incidents.success ? incidentsComplaints(incidents.data, names) : []),
  ];
}

/** What Allclear can talk to, set up or not. */
const KNOWN_PLATFORMS = ['console', 'slack', 'discord'];

function namesIn(value: unknown, outside: OutsideNames): Names {
  return {
    ...outside,
    knownPlatforms: outside.platforms === null ? null : new Set([...outside.platforms, ...KNOWN_PLATFORMS]),
    people: keysOf(value, 'people'),
    teams: keysOf(value, 'teams'),
    services: keysOf(value, 'services'),
    schedules: keysOf(value, 'schedules'),
    policies: keysOf(value, 'policies'),
    switches: keysOf(value, 'switches'),
    severities: severityIds(value),
  };
}

/** All names of a section, also those whose entries are broken: a reference to them is no second mistake. */
function keysOf(value: unknown, name: string): NamesOf {
  const found = part(value, name);
  if (found === undefined) return new Set();
  return isRecord(found) ? new Set(Object.keys(found)) : null;
}

function severityIds(value: unknown): NamesOf {
  const found = part(value, 'severities');
  if (found === undefined) return new Set(SEVERITY_IDS_BY_DEFAULT);
  if (!Array.isArray(found)) return null;
  return new Set(found.flatMap((entry) => (isRecord(entry) && typeof entry['id'] === 'string' ? [entry['id']] : [])));
}

function entries<T extends z.ZodType>(value: unknown, name: string, schema: T): readonly Named<z.infer<T>>[] {
  const found = part(value, name);
  return isRecord(found) ? Object.entries(found).flatMap(([id, entry]) => shaped(schema, id, [name, id], entry)) : [];
}

function listEntries<T extends z.ZodType>(value: unknown, name: string, schema: T): readonly Named<z.infer<T>>[] {
  const found = part(value, name);
  if (!Array.isArray(found)) return [];
  return found.flatMap((entry, index) => shaped(schema, isRecord(entry) ? String(entry['id']) : '', [name, index], entry));
}

/** What is left out of a broken entry: first the faulty values only, then the whole of its keys they are in, then it is given up. */
const MENDINGS = [Number.POSITIVE_INFINITY, 1] as const;

function shaped<T extends z.ZodType>(schema: T, id: string, path: Path, value: unknown): readonly Named<z.infer<T>>[] {
  let read = schema.safeParse(value);
  let rest: unknown = structuredClone(value);
  for (const depthMax of MENDINGS) {
    if (read.success) break;
    rest = withoutFaults(rest, read.error.issues, depthMax);
    read = schema.safeParse(rest);
  }
  return read.success ? [{ id, path, entry: read.data }] : [];
}

/** Takes the faulty keys out of `entry`, which is changed by it; none deeper than `depthMax` keys. */
function withoutFaults(entry: unknown, issues: readonly z.core.$ZodIssue[], depthMax: number): unknown {
  for (const issue of issues) {
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    for (const path of paths) remove(entry, path.slice(0, depthMax));
  }
  return entry;
}

function remove(entry: unknown, path: readonly PropertyKey[]): void {
  // A list loses all its entries at once: taking out one would shift the places of the others.
  const keys = path.slice(0, path.findLastIndex((key) => typeof key === 'string') + 1);
  const key = keys.pop();
  const holder = keys.reduce<unknown>((inside, step) => (isContainer(inside) ? inside[step] : undefined), entry);
  if (key !== undefined && isContainer(holder)) delete holder[key];
}

function isContainer(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

function part(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
