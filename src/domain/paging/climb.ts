import type { PageTarget, Person } from '../catalog.ts';
import type { Context } from '../kernel.ts';
import { onCallAt } from '../oncall/schedule.ts';
import type { ScheduleState } from '../oncall/state.ts';
import type { PageEvent } from './events.ts';
import type { PageState } from './state.ts';

interface Rung {
  readonly level: number;
  readonly round: number;
}

/**
 * The events of stepping on `from` or, when nobody is there to be woken, on the first rung after it where somebody is.
 * Empty rungs are passed at once and each is said; when no rung is left the page is exhausted.
 */
export function climb(state: PageState, from: Rung, context: Context): PageEvent[] {
  const events: PageEvent[] = [];
  for (let rung: Rung | null = from; rung !== null; rung = after(state, rung)) {
    const { targets, timeoutMs } = state.levels[rung.level] ?? NO_LEVEL;
    const people = [...new Set(targets.flatMap((target) => peopleOf(target, context)))];
    const reachable = people.flatMap((id) => notify(id, rung as Rung, state, context));
    const place = { page: state.page, level: rung.level, round: rung.round };
    if (reachable.length > 0) return [...events, { type: 'page.level-reached', data: { ...place, timeoutMs, people: reachable } }];
    const why = people.length === 0 ? 'nobody-on-call' : 'unreachable';
    // The second round over an empty ladder would say the same again, and a ladder without rungs has nothing to say.
    if (rung.round === from.round && targets.length > 0)
      events.push({ type: 'page.level-empty', data: { ...place, targets: [...targets], why } });
  }
  return [...events, exhausted(state, context)];
}

/** The rung after this one, or null when the ladder and its repeats are used up. */
export function after(state: PageState, { level, round }: Rung): Rung | null {
  if (level + 1 < state.levels.length) return { level: level + 1, round };
  return round - state.firstRound < state.repeats ? { level: 0, round: round + 1 } : null;
}

/** The end of the ladder, with everybody who could still be called: who was tried, and who stands on it but has no pager. */
export function exhausted(state: PageState, context: Context): PageEvent {
  const standing = state.levels.flatMap(({ targets }) => targets).flatMap((target) => peopleOf(target, context));
  return { type: 'page.exhausted', data: { page: state.page, people: [...new Set([...state.tried, ...standing])] } };
}

const NO_LEVEL: PageState['levels'][number] = { targets: [], timeoutMs: 0 };

function peopleOf(target: PageTarget, context: Context): readonly string[] {
  const { catalog, states, now } = context;
  if (target.kind === 'person') return [target.id];
  if (target.kind === 'team') return catalog.teams[target.id]?.members ?? [];
  const schedule = catalog.schedules[target.id];
  const overrides = (states.get(`schedule/${target.id}`) as ScheduleState | undefined)?.overrides ?? [];
  return schedule === undefined ? [] : onCallAt(schedule, overrides, now);
}

type PagedPerson = Extract<PageEvent, { type: 'page.level-reached' }>['data']['people'][number];

function notify(id: string, rung: Rung, state: PageState, context: Context): PagedPerson[] {
  const person: Person | undefined = context.catalog.people[id];
  const rules = person?.notify[state.urgency] ?? [];
  if (rules.length === 0) return [];
  const notifications = rules.map(({ pager, afterMs }, index) => ({
    id: `l${rung.level + 1}-r${rung.round + 1}-${id}-${pager}-${index + 1}`,
    pager,
    afterMs,
  }));
  return [{ person: id, notifications }];
}
