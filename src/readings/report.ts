import type { Recorded } from '../domain/kernel.ts';

export interface ReportModel {
  readonly sinceAt: number;
  readonly incidents: number;
  readonly drills: number;
  readonly pages: number;
  readonly acknowledged: number;
  readonly exhausted: number;
  /** Medians in milliseconds; null when there is nothing to measure. */
  readonly acknowledgeMs: number | null;
  readonly mitigateMs: number | null;
  readonly resolveMs: number | null;
}

interface Times {
  declaredAt: number;
  mitigatedAt: number | null;
  resolvedAt: number | null;
}

/** Counts and medians of the incidents declared since `sinceAt`; drills are counted and otherwise left out. */
export function report(events: readonly Recorded[], sinceAt: number): ReportModel {
  const drills = new Set<string>();
  const incidents = new Map<string, Times>();
  const acknowledgeMs: number[] = [];
  let pages = 0;
  let exhausted = 0;
  for (const event of events) {
    if (event.type === 'incident.declared') {
      if ((event.data as { kind: string }).kind === 'drill') drills.add(event.stream);
      else incidents.set(event.stream, { declaredAt: event.at, mitigatedAt: null, resolvedAt: null });
    }
    const times = incidents.get(event.stream);
    if (times !== undefined) mark(times, event);
    const real = !drills.has(`incident/${event.stream.slice('page/'.length).split('-')[0]}`);
    if (event.type === 'page.started' && real) pages += 1;
    if (event.type === 'page.exhausted' && real) exhausted += 1;
    if (event.type === 'page.acknowledged' && real) acknowledgeMs.push((event.data as { afterMs: number }).afterMs);
  }
  const all = [...incidents.values()];
  return {
    sinceAt,
    incidents: incidents.size,
    drills: drills.size,
    pages,
    acknowledged: acknowledgeMs.length,
    exhausted,
    acknowledgeMs: median(acknowledgeMs),
    mitigateMs: median(all.flatMap(({ declaredAt, mitigatedAt }) => (mitigatedAt === null ? [] : [mitigatedAt - declaredAt]))),
    resolveMs: median(all.flatMap(({ declaredAt, resolvedAt }) => (resolvedAt === null ? [] : [resolvedAt - declaredAt]))),
  };
}

function mark(times: Times, event: Recorded): void {
  if (event.type === 'incident.status-changed' && (event.data as { to: string }).to === 'mitigated') times.mitigatedAt = event.at;
  if (event.type === 'incident.resolved') {
    times.resolvedAt = event.at;
    times.mitigatedAt ??= event.at;
  }
  if (event.type === 'incident.reopened') {
    times.resolvedAt = null;
    times.mitigatedAt = null;
  }
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  return middle ?? null;
}
