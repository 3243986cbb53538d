import type { Recorded } from '../domain/kernel.ts';
import { isType, ofType } from './postmortem-events.ts';
import type { Metric, Milestone } from './postmortem-model.ts';

/** The moments everything is measured between. Null: did not happen, or did not last. */
export interface Milestones {
  readonly began: Milestone | null;
  readonly declared: Milestone | null;
  readonly acknowledged: Milestone | null;
  readonly mitigated: Milestone | null;
  readonly resolved: Milestone | null;
}

/**
 * `began` is when the alert says the trouble did. Mitigation and resolution are the last ones that lasted: going back to
 * work or reopening takes them away. What was resolved without being mitigated first was mitigated then.
 */
export function milestones(events: readonly Recorded[]): Milestones {
  const [declared] = ofType(events, 'incident.declared');
  const [acknowledged] = ofType(events, 'page.acknowledged');
  const startedAt = declared?.data.startedAt ?? null;
  const began =
    declared === undefined || startedAt === null ? null : { label: 'trouble began', at: startedAt, position: declared.position };
  return {
    began,
    declared: milestone('declared', declared),
    acknowledged: milestone('first acknowledged', acknowledged),
    ...recovery(events),
  };
}

function milestone(label: string, event: Recorded | undefined): Milestone | null {
  return event === undefined ? null : { label, at: event.at, position: event.position };
}

function recovery(events: readonly Recorded[]): Pick<Milestones, 'mitigated' | 'resolved'> {
  let mitigated: Milestone | null = null;
  let resolved: Milestone | null = null;
  for (const event of events) {
    if (isType(event, 'incident.status-changed')) {
      if (event.data.to === 'mitigated') mitigated = milestone('mitigated', event);
      else if (event.data.from === 'mitigated') mitigated = null;
    } else if (isType(event, 'incident.resolved')) {
      resolved = milestone('resolved', event);
      mitigated ??= resolved;
    } else if (isType(event, 'incident.reopened')) {
      mitigated = null;
      resolved = null;
    }
  }
  return { mitigated, resolved };
}

/** Detect, acknowledge, mitigate, resolve: each with the two entries it is the difference of. */
export function metrics(moments: Milestones): readonly Metric[] {
  const { began, declared, acknowledged, mitigated, resolved } = moments;
  const start = began ?? declared;
  return [
    metric('TTD', 'Time to detect', { from: began, to: declared, missing: 'no alert said when the trouble began' }),
    metric('TTA', 'Time to acknowledge', { from: declared, to: acknowledged, missing: 'nobody acknowledged a page' }),
    metric('TTM', 'Time to mitigate', { from: start, to: mitigated, missing: 'it is not mitigated' }),
    metric('TTR', 'Time to resolve', { from: start, to: resolved, missing: 'it is not resolved' }),
  ];
}

function metric(short: Metric['short'], name: string, span: Pick<Metric, 'from' | 'to' | 'missing'>): Metric {
  const { from, to, missing } = span;
  if (from === null || to === null) return { short, name, ms: null, from: null, to: null, missing };
  // An alert's clock may be ahead of ours: less than nothing is nothing.
  return { short, name, ms: Math.max(0, to.at - from.at), from, to, missing: null };
}
