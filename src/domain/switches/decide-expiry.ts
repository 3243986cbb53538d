import { type Context, type Decision, isRefusal, refuse } from '../kernel.ts';
import type { SwitchActOf } from './acts.ts';
import { approversOf, namesOf } from './approvers.ts';
import { askingPerson, badSpan, known, shortReason } from './checks.ts';
import { definitionOf } from './definition.ts';
import type { SwitchEvent } from './events.ts';
import { about, flip, lasting } from './flip.ts';
import type { SwitchState } from './state.ts';

type Verdict = Decision<SwitchEvent>;

/**
 * How long it stays on is part of what was approved, so where approval is needed the one who asked for the flip may not
 * lengthen it alone: somebody else who may approve does.
 */
export function decideExtend(state: SwitchState, act: SwitchActOf<'switch.extend'>, context: Context): Verdict {
  const person = askingPerson(context);
  if (isRefusal(person)) return person;
  const definition = known(state.id, context.catalog);
  if (isRefusal(definition)) return definition;
  if (state.level === 0 || state.expiresAt === null) return refuse('switch_is_off', { switch: definition.name });
  if (definition.approvals > 0) {
    const others = approversOf(definition, context.catalog).filter((other) => other !== state.by);
    if (!others.includes(person)) return refuse('switch_may_not_extend', { approvers: namesOf(others, context.catalog) });
  }
  const refusal = shortReason(act.reason) ?? badSpan(act.ttlMs, definition);
  if (refusal !== null) return refusal;
  const { expiresAt, warnAt } = lasting(act.ttlMs, definition, context.now);
  if (expiresAt <= state.expiresAt) return refuse('switch_lasts_longer', { switch: definition.name });
  const { reason, ttlMs } = act;
  return [{ type: 'switch.extended', data: { ...about(state, state), version: state.version, person, reason, ttlMs, expiresAt, warnAt } }];
}

/** Timer. Nothing when it was flipped or extended since. */
export function decideWarn(state: SwitchState, act: SwitchActOf<'switch.warn'>): Verdict {
  if (!isStill(state, act)) return [];
  const people = [...new Set([...(state.by === null ? [] : [state.by]), ...state.approvedBy])];
  const { version, level } = state;
  return [{ type: 'switch.warned', data: { ...about(state, state), version, level, expiresAt: act.expiresAt, people } }];
}

/** Timer. Nothing when it was flipped or extended since. Asks no clock: that it is asked is the time. */
export function decideExpire(state: SwitchState, act: SwitchActOf<'switch.expire'>, context: Context): Verdict {
  if (!isStill(state, act)) return [];
  const { incident, platforms } = state;
  return flip(
    state,
    {
      definition: definitionOf(context.catalog, state.id),
      to: 0,
      way: 'expired',
      request: null,
      digest: null,
      requestedBy: null,
      approvedBy: [],
      reason: 'Its time was up',
      incident,
      platforms,
      expiresAt: null,
      warnAt: null,
    },
    context,
  );
}

function isStill(state: SwitchState, act: { readonly version: number; readonly expiresAt: number }): boolean {
  return state.level > 0 && state.version === act.version && state.expiresAt === act.expiresAt;
}
