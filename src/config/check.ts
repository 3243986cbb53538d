import type { AlertRoute, Catalog } from '../domain/catalog.ts';
import { type CoverageFinding, coverage, sayCoverage } from '../domain/oncall/coverage.ts';
import { approversOf } from '../domain/switches/approvers.ts';
import { HOUR_MS } from '../kit/duration.ts';
import { errorAt, type Finding, type FindingAt, warningAt } from './finding.ts';
import { type ConfigurationPlace, loadConfiguration } from './load.ts';
import type { Locate } from './parse-configuration.ts';
import { type Problem, sayPath, sortProblems } from './problem.ts';
import { reachability } from './reachability.ts';

/** A quarter: long enough to see a rotation end, short enough to be certain about. Hours, because it is only a window. */
const WINDOW_MS = 90 * 24 * HOUR_MS;

/** A configuration that could be loaded. */
interface Checkable {
  readonly catalog: Catalog;
  readonly file: string;
  readonly locate: Locate;
}

/**
 * What is wrong with a configuration although every name and shape in it is right: times nobody is on call, people nobody
 * can reach, switches nobody can approve, services nobody is paged for, routes nothing arrives at. Pure.
 */
export function findings({ catalog, file, locate }: Checkable, now: number): readonly Finding[] {
  const found: readonly FindingAt[] = [
    ...coverage(catalog, now, now + WINDOW_MS).map(coverageFinding),
    ...reachability(catalog),
    ...servicesWithoutPolicy(catalog),
    ...switchesNobodyApproves(catalog),
    ...routesNothingReaches(catalog.routes),
    ...nobodyInCharge(catalog),
  ];
  return sortProblems(found.map(({ level, path, sentence }) => ({ level, file, ...locate(path, true), path: sayPath(path), sentence })));
}

/**
 * The whole check, as `allclear check` and CI run it: loads what is on disk, then looks at what it means. `templates`
 * answers the problems of templates that do not compile. Error findings mean: do not merge this.
 */
export async function check(place: ConfigurationPlace, now: number, templates: () => readonly Problem[]): Promise<readonly Finding[]> {
  const loaded = await loadConfiguration(place);
  const mistakes = [...(loaded.ok ? [] : loaded.problems), ...templates()].map((problem): Finding => ({ ...problem, level: 'error' }));
  return sortProblems([...mistakes, ...(loaded.ok ? findings(loaded, now) : [])]);
}

function coverageFinding(finding: CoverageFinding): FindingAt {
  const path = 'schedule' in finding ? ['schedules', finding.schedule] : ['policies', finding.policy];
  // A gap is fine as long as every policy that uses the schedule has somebody else; then there is no `policy-gaps`.
  return { level: finding.kind === 'schedule-gaps' ? 'warning' : 'error', path, sentence: sayCoverage(finding) };
}

function servicesWithoutPolicy({ services, incidents }: Catalog): readonly FindingAt[] {
  return Object.values(services).flatMap(({ id, policy }) => {
    if (policy !== null) return [];
    const path = ['services', id];
    return incidents.policy === null
      ? [errorAt(path, 'Nobody is paged for this service: give it a `policy`, or set `incidents.policy` for all.')]
      : [warningAt(path, `This service has no policy of its own; \`${incidents.policy}\` is paged for it.`)];
  });
}

/** Nobody approves their own request, so one approver more than approvals is needed when all of them may ask. */
function switchesNobodyApproves(catalog: Catalog): readonly FindingAt[] {
  return Object.values(catalog.switches).flatMap((definition) => {
    const count = approversOf(definition, catalog).length;
    const needed = Math.max(definition.approvals, definition.approvalsOff);
    const path = ['switches', definition.id, ...(definition.approvers.length > 0 ? ['approvers'] : [])];
    if (count < needed) return [errorAt(path, `This switch needs ${needed} to approve, and only ${count} may.`)];
    if (needed === 0 || count > needed) return [];
    return [warningAt(path, `Only ${count} may approve, so none of them can ask for this switch; add another approver.`)];
  });
}

function routesNothingReaches(routes: readonly AlertRoute[]): readonly FindingAt[] {
  return routes.flatMap(({ id, source }, index) => {
    const before = routes.slice(0, index).find((other) => catchesAll(other, source));
    if (before === undefined) return [];
    return [warningAt(['routes', index], `\`${id}\` is never used: \`${before.id}\` above it takes every such alert.`)];
  });
}

function catchesAll(route: AlertRoute, source: string | null): boolean {
  return Object.keys(route.match).length === 0 && (route.source === null || route.source === source);
}

function nobodyInCharge({ people, incidents }: Catalog): readonly FindingAt[] {
  const ranks = new Set(Object.values(people).map(({ rank }) => rank));
  const found: FindingAt[] = [];
  if (!ranks.has('admin') && !ranks.has('commander'))
    found.push(errorAt(['people'], 'Nobody has the rank `commander` or `admin`, so nobody can lead an incident.'));
  else if (!ranks.has('admin')) found.push(warningAt(['people'], 'Nobody has the rank `admin`.'));
  if (incidents.policy === null) found.push(warningAt(['incidents'], 'An incident without service pages nobody: set `incidents.policy`.'));
  return found;
}
