import { shorten } from '../../kit/shorten.ts';
import type { Effect, Recorded } from '../kernel.ts';
import { TEXT_CHARS_MAX } from '../limits.ts';
import type { AlertEvent } from './events.ts';
import { DECLARE_WAIT_MS } from './limits.ts';
import { type AlertGroupState, firingCount } from './state.ts';

/** Labels shown in an incident's description; the event keeps all. */
const LABELS_SHOWN_MAX = 12;

export function reactAlerts(event: Recorded<AlertEvent>, state: AlertGroupState): readonly Effect[] {
  switch (event.type) {
    case 'alert.fired':
    case 'alert.released':
      return [...(event.data.opens ? opening(event.at, state) : []), ...cards(state)];
    case 'alert.resolved':
      return [...(event.data.last ? allResolved(state, event.data.onResolve) : []), ...cards(state)];
    case 'alert.bound':
      // All may have gone silent while the incident was on its way.
      return [...(firingCount(state) === 0 && state.latest !== null ? allResolved(state, state.latest.onResolve) : []), ...cards(state)];
  }
}

/** Asks for the incident, and for a look at whether it came. */
function opening(now: number, state: AlertGroupState): Effect[] {
  const { latest, group } = state;
  if (latest === null) return [];
  const declare = {
    type: 'incident.declare',
    title: latest.title,
    severity: latest.severity,
    service: latest.service,
    kind: 'incident',
    triage: true,
    alertGroup: group,
    description: descriptionOf(latest),
    // A source that does not know says 0, and its clock may be ahead of ours.
    startedAt: latest.startedAt === 0 ? null : Math.min(latest.startedAt, now),
  };
  const check = { type: 'alert.check', group, askedAt: now };
  return [
    { kind: 'ask', act: declare },
    { kind: 'ask', act: check, actor: 'clock', dueAt: now + DECLARE_WAIT_MS },
  ];
}

function descriptionOf(latest: NonNullable<AlertGroupState['latest']>): string | null {
  const labels = Object.entries(latest.labels).slice(0, LABELS_SHOWN_MAX);
  const parts = [latest.description.trim(), labels.map(([name, value]) => `${name}=${value}`).join(', '), latest.url ?? ''];
  const text = parts.filter((part) => part !== '').join('\n');
  return text === '' ? null : shorten(text, TEXT_CHARS_MAX);
}

function allResolved({ incident, group }: AlertGroupState, onResolve: 'resolve' | 'note'): Effect[] {
  if (incident === null) return [];
  return [{ kind: 'ask', act: { type: 'incident.alerts-resolved', incident, group, resolve: onResolve === 'resolve' } }];
}

function cards({ incident, platforms }: AlertGroupState): Effect[] {
  if (incident === null) return [];
  return platforms.map((platform) => ({ kind: 'room.keep', platform, incident }));
}
