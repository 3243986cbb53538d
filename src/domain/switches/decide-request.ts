import { type Context, type Decision, isRefusal, type Refusal, refuse } from '../kernel.ts';
import type { SwitchActOf } from './acts.ts';
import { approversOf, namesOf, told } from './approvers.ts';
import { askingPerson, known, objection, type Setting, type SoundWish, settingOf, shortReason, type Wish } from './checks.ts';
import { digestOf } from './digest.ts';
import type { SwitchEvent } from './events.ts';
import { about, asked, flip, span } from './flip.ts';
import type { FlipRequest, RequestEnd, SwitchState } from './state.ts';
import { sayChange } from './wording.ts';

type Verdict = Decision<SwitchEvent>;

export function decideRequest(state: SwitchState, act: SwitchActOf<'switch.request'>, context: Context): Verdict {
  const wish = sound(state, act, settingOf(act.incident, context), context);
  if (isRefusal(wish)) return wish;
  return pendingRefusal(state) ?? want(state, wish, context);
}

/** Turning off what is on, for the incident it was turned on for. */
export function decideRevert(state: SwitchState, act: SwitchActOf<'switch.revert'>, context: Context): Verdict {
  const { incident, platforms } = state;
  const wish = sound(state, { to: 0, reason: act.reason, ttlMs: null, incident }, { platforms, rehearsal: false }, context);
  if (isRefusal(wish)) return wish;
  // Off at once goes through whatever else is being asked; that request is void then.
  const refusal = wish.definition.approvalsOff === 0 ? null : pendingRefusal(state);
  return refusal ?? want(state, wish, context);
}

function sound(state: SwitchState, wish: Wish, setting: Setting | Refusal, context: Context): SoundWish | Refusal {
  const person = askingPerson(context);
  if (isRefusal(person)) return person;
  const definition = known(state.id, context.catalog);
  if (isRefusal(definition)) return definition;
  if (isRefusal(setting)) return setting;
  const refusal = shortReason(wish.reason) ?? objection(definition, state, wish, context);
  if (refusal !== null) return refusal;
  const { to, reason, ttlMs, incident } = wish;
  return { to, reason, ttlMs: to === 0 ? null : ttlMs, incident, ...setting, person, definition };
}

function pendingRefusal({ pending, name }: SwitchState): Refusal | null {
  if (pending === null) return null;
  const { request, change, requestedBy } = pending;
  return refuse('switch_request_pending', { switch: name, request, change, by: `<@${requestedBy}>` });
}

function want(state: SwitchState, wish: SoundWish, context: Context): Verdict {
  const { definition, person, to } = wish;
  const needed = to === 0 ? definition.approvalsOff : definition.approvals;
  if (needed === 0) return come(state, wish, { request: null, digest: null, approvedBy: [] }, context);
  const others = approversOf(definition, context.catalog).filter((other) => other !== person);
  if (others.length < needed) {
    return refuse('switch_too_few_approvers', {
      switch: definition.name,
      id: definition.id,
      needed: String(needed),
      have: String(others.length),
    });
  }
  const { version, level: from } = state;
  const { reason, ttlMs, incident, rehearsal } = wish;
  const request = `r${state.requests + 1}`;
  const { name, kind, id } = definition;
  const { told: approvers, more: approversMore } = told(others);
  const exact = { request, requestedBy: person, to, ttlMs, reason, incident, rehearsal, version };
  const data = {
    ...about({ ...state, name, kind }, wish),
    ...exact,
    from,
    change: sayChange(kind, from, to),
    expiresAt: context.now + definition.requestExpiresMs,
    needed,
    digest: digestOf({ switch: id, ...exact }),
    approvers,
    approversMore,
  };
  return [{ type: 'switch.requested', data }];
}

interface Consent {
  readonly request: string | null;
  readonly digest: string | null;
  readonly approvedBy: readonly string[];
}
/** The wish comes true; in a drill it only says so. */
function come(state: SwitchState, wish: SoundWish, consent: Consent, context: Context): readonly SwitchEvent[] {
  const { definition, person, to, reason, incident, platforms } = wish;
  if (wish.rehearsal) return [rehearsed(state, wish, consent)];
  const way = consent.request === null ? 'alone' : 'approved';
  const lasts = span(to, wish.ttlMs, definition, context.now);
  return flip(state, { definition, to, way, ...consent, requestedBy: person, reason, incident, platforms, ...lasts }, context);
}

export function rehearsed(state: SwitchState, wish: SoundWish, { request, approvedBy }: Omit<Consent, 'digest'>): SwitchEvent {
  const { definition, to, reason, person } = wish;
  const { name, kind } = definition;
  const change = sayChange(kind, state.level, to);
  return {
    type: 'switch.rehearsed',
    data: {
      ...about({ ...state, name, kind }, wish),
      request,
      from: state.level,
      to,
      change,
      requestedBy: person,
      approvedBy: [...approvedBy],
      reason,
    },
  };
}

export function decideApprove(state: SwitchState, act: SwitchActOf<'switch.approve'>, context: Context): Verdict {
  const person = askingPerson(context);
  if (isRefusal(person)) return person;
  const pending = openRequest(state, act.request, context);
  if (isRefusal(pending)) return pending;
  const definition = known(state.id, context.catalog);
  if (isRefusal(definition)) return definition;
  const approvers = approversOf(definition, context.catalog);
  if (person === pending.requestedBy) return refuse('switch_own_request', { approvers: othersThan(person, approvers, context) });
  if (!approvers.includes(person)) return refuse('switch_not_approver', { approvers: namesOf(approvers, context.catalog) });
  if (pending.approvedBy.includes(person)) return refuse('switch_approved_already', { request: pending.request });
  if (digestOf({ ...pending, switch: state.id, version: state.version }) !== pending.digest) return closedRefusal(pending.request, 'void');
  const refusal = objection(definition, state, pending, context);
  if (refusal !== null) return refusal;
  // Whoever lost the right to approve since then no longer counts, and a policy made stricter since then does.
  const approvedBy = [...pending.approvedBy.filter((earlier) => approvers.includes(earlier)), person];
  const needed = Math.max(pending.needed, pending.to === 0 ? definition.approvalsOff : definition.approvals);
  const { request, digest } = pending;
  const approval: SwitchEvent = {
    type: 'switch.approved',
    data: { ...about(state, pending), ...asked(pending), person, given: approvedBy.length, needed, digest },
  };
  if (approvedBy.length < needed) return [approval];
  const wish: SoundWish = { ...pending, person: pending.requestedBy, definition };
  return [approval, ...come(state, wish, { request, digest, approvedBy }, context)];
}

export function decideDecline(state: SwitchState, act: SwitchActOf<'switch.decline'>, context: Context): Verdict {
  const person = askingPerson(context);
  if (isRefusal(person)) return person;
  const pending = openRequest(state, act.request, context);
  if (isRefusal(pending)) return pending;
  const definition = known(state.id, context.catalog);
  if (isRefusal(definition)) return definition;
  const approvers = approversOf(definition, context.catalog);
  if (person !== pending.requestedBy && !approvers.includes(person)) {
    return refuse('switch_may_not_decline', { approvers: namesOf(approvers, context.catalog) });
  }
  const refusal = shortReason(act.reason);
  if (refusal !== null) return refusal;
  return [{ type: 'switch.declined', data: { ...about(state, pending), ...asked(pending), person, reason: act.reason } }];
}

/** Timer. Only a request that is still open lapses. */
export function decideLapse(state: SwitchState, act: SwitchActOf<'switch.lapse'>): Verdict {
  const { pending } = state;
  if (pending === null || pending.request !== act.request) return [];
  const data = { ...about(state, pending), ...asked(pending), needed: pending.needed, given: pending.approvedBy.length };
  return [{ type: 'switch.lapsed', data }];
}

/** The request that may still be answered: single use, and dead at its time even when the timer is late. */
function openRequest({ pending, closed }: SwitchState, request: string, { now }: Context): FlipRequest | Refusal {
  if (pending === null || pending.request !== request) return closedRefusal(request, closed?.request === request ? closed.end : 'unknown');
  return now >= pending.expiresAt ? closedRefusal(request, 'lapsed') : pending;
}
const ENDED: Readonly<Record<RequestEnd | 'unknown', string>> = {
  used: 'switch_request_used',
  declined: 'switch_request_declined',
  lapsed: 'switch_request_lapsed',
  void: 'switch_request_void',
  unknown: 'switch_request_unknown',
};
function closedRefusal(request: string, end: RequestEnd | 'unknown'): Refusal {
  return refuse(ENDED[end], { request });
}

function othersThan(person: string, approvers: readonly string[], { catalog }: Context): string {
  return namesOf(
    approvers.filter((other) => other !== person),
    catalog,
  );
}
