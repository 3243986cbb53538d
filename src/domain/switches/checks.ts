import { sayDuration } from '../../kit/duration.ts';
import type { Catalog, SwitchDefinition } from '../catalog.ts';
import type { IncidentState } from '../incidents/state.ts';
import { type Context, personOf, type Refusal, refuse } from '../kernel.ts';
import { conflictOn } from './conflicts.ts';
import { definitionOf } from './definition.ts';
import { REASON_CHARS_MIN, TTL_MS_MIN } from './limits.ts';
import type { SwitchState } from './state.ts';
import { sayLevel } from './wording.ts';

/** What somebody wants of a switch. */
export interface Wish {
  readonly to: number;
  readonly reason: string;
  readonly ttlMs: number | null;
  readonly incident: number | null;
}
/** A wish that could come true now, if enough people agree. */
export interface SoundWish extends Wish {
  readonly person: string;
  readonly definition: SwitchDefinition;
  readonly platforms: readonly string[];
  readonly rehearsal: boolean;
}

/** Only people flip switches: an alert or a timer has nobody who answers for it. */
export function askingPerson(context: Context): string | Refusal {
  const person = personOf(context.actor);
  return person !== null && Object.hasOwn(context.catalog.people, person) ? person : refuse('switch_needs_person');
}

export function known(id: string, catalog: Catalog): SwitchDefinition | Refusal {
  return definitionOf(catalog, id) ?? refuse('switch_unknown', { switch: id, known: Object.keys(catalog.switches).join(', ') });
}

export function shortReason(reason: string, charsMin: number = REASON_CHARS_MIN): Refusal | null {
  return reason.trim().length < charsMin ? refuse('switch_reason_too_short', { charsMin: String(charsMin) }) : null;
}

/** Everything that can speak against a flip besides a lack of approvals, or null. */
export function objection(definition: SwitchDefinition, state: SwitchState, wish: Wish, context: Context): Refusal | null {
  const { id, name, kind, levels } = definition;
  if (wish.to > levels) return refuse('switch_no_such_level', { switch: name, levels: String(levels) });
  if (wish.to === state.level) return refuse('switch_already_there', { switch: name, level: sayLevel(kind, state.level) });
  const other = wish.to > 0 ? conflictOn(id, context) : null;
  if (other !== null)
    return refuse('switch_conflict', { switch: name, other, otherName: definitionOf(context.catalog, other)?.name ?? other });
  return wish.to > 0 && wish.ttlMs !== null ? badSpan(wish.ttlMs, definition) : null;
}
export function badSpan(ttlMs: number, { name, expiresMs }: SwitchDefinition): Refusal | null {
  // A definition may allow less than the usual least.
  if (ttlMs < Math.min(TTL_MS_MIN, expiresMs)) return refuse('switch_too_short', { switch: name, least: sayDuration(TTL_MS_MIN) });
  return ttlMs > expiresMs ? refuse('switch_too_long', { switch: name, most: sayDuration(expiresMs) }) : null;
}

/** Where a flip of this incident is heard, or people are told of one outside of incidents; and whether it is only a drill. */
export interface Setting {
  readonly platforms: readonly string[];
  readonly rehearsal: boolean;
}
export function settingOf(incident: number | null, context: Context): Setting | Refusal {
  if (incident === null) return { platforms: context.catalog.incidents.platforms, rehearsal: false };
  const state = context.states.get(`incident/${incident}`) as IncidentState | undefined;
  if (state === undefined || state.status === 'none') return refuse('switch_incident_unknown', { incident: String(incident) });
  return { platforms: state.platforms, rehearsal: state.kind === 'drill' };
}
