import { wallClock, wallDate } from '../../kit/wall-time.ts';
import type { Catalog, EscalationPolicy, PageTarget, Schedule } from '../catalog.ts';
import { gaps } from './schedule.ts';
import { merged, type Span, within } from './span.ts';

/**
 * What is wrong with who is on call, judged from the configuration alone: overrides are not looked at, since a schedule
 * that only they keep manned has a gap.
 */
export type CoverageFinding =
  /** Nobody is on call for a schedule at these times; perhaps meant so. */
  | { readonly kind: 'schedule-gaps'; readonly schedule: string; readonly timeZone: string; readonly gaps: readonly Span[] }
  /** A policy is used at times when none of its levels leads to anybody: a page then wakes nobody at all. */
  | { readonly kind: 'policy-gaps'; readonly policy: string; readonly timeZone: string; readonly gaps: readonly Span[] }
  /** No target of this level (the first is 1) ever leads to anybody. */
  | { readonly kind: 'level-empty'; readonly policy: string; readonly level: number }
  /** On call, but an observer: may be woken, may not acknowledge. */
  | { readonly kind: 'observer-on-call'; readonly schedule: string; readonly person: string };

/** Findings for the window from `fromMs` until `untilMs`, in the order of the catalog. */
export function coverage(catalog: Catalog, fromMs: number, untilMs: number): readonly CoverageFinding[] {
  const window: Span = { from: fromMs, until: untilMs };
  const gapsOf = new Map(Object.values(catalog.schedules).map((schedule) => [schedule.id, gaps(schedule, [], fromMs, untilMs)]));
  return [
    ...Object.values(catalog.schedules).flatMap((schedule) => scheduleFindings(schedule, catalog, gapsOf.get(schedule.id) ?? [])),
    ...Object.values(catalog.policies).flatMap((policy) => policyFindings(policy, catalog, gapsOf, window)),
  ];
}

function scheduleFindings(schedule: Schedule, catalog: Catalog, found: readonly Span[]): CoverageFinding[] {
  const { id, timeZone } = schedule;
  const people = new Set(schedule.layers.flatMap((layer) => layer.people));
  const observers = [...people].filter((person) => catalog.people[person]?.rank === 'observer');
  return [
    ...(found.length > 0 ? [{ kind: 'schedule-gaps', schedule: id, timeZone, gaps: found } as const] : []),
    ...observers.map((person) => ({ kind: 'observer-on-call', schedule: id, person }) as const),
  ];
}

function policyFindings(
  policy: EscalationPolicy,
  catalog: Catalog,
  gapsOf: ReadonlyMap<string, readonly Span[]>,
  window: Span,
): CoverageFinding[] {
  const levels = policy.levels.map(({ targets }) =>
    commonly(
      targets.map((target) => unmanned(target, catalog, gapsOf, window)),
      window,
    ),
  );
  const nobody = commonly(levels, window);
  const empty = levels.flatMap((spans, index) =>
    isWhole(spans, window) ? [{ kind: 'level-empty', policy: policy.id, level: index + 1 } as const] : [],
  );
  if (nobody.length === 0) return empty;
  return [...empty, { kind: 'policy-gaps', policy: policy.id, timeZone: catalog.timeZone, gaps: merged(nobody) }];
}

/** When a target leads to nobody. */
function unmanned(target: PageTarget, catalog: Catalog, gapsOf: ReadonlyMap<string, readonly Span[]>, window: Span): readonly Span[] {
  switch (target.kind) {
    case 'person':
      return Object.hasOwn(catalog.people, target.id) ? [] : [window];
    case 'team':
      return (catalog.teams[target.id]?.members ?? []).length > 0 ? [] : [window];
    case 'schedule':
      return gapsOf.get(target.id) ?? [window];
  }
}

/** A finding in one sentence for whoever runs the check. */
export function sayCoverage(finding: CoverageFinding): string {
  switch (finding.kind) {
    case 'schedule-gaps':
      return `Schedule ${finding.schedule}: nobody is on call ${sayGaps(finding.gaps, finding.timeZone)}.`;
    case 'policy-gaps':
      return `Policy ${finding.policy}: no level leads to anybody ${sayGaps(finding.gaps, finding.timeZone)}. A page then wakes nobody.`;
    case 'level-empty':
      return `Policy ${finding.policy}: level ${finding.level} leads to nobody. Give it a target that somebody is behind.`;
    case 'observer-on-call':
      return `Schedule ${finding.schedule}: ${finding.person} is an observer and could not acknowledge a page. Raise the rank or change the rotation.`;
  }
}

function sayGaps(spans: readonly Span[], timeZone: string): string {
  const [first] = spans;
  if (first === undefined) return 'at no time';
  const moment = (atMs: number): string => `${wallDate(atMs, timeZone)} ${wallClock(atMs, timeZone)}`;
  const others = spans.length === 1 ? '' : `, and ${spans.length - 1} more ${spans.length === 2 ? 'time' : 'times'}`;
  return `from ${moment(first.from)} until ${moment(first.until)} (${timeZone})${others}`;
}

/** The times all the lists share. */
function commonly(lists: readonly (readonly Span[])[], window: Span): readonly Span[] {
  return lists.reduce((left, spans) => within(left, spans), [window]);
}

function isWhole(spans: readonly Span[], window: Span): boolean {
  const [only] = merged(spans);
  return only !== undefined && only.from <= window.from && only.until >= window.until;
}
