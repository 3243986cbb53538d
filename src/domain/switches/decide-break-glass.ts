import { type Context, type Decision, isRefusal, type Refusal, refuse } from '../kernel.ts';
import type { SwitchActOf } from './acts.ts';
import { approversOf, namesOf } from './approvers.ts';
import { askingPerson, known, objection, type SoundWish, settingOf, shortReason } from './checks.ts';
import { rehearsed } from './decide-request.ts';
import type { SwitchEvent } from './events.ts';
import { about, flip, span, undo } from './flip.ts';
import { BREAK_GLASS_REASON_CHARS_MIN } from './limits.ts';
import type { ReviewDue, SwitchState } from './state.ts';

type Verdict = Decision<SwitchEvent>;

/** One person, now, loudly; somebody else looks at it within `reviewMs`, or it is taken back. */
export function decideBreakGlass(state: SwitchState, act: SwitchActOf<'switch.break-glass'>, context: Context): Verdict {
  const person = askingPerson(context);
  if (isRefusal(person)) return person;
  const definition = known(state.id, context.catalog);
  if (isRefusal(definition)) return definition;
  const setting = settingOf(act.incident, context);
  if (isRefusal(setting)) return setting;
  const refusal = unconfirmed(act) ?? shortReason(act.reason, BREAK_GLASS_REASON_CHARS_MIN) ?? objection(definition, state, act, context);
  if (refusal !== null) return refusal;
  const { to, reason, ttlMs, incident } = act;
  const wish: SoundWish = { to, reason, ttlMs, incident, ...setting, person, definition };
  if (setting.rehearsal) return [rehearsed(state, wish, { request: null, approvedBy: [] })];
  const consent = { request: null, digest: null, approvedBy: [] };
  const { platforms } = setting;
  const lasts = span(to, ttlMs, definition, context.now);
  return flip(
    state,
    { definition, to, way: 'break-glass', ...consent, requestedBy: person, reason, incident, platforms, ...lasts },
    context,
  );
}

function unconfirmed({ confirm, switch: id }: SwitchActOf<'switch.break-glass'>): Refusal | null {
  return confirm.trim() === id ? null : refuse('switch_not_confirmed', { id });
}

export function decideReview(state: SwitchState, act: SwitchActOf<'switch.review'>, context: Context): Verdict {
  const person = askingPerson(context);
  if (isRefusal(person)) return person;
  const review = state.reviews.find(({ flip: due }) => due === act.flip);
  if (review === undefined) return refuse('switch_nothing_to_review', { switch: state.name, flip: String(act.flip) });
  const definition = known(state.id, context.catalog);
  if (isRefusal(definition)) return definition;
  const approvers = approversOf(definition, context.catalog);
  if (person === review.brokenBy) return refuse('switch_own_review');
  if (!approvers.includes(person)) return refuse('switch_may_not_review', { approvers: namesOf(approvers, context.catalog) });
  const { verdict, note } = act;
  const reviewed: SwitchEvent = { type: 'switch.reviewed', data: { ...facts(state, review), person, verdict, note } };
  if (verdict === 'confirm' || state.version !== review.flip) return [reviewed];
  const reason = note ?? 'A second person looked at the broken glass and did not agree';
  return [reviewed, ...undo(state, { way: 'rejected', person, reason }, context)];
}

/** Timer. Nothing when somebody has looked at it. */
export function decideReviewDue(state: SwitchState, act: SwitchActOf<'switch.review-due'>, context: Context): Verdict {
  const review = state.reviews.find(({ flip: due }) => due === act.flip);
  if (review === undefined) return [];
  const missed: SwitchEvent = { type: 'switch.review-missed', data: { ...facts(state, review), reason: review.reason } };
  if (state.version !== review.flip) return [missed];
  const reason = 'Nobody reviewed the broken glass in time';
  return [missed, ...undo(state, { way: 'unreviewed', person: null, reason }, context)];
}

function facts(state: SwitchState, review: ReviewDue) {
  return { ...about(state, review), flip: review.flip, change: review.change, brokenBy: review.brokenBy };
}
