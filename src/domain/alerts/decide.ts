import { shorten } from '../../kit/shorten.ts';
import { type Context, type Decision, refuse } from '../kernel.ts';
import { TEXT_CHARS_MAX, TITLE_CHARS_MAX } from '../limits.ts';
import type { AlertAct, AlertActOf } from './acts.ts';
import type { AlertEvent } from './events.ts';
import { ALERTS_PER_GROUP_MAX, LABEL_NAME_CHARS_MAX, LABEL_VALUE_CHARS_MAX, STILL_FIRING_MS } from './limits.ts';
import { type AlertGroupState, firingCount, type TrackedAlert } from './state.ts';

type Verdict = Decision<AlertEvent>;

export function decideAlerts(state: AlertGroupState, act: AlertAct, context: Context): Verdict {
  switch (act.type) {
    case 'alert.receive':
      return act.alert.status === 'firing' ? decideFiring(state, act, context) : decideResolved(state, act, context);
    case 'alert.bind':
      return decideBind(state, act);
    case 'alert.release':
      return state.incident === null && state.askedAt === null ? [] : release(state, act.endedAt);
    case 'alert.check':
      return state.askedAt === act.askedAt ? release(state, undefined) : [];
  }
}

type Receive = AlertActOf<'alert.receive'>;

/** A repeat, and what comes late, changes nothing: an episode is known by its fingerprint and its beginning. */
function decideFiring(state: AlertGroupState, act: Receive, context: Context): Verdict {
  const { alert } = act;
  const known = trackedOf(state, alert.fingerprint);
  const isNew = known === undefined || alert.startedAt > known.startedAt;
  if (!isNew && !isStillFiring(state, known, context.now)) return [];
  const before = firingCount(state);
  if (known === undefined && before >= ALERTS_PER_GROUP_MAX) {
    return refuse('alert_group_full', { route: act.route, max: String(ALERTS_PER_GROUP_MAX) });
  }
  return [
    {
      type: 'alert.fired',
      data: {
        incident: state.incident,
        firing: before + (known?.status === 'firing' ? 0 : 1),
        opens: state.incident === null && state.askedAt === null,
        route: act.route,
        // The catalog may have changed since the alert was routed: an incident without a service is better than none.
        service: act.service !== null && Object.hasOwn(context.catalog.services, act.service) ? act.service : null,
        severity: context.catalog.severities.find(({ id }) => id === act.severity)?.id ?? null,
        onResolve: act.onResolve,
        source: alert.source,
        fingerprint: alert.fingerprint,
        title: shorten(alert.title, TITLE_CHARS_MAX),
        description: shorten(alert.description, TEXT_CHARS_MAX),
        labels: shortened(alert.labels),
        url: alert.url,
        startedAt: Math.max(alert.startedAt, known?.startedAt ?? 0),
      },
    },
  ];
}

function shortened(labels: Readonly<Record<string, string>>): Record<string, string> {
  const rows = Object.entries(labels).map(([name, value]) => [shorten(name, LABEL_NAME_CHARS_MAX), shorten(value, LABEL_VALUE_CHARS_MAX)]);
  return Object.fromEntries(rows);
}

/** Its incident was ended by hand a good while ago, and the source says that it is still so. */
function isStillFiring(state: AlertGroupState, known: TrackedAlert, now: number): boolean {
  const uncovered = state.incident === null && state.askedAt === null && state.releasedAt !== null;
  return uncovered && known.status === 'firing' && now - (state.releasedAt ?? now) >= STILL_FIRING_MS;
}

/**
 * An end is believed unless it lies before the beginning we know: then it ends an episode before. One that was never heard firing is
 * remembered too, so that its beginning, delivered late, opens nothing.
 */
function decideResolved(state: AlertGroupState, act: Receive, context: Context): Verdict {
  const { alert } = act;
  const known = trackedOf(state, alert.fingerprint);
  const endedAt = alert.endedAt ?? context.now;
  if (known === undefined ? firingCount(state) >= ALERTS_PER_GROUP_MAX : known.status === 'resolved' || endedAt < known.startedAt)
    return [];
  const firing = firingCount(state) - (known === undefined ? 0 : 1);
  return [
    {
      type: 'alert.resolved',
      data: {
        incident: state.incident,
        firing,
        fingerprint: alert.fingerprint,
        title: shorten(alert.title, TITLE_CHARS_MAX),
        startedAt: Math.max(alert.startedAt, known?.startedAt ?? 0),
        endedAt,
        onResolve: act.onResolve,
        last: known !== undefined && firing === 0,
      },
    },
  ];
}

function decideBind(state: AlertGroupState, act: AlertActOf<'alert.bind'>): Verdict {
  if (state.incident === act.incident) return [];
  const { incident, platforms } = act;
  return [{ type: 'alert.bound', data: { incident, platforms, firing: firingCount(state), title: state.latest?.title ?? null } }];
}

/**
 * What fired between the last silence and the end of an incident that resolved by itself, and what fired after any end, was in nobody's
 * mind when it ended: it opens the next one. What a person ended while it fired stays ended.
 */
function release(state: AlertGroupState, endedAt: number | undefined): Verdict {
  const firing = state.alerts.filter(({ status }) => status === 'firing');
  const opens = firing.some(({ heardAt }) => state.resolving || (endedAt !== undefined && heardAt > endedAt));
  return [{ type: 'alert.released', data: { incident: state.incident, firing: firing.length, opens } }];
}

function trackedOf(state: AlertGroupState, fingerprint: string): TrackedAlert | undefined {
  return state.alerts.find((alert) => alert.fingerprint === fingerprint);
}
