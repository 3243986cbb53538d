import type { Recorded } from '../domain/kernel.ts';
import { isType, ofType } from './postmortem-events.ts';
import { metrics, milestones } from './postmortem-metrics.ts';
import type { Metric } from './postmortem-model.ts';

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

/**
 * Counts and medians over these events, which are those of whole incidents; drills are counted and otherwise left out.
 * Times are those of the postmortem: an incident begins when its alert says so, and only what lasted counts.
 */
export function report(events: readonly Recorded[], sinceAt: number): ReportModel {
  const incidents = [...byIncident(events).values()].filter((own) => own.some((event) => isType(event, 'incident.declared')));
  const real = incidents.filter((own) => !own.some((event) => isType(event, 'incident.declared') && event.data.kind === 'drill'));
  const acknowledged = real.flatMap(firstAcknowledgements);
  const spans = real.map((own) => metrics(milestones(own)));
  return {
    sinceAt,
    incidents: real.length,
    drills: incidents.length - real.length,
    pages: count(real, 'page.started'),
    acknowledged: acknowledged.length,
    exhausted: count(real, 'page.exhausted'),
    acknowledgeMs: median(acknowledged),
    mitigateMs: median(spansOf(spans, 'TTM')),
    resolveMs: median(spansOf(spans, 'TTR')),
  };
}

/** Streams of an incident and of its pages, by its number. */
function byIncident(events: readonly Recorded[]): ReadonlyMap<string, readonly Recorded[]> {
  const incidents = new Map<string, Recorded[]>();
  for (const event of events) {
    const [, number] = /^(?:incident|page)\/(\d+)/.exec(event.stream) ?? [];
    if (number === undefined) continue;
    const own = incidents.get(number);
    if (own === undefined) incidents.set(number, [event]);
    else own.push(event);
  }
  return incidents;
}

/** How long each page rang until somebody had it; that it rang again later says nothing about that. */
function firstAcknowledgements(events: readonly Recorded[]): readonly number[] {
  const pages = new Map<string, number>();
  for (const { stream, data } of ofType(events, 'page.acknowledged')) if (!pages.has(stream)) pages.set(stream, data.afterMs);
  return [...pages.values()];
}

function count(incidents: readonly (readonly Recorded[])[], type: 'page.started' | 'page.exhausted'): number {
  return incidents.flatMap((own) => own.filter((event) => event.type === type)).length;
}

function spansOf(spans: readonly (readonly Metric[])[], short: Metric['short']): readonly number[] {
  return spans.flatMap((own) => own.flatMap((metric) => (metric.short === short && metric.ms !== null ? [metric.ms] : [])));
}

/** The middle one; of two in the middle the shorter. */
function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  return middle ?? null;
}
