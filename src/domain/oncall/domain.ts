import type { Domain } from '../kernel.ts';
import { type OncallAct, oncallActs } from './acts.ts';
import { decideOncall } from './decide.ts';
import { type OncallEvent, oncallEvents } from './events.ts';
import { reactOncall } from './react.ts';
import { oncallRefusals } from './refusals.ts';
import { evolveSchedule, initialSchedule, type ScheduleState } from './state.ts';

export const oncallDomain: Domain<ScheduleState, OncallEvent, OncallAct> = {
  kind: 'schedule',
  fold: 2,
  events: oncallEvents,
  acts: oncallActs,
  refusals: oncallRefusals,
  initial: initialSchedule,
  evolve: evolveSchedule,
  decide: decideOncall,
  react: reactOncall,
  summary: (state) => ({ open: state.overrides.length > 0, incident: null }),
};
