import { HOUR_MS, sayDuration } from '../../kit/duration.ts';
import type { Schedule } from '../catalog.ts';
import { type Context, type Decision, type Refusal, refuse } from '../kernel.ts';
import type { OncallAct, OncallActOf } from './acts.ts';
import type { OncallEvent } from './events.ts';
import { nextHandover, onCallAt, shifts } from './schedule.ts';
import type { ScheduleState } from './state.ts';

/** A stand-in for longer than a month is a change of the schedule, which is made and reviewed in `allclear.yaml`. */
export const OVERRIDE_MS_MAX = 31 * 24 * HOUR_MS;
/** Further ahead it is far likelier a mistyped year than a plan. */
export const OVERRIDE_AHEAD_MS_MAX = 400 * 24 * HOUR_MS;
/** Every answer about who is on call walks through all of them. */
export const OVERRIDES_PENDING_MAX = 200;
/** Enough to tell the overrides of one schedule apart, few enough to type: 32 bits. */
const OVERRIDE_ID_CHARS = 8;

export function decideOncall(state: ScheduleState, act: OncallAct, context: Context): Decision<OncallEvent> {
  const { catalog } = context;
  const schedule = Object.hasOwn(catalog.schedules, act.schedule) ? catalog.schedules[act.schedule] : undefined;
  if (act.type === 'oncall.look') return schedule === undefined ? [] : look(state, schedule, context);
  if (schedule === undefined) {
    return refuse('override_schedule_unknown', { schedule: act.schedule, known: Object.keys(catalog.schedules).join(', ') });
  }
  return act.type === 'oncall.override' ? override(state, act, schedule, context) : removeOverride(state, act, context);
}

/** Nothing new where nobody follows the schedule, or where those who follow it know. */
function look({ overrides, duty }: ScheduleState, schedule: Schedule, { catalog, now }: Context): Decision<OncallEvent> {
  const platforms = Object.keys(catalog.chat).filter((platform) => catalog.chat[platform]?.onCall[schedule.id] !== undefined);
  if (platforms.length === 0) return [];
  const people = [...onCallAt(schedule, overrides, now)];
  const nextAt = nextHandover(schedule, overrides, now)?.at ?? null;
  const isKnown = duty !== null && isSame(duty.people, people) && duty.nextAt === nextAt && isSame(duty.platforms, platforms);
  return isKnown ? [] : [{ type: 'oncall.handed-over', data: { schedule: schedule.id, people, nextAt, platforms } }];
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}

function override(state: ScheduleState, act: OncallActOf<'oncall.override'>, schedule: Schedule, context: Context): Decision<OncallEvent> {
  const { person, replaces, until, reason } = act;
  const refusal = refusePeople(act, context) ?? refuseSpan(act, context.now);
  if (refusal !== null) return refusal;
  // What has been, has been: a stand-in asked for "since this morning" begins now.
  const from = Math.max(act.from, context.now);
  const pending = state.overrides.filter((other) => other.until > context.now);
  if (pending.length >= OVERRIDES_PENDING_MAX) {
    return refuse('override_limit', { schedule: schedule.id, most: String(OVERRIDES_PENDING_MAX) });
  }
  if (replaces !== null && !shifts(schedule, pending, from, until).some((shift) => shift.person === replaces)) {
    return refuse('override_replaces_absent', { schedule: schedule.id, replaces });
  }
  const id = context.token.slice(0, OVERRIDE_ID_CHARS);
  const platforms = [...context.catalog.incidents.platforms];
  return [{ type: 'oncall.overridden', data: { schedule: schedule.id, override: id, person, replaces, from, until, reason, platforms } }];
}

function refusePeople({ person, replaces }: OncallActOf<'oncall.override'>, { catalog }: Context): Refusal | null {
  for (const id of replaces === null ? [person] : [person, replaces]) {
    if (!Object.hasOwn(catalog.people, id)) return refuse('override_person_unknown', { person: id });
  }
  if (person === replaces) return refuse('override_same_person', { person });
  if (catalog.people[person]?.rank === 'observer') return refuse('override_observer', { person });
  return null;
}

function refuseSpan({ from, until }: OncallActOf<'oncall.override'>, now: number): Refusal | null {
  if (until <= from) return refuse('override_ends_before_start');
  if (until <= now) return refuse('override_past');
  const askedMs = until - Math.max(from, now);
  if (askedMs > OVERRIDE_MS_MAX) return refuse('override_too_long', { asked: sayDuration(askedMs), most: sayDuration(OVERRIDE_MS_MAX) });
  if (from - now > OVERRIDE_AHEAD_MS_MAX) return refuse('override_too_far', { most: sayDuration(OVERRIDE_AHEAD_MS_MAX) });
  return null;
}

function removeOverride(state: ScheduleState, act: OncallActOf<'oncall.remove-override'>, context: Context): Decision<OncallEvent> {
  const found = state.overrides.find((candidate) => candidate.id === act.override);
  if (found === undefined) return refuse('override_unknown', { schedule: act.schedule, override: act.override });
  if (found.until <= context.now) return refuse('override_over', { schedule: act.schedule, override: act.override });
  const { id: override, person, replaces } = found;
  const platforms = [...context.catalog.incidents.platforms];
  return [{ type: 'oncall.override-removed', data: { schedule: act.schedule, override, person, replaces, platforms } }];
}
