import type { SwitchDefinition } from '../catalog.ts';
import type { Context } from '../kernel.ts';
import { approversOf, told } from './approvers.ts';
import { conflictOn } from './conflicts.ts';
import { definitionOf } from './definition.ts';
import type { FlipWay, SwitchEvent, SwitchEventOf } from './events.ts';
import type { FlipRequest, SwitchState } from './state.ts';
import { sayChange } from './wording.ts';

/** What is to become true. Who asked is null when time did. */
export interface Flip {
  readonly definition: SwitchDefinition | null;
  readonly to: number;
  readonly way: FlipWay;
  readonly request: string | null;
  readonly digest: string | null;
  readonly requestedBy: string | null;
  readonly approvedBy: readonly string[];
  readonly reason: string;
  readonly incident: number | null;
  readonly platforms: readonly string[];
  readonly expiresAt: number | null;
  readonly warnAt: number | null;
}

/** The flip, and before it the end of any other request: that was asked about a switch that is no more. */
export function flip(state: SwitchState, wanted: Flip, context: Context): readonly SwitchEvent[] {
  const { definition, to, ...rest } = wanted;
  const { name, kind } = definition ?? state;
  const broken = wanted.way === 'break-glass' && definition !== null;
  const mayReview = broken ? approversOf(definition, context.catalog).filter((person) => person !== wanted.requestedBy) : [];
  const reviewers = told(mayReview);
  const data: SwitchEventOf<'switch.flipped'>['data'] = {
    ...rest,
    switch: state.id,
    name,
    kind,
    from: state.level,
    to,
    change: sayChange(kind, state.level, to),
    version: state.version + 1,
    platforms: [...wanted.platforms],
    approvedBy: [...wanted.approvedBy],
    reviewDueAt: broken ? context.now + definition.reviewMs : null,
    reviewers: reviewers.told,
    reviewersMore: reviewers.more,
  };
  const other = state.pending !== null && state.pending.request !== wanted.request ? [voided(state, state.pending)] : [];
  return [...other, { type: 'switch.flipped', data }];
}

function voided(state: SwitchState, pending: FlipRequest): SwitchEvent {
  return { type: 'switch.request-voided', data: { ...about(state, pending), ...asked(pending) } };
}

/** What every event says of the switch and of where it is heard. */
export function about(state: SwitchState, heard: { readonly incident: number | null; readonly platforms: readonly string[] }) {
  return { switch: state.id, name: state.name, kind: state.kind, incident: heard.incident, platforms: [...heard.platforms] };
}
/** What every event about a request says of it. */
export function asked(pending: FlipRequest) {
  const { request, from, to, change, requestedBy } = pending;
  return { request, from, to, change, requestedBy };
}

export interface Span {
  readonly expiresAt: number | null;
  readonly warnAt: number | null;
}
/** From when to when: off has no end, on always has one. */
export function span(to: number, ttlMs: number | null, definition: SwitchDefinition, now: number): Span {
  return to === 0 ? { expiresAt: null, warnAt: null } : lasting(ttlMs ?? definition.expiresMs, definition, now);
}
/** The warning comes `warnMs` before the end; halfway when it lasts less than that, since a warning at once warns nobody. */
export function lasting(ttlMs: number, { warnMs }: SwitchDefinition, now: number): { readonly expiresAt: number; readonly warnAt: number } {
  const expiresAt = now + ttlMs;
  return { expiresAt, warnAt: warnMs < ttlMs ? expiresAt - warnMs : now + Math.floor(ttlMs / 2) };
}

/**
 * Takes an unconfirmed break-glass flip back: to what the policy last stood behind while that still lasts and conflicts
 * with nothing, else to off. Nothing when there is nothing to take back.
 */
export function undo(
  state: SwitchState,
  how: { way: 'unreviewed' | 'rejected'; person: string | null; reason: string },
  context: Context,
): readonly SwitchEvent[] {
  const { level, expiresAt } = state.approved;
  const lasts = level > 0 && expiresAt !== null && expiresAt > context.now && conflictOn(state.id, context) === null;
  const to = lasts ? level : 0;
  if (to === 0 && state.level === 0) return [];
  const definition = definitionOf(context.catalog, state.id);
  const warnAt = lasts && definition !== null ? expiresAt - definition.warnMs : null;
  const wanted: Flip = {
    definition,
    to,
    way: how.way,
    request: null,
    digest: null,
    requestedBy: how.person,
    approvedBy: [],
    reason: how.reason,
    incident: state.incident,
    platforms: state.platforms,
    expiresAt: lasts ? expiresAt : null,
    warnAt: warnAt !== null && warnAt > context.now ? warnAt : null,
  };
  return flip(state, wanted, context);
}
