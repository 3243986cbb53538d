import type { PageTarget, Urgency } from '../catalog.ts';
import type { Recorded } from '../kernel.ts';
import type { PageEvent } from './events.ts';

export type PageStatus = 'none' | 'active' | 'acknowledged' | 'exhausted' | 'stopped';

export interface PageState {
  readonly page: string;
  readonly incident: number;
  readonly reason: string;
  readonly status: PageStatus;
  readonly urgency: Urgency;
  readonly policy: string | null;
  readonly levels: readonly { readonly targets: readonly PageTarget[]; readonly timeoutMs: number }[];
  readonly repeats: number;
  readonly rePageMs: number | null;
  readonly platforms: readonly string[];
  readonly startedAt: number;
  /** Rung of the ladder now, and how often the whole ladder was climbed before. */
  readonly level: number;
  readonly round: number;
  /** Round in which the ladder was last begun from its foot; repeats count from here. */
  readonly firstRound: number;
  /** When the next level is due unless somebody acknowledges; null when no more is due. */
  readonly escalatesAt: number | null;
  /** Notification → what came of it. */
  readonly notifications: Readonly<Record<string, Notification>>;
  /** Everybody this page tried to wake, first first. */
  readonly tried: readonly string[];
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: number | null;
}
export interface Notification {
  readonly person: string;
  readonly pager: string;
  readonly level: number;
  readonly round: number;
  readonly state: 'owed' | 'delivered' | 'failed';
}

export function initialPage(stream: string): PageState {
  return {
    page: stream.slice(stream.indexOf('/') + 1),
    incident: 0,
    reason: '',
    status: 'none',
    urgency: 'high',
    policy: null,
    levels: [],
    repeats: 0,
    rePageMs: null,
    platforms: [],
    startedAt: 0,
    level: 0,
    round: 0,
    firstRound: 0,
    escalatesAt: null,
    notifications: {},
    tried: [],
    acknowledgedBy: null,
    acknowledgedAt: null,
  };
}

export function evolvePage(state: PageState, event: Recorded<PageEvent>): PageState {
  switch (event.type) {
    case 'page.started':
      return { ...state, ...event.data, status: 'active', startedAt: event.at };
    case 'page.level-reached':
      return reached(state, event);
    case 'page.level-empty':
      return { ...state, level: event.data.level, round: event.data.round };
    case 'page.delivered':
      return notified(state, event.data.notification, 'delivered');
    case 'page.undelivered':
      return notified(state, event.data.notification, 'failed');
    case 'page.acknowledged':
      return { ...state, status: 'acknowledged', acknowledgedBy: event.data.person, acknowledgedAt: event.at, escalatesAt: null };
    case 'page.exhausted':
      return { ...state, status: 'exhausted', escalatesAt: null };
    case 'page.raised':
      return { ...state, urgency: event.data.urgency, round: state.round + 1, firstRound: state.firstRound + 1 };
    case 'page.rearmed':
      return {
        ...state,
        status: 'active',
        acknowledgedBy: null,
        acknowledgedAt: null,
        round: state.round + 1,
        firstRound: state.round + 1,
      };
    case 'page.stopped':
      return { ...state, status: 'stopped', escalatesAt: null };
  }
}

function reached(state: PageState, event: Recorded<Extract<PageEvent, { type: 'page.level-reached' }>>): PageState {
  const { level, round, people, timeoutMs } = event.data;
  const owed = people.flatMap(({ person, notifications }) =>
    notifications.map(({ id, pager }): [string, Notification] => [id, { person, pager, level, round, state: 'owed' }]),
  );
  return {
    ...state,
    level,
    round,
    escalatesAt: event.at + timeoutMs,
    notifications: { ...state.notifications, ...Object.fromEntries(owed) },
    tried: [...new Set([...state.tried, ...people.map(({ person }) => person)])],
  };
}

function notified(state: PageState, id: string, outcome: 'delivered' | 'failed'): PageState {
  const notification = state.notifications[id];
  if (notification === undefined) return state;
  return { ...state, notifications: { ...state.notifications, [id]: { ...notification, state: outcome } } };
}
