import type { SwitchKind } from '../catalog.ts';
import type { Recorded } from '../kernel.ts';
import type { FlipWay, RecordedSwitch, SwitchEvent } from './events.ts';

/** A flip that waits for others to agree. One at a time. */
export interface FlipRequest {
  readonly request: string;
  readonly from: number;
  readonly to: number;
  readonly change: string;
  readonly ttlMs: number | null;
  readonly reason: string;
  readonly incident: number | null;
  readonly platforms: readonly string[];
  readonly requestedBy: string;
  readonly requestedAt: number;
  /** Dies then. */
  readonly expiresAt: number;
  readonly needed: number;
  readonly approvedBy: readonly string[];
  /** Flips there had been when it was asked. */
  readonly version: number;
  readonly digest: string;
  readonly rehearsal: boolean;
}
/** Broken glass somebody else must look at. */
export interface ReviewDue {
  readonly flip: number;
  readonly brokenBy: string;
  readonly change: string;
  readonly reason: string;
  readonly dueAt: number;
  readonly incident: number | null;
  readonly platforms: readonly string[];
}

export interface SwitchState {
  readonly id: string;
  readonly name: string;
  readonly kind: SwitchKind;
  /** 0 is off. Always that of the last `switch.flipped`. */
  readonly level: number;
  /** How many times it was flipped. */
  readonly version: number;
  /** About the last flip, whether on or off; null and empty before the first. */
  readonly since: number | null;
  readonly way: FlipWay | null;
  readonly by: string | null;
  readonly approvedBy: readonly string[];
  readonly reason: string | null;
  readonly incident: number | null;
  readonly platforms: readonly string[];
  readonly expiresAt: number | null;
  /** What the policy stands behind: the last flip that needed no broken glass, or broken glass that was confirmed. */
  readonly approved: { readonly version: number; readonly level: number; readonly expiresAt: number | null };
  /** Requests there have been; they are named r1, r2, … */
  readonly requests: number;
  readonly pending: FlipRequest | null;
  /** How the request before ended, for whoever answers too late. */
  readonly closed: { readonly request: string; readonly end: RequestEnd } | null;
  readonly reviews: readonly ReviewDue[];
  /** Incident of the latest event. */
  readonly latestIncident: number | null;
}
export type RequestEnd = 'used' | 'declined' | 'lapsed' | 'void';

export function initialSwitch(stream: string): SwitchState {
  const id = stream.slice(stream.indexOf('/') + 1);
  return {
    id,
    name: id,
    kind: 'kill',
    level: 0,
    version: 0,
    since: null,
    way: null,
    by: null,
    approvedBy: [],
    reason: null,
    incident: null,
    platforms: [],
    expiresAt: null,
    approved: { version: 0, level: 0, expiresAt: null },
    requests: 0,
    pending: null,
    closed: null,
    reviews: [],
    latestIncident: null,
  };
}

/** The past never refuses: any event folds. */
export function evolveSwitch(before: SwitchState, event: Recorded<SwitchEvent>): SwitchState {
  const { name, kind, incident } = event.data;
  const state: SwitchState = { ...before, name, kind, latestIncident: incident };
  switch (event.type) {
    case 'switch.requested':
      return requested(state, event);
    case 'switch.approved':
      return approved(state, event);
    case 'switch.declined':
      return ended(state, event.data.request, 'declined');
    case 'switch.lapsed':
      return ended(state, event.data.request, 'lapsed');
    case 'switch.request-voided':
      return ended(state, event.data.request, 'void');
    case 'switch.rehearsed':
      return event.data.request === null ? state : ended(state, event.data.request, 'used');
    case 'switch.flipped':
      return flipped(state, event);
    case 'switch.extended':
      return extended(state, event);
    case 'switch.reviewed':
      return reviewed(state, event.data.flip, event.data.verdict === 'confirm');
    case 'switch.review-missed':
      return reviewed(state, event.data.flip, false);
    case 'switch.warned':
      return state;
  }
}

function requested(state: SwitchState, event: RecordedSwitch<'switch.requested'>): SwitchState {
  const { request, from, to, change, ttlMs, reason, incident, platforms, requestedBy, expiresAt, needed, version, digest, rehearsal } =
    event.data;
  const pending: FlipRequest = {
    request,
    from,
    to,
    change,
    ttlMs,
    reason,
    incident,
    platforms,
    requestedBy,
    requestedAt: event.at,
    expiresAt,
    needed,
    approvedBy: [],
    version,
    digest,
    rehearsal,
  };
  return { ...state, requests: state.requests + 1, pending };
}

function approved(state: SwitchState, event: RecordedSwitch<'switch.approved'>): SwitchState {
  const { pending } = state;
  if (pending === null || pending.request !== event.data.request) return state;
  return { ...state, pending: { ...pending, approvedBy: [...pending.approvedBy, event.data.person] } };
}

function ended(state: SwitchState, request: string, end: RequestEnd): SwitchState {
  return { ...state, pending: null, closed: { request, end } };
}

function flipped(state: SwitchState, event: RecordedSwitch<'switch.flipped'>): SwitchState {
  const { data, at } = event;
  const { to: level, version, expiresAt, reviewDueAt, way, requestedBy, approvedBy, reason, incident, platforms } = data;
  const after: SwitchState = {
    ...(data.request === null ? state : ended(state, data.request, 'used')),
    level,
    version,
    since: at,
    way,
    by: requestedBy,
    approvedBy,
    reason,
    incident,
    platforms,
    expiresAt,
  };
  if (way !== 'break-glass') return { ...after, approved: { version, level, expiresAt } };
  const review: ReviewDue = {
    flip: version,
    brokenBy: requestedBy ?? '',
    change: data.change,
    reason,
    dueAt: reviewDueAt ?? at,
    incident,
    platforms,
  };
  return { ...after, reviews: [...state.reviews, review] };
}

function extended(state: SwitchState, event: RecordedSwitch<'switch.extended'>): SwitchState {
  const { version, expiresAt } = event.data;
  // Broken glass that nobody confirmed stays unapproved, however long it may last.
  const stands = state.approved.version === version;
  return { ...state, expiresAt, approved: stands ? { ...state.approved, expiresAt } : state.approved };
}

/** Off needs nobody's blessing: an unconfirmed flip to off with nothing to go back to stands too. */
function reviewed(state: SwitchState, flip: number, confirmed: boolean): SwitchState {
  const reviews = state.reviews.filter((review) => review.flip !== flip);
  const stands = flip === state.version && (confirmed || state.level === 0);
  if (!stands) return { ...state, reviews };
  return { ...state, reviews, approved: { version: flip, level: state.level, expiresAt: state.expiresAt } };
}
