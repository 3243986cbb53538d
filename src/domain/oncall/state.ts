import { HOUR_MS } from '../../kit/duration.ts';
import type { Recorded } from '../kernel.ts';
import type { OncallEvent } from './events.ts';
import type { Override } from './override.ts';

/** What the stream `schedule/<id>` knows that the catalog does not. */
export interface ScheduleState {
  /** In the order they were made, which is the order they win in. */
  readonly overrides: readonly Override[];
  /** Who was told to be on call last, and where; null before the first time. */
  readonly duty: { readonly people: readonly string[]; readonly nextAt: number | null; readonly platforms: readonly string[] } | null;
}

/** Overrides that ended longer ago leave the state, so that it stays small; the ledger keeps them. Covers any view of last month. */
const PAST_KEPT_MS = 62 * 24 * HOUR_MS;

export function initialSchedule(): ScheduleState {
  return { overrides: [], duty: null };
}

export function evolveSchedule(state: ScheduleState, event: Recorded<OncallEvent>): ScheduleState {
  switch (event.type) {
    case 'oncall.overridden': {
      const { override: id, person, replaces, from, until, reason } = event.data;
      const kept = state.overrides.filter((override) => override.until > event.at - PAST_KEPT_MS);
      return { ...state, overrides: [...kept, { id, person, replaces, from, until, reason }] };
    }
    case 'oncall.handed-over': {
      const { people, nextAt, platforms } = event.data;
      return { ...state, duty: { people, nextAt, platforms } };
    }
    case 'oncall.override-removed':
      return {
        ...state,
        overrides: state.overrides.flatMap((override) => (override.id === event.data.override ? ended(override, event.at) : [override])),
      };
  }
}

/** Who was on call yesterday is not changed by today's removal: an override that has begun ends now instead of vanishing. */
function ended(override: Override, at: number): readonly Override[] {
  return override.from < at ? [{ ...override, until: Math.min(override.until, at) }] : [];
}
