import type { Recorded } from '../kernel.ts';
import type { AlertEvent, AlertEventOf } from './events.ts';
import { ALERTS_PER_GROUP_MAX } from './limits.ts';

/** One alert of the group, in its latest episode. */
export interface TrackedAlert {
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** When we heard of it: the only time all of them have from one clock. */
  readonly heardAt: number;
  /** Episodes so far. */
  readonly count: number;
}

export interface AlertGroupState {
  readonly group: string;
  readonly incident: number | null;
  /** Where the incident has rooms. */
  readonly platforms: readonly string[];
  /** When an incident was asked for that has not come yet. */
  readonly askedAt: number | null;
  /** When the last incident ended. */
  readonly releasedAt: number | null;
  /** All was silent and the incident was asked to resolve by itself; whatever fires before it does, is new. */
  readonly resolving: boolean;
  /** The last one that fired: what an incident would be called. */
  readonly latest: AlertEventOf<'alert.fired'>['data'] | null;
  readonly alerts: readonly TrackedAlert[];
}

export function initialAlertGroup(stream: string): AlertGroupState {
  return {
    group: stream.slice(stream.indexOf('/') + 1),
    incident: null,
    platforms: [],
    askedAt: null,
    releasedAt: null,
    resolving: false,
    latest: null,
    alerts: [],
  };
}

/** The past never refuses: any event folds. */
export function evolveAlertGroup(state: AlertGroupState, event: Recorded<AlertEvent>): AlertGroupState {
  switch (event.type) {
    case 'alert.fired':
      return { ...state, latest: event.data, alerts: fired(state, event), askedAt: event.data.opens ? event.at : state.askedAt };
    case 'alert.resolved':
      return { ...state, alerts: resolved(state, event), resolving: state.resolving || resolves(event.data) };
    case 'alert.bound':
      return { ...state, incident: event.data.incident, platforms: event.data.platforms, askedAt: null, resolving: isSilent(state) };
    case 'alert.released':
      return {
        ...state,
        incident: null,
        platforms: [],
        askedAt: event.data.opens ? event.at : null,
        releasedAt: event.at,
        resolving: false,
      };
  }
}

/** Alerts of the group that fire now. */
export function firingCount(state: Pick<AlertGroupState, 'alerts'>): number {
  return state.alerts.filter(({ status }) => status === 'firing').length;
}

/** All went silent while the incident was on its way: it will be asked to resolve at once. */
function isSilent(state: AlertGroupState): boolean {
  return firingCount(state) === 0 && state.latest?.onResolve === 'resolve';
}

function fired(state: AlertGroupState, { data, at }: Recorded<AlertEventOf<'alert.fired'>>): readonly TrackedAlert[] {
  const { fingerprint, startedAt } = data;
  const known = state.alerts.find((alert) => alert.fingerprint === fingerprint);
  const others = state.alerts.filter((alert) => alert !== known);
  const again: TrackedAlert = { fingerprint, status: 'firing', startedAt, endedAt: null, heardAt: at, count: (known?.count ?? 0) + 1 };
  return [...withRoom(others), again];
}

function resolved(state: AlertGroupState, { data, at }: Recorded<AlertEventOf<'alert.resolved'>>): readonly TrackedAlert[] {
  const { fingerprint, startedAt, endedAt } = data;
  const known = state.alerts.find((alert) => alert.fingerprint === fingerprint);
  const others = state.alerts.filter((alert) => alert !== known);
  return [...withRoom(others), { fingerprint, status: 'resolved', startedAt, endedAt, heardAt: at, count: known?.count ?? 0 }];
}

/** Forgets what was resolved longest ago when there is no room for one more. */
function withRoom(alerts: readonly TrackedAlert[]): readonly TrackedAlert[] {
  if (alerts.length < ALERTS_PER_GROUP_MAX) return alerts;
  const oldest = alerts.findIndex(({ status }) => status === 'resolved');
  return alerts.toSpliced(Math.max(oldest, 0), 1);
}

function resolves(data: AlertEventOf<'alert.resolved'>['data']): boolean {
  return data.last && data.incident !== null && data.onResolve === 'resolve';
}
