import type { Effect } from '../../domain/kernel.ts';
import { onCallAt } from '../../domain/oncall/schedule.ts';
import type { ScheduleState } from '../../domain/oncall/state.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Performer } from '../deliver.ts';
import type { CurrentCatalog, Platform } from '../ports.ts';
import type { States } from '../states.ts';
import { inTime } from './in-time.ts';

type KeepGroup = Extract<Effect, { kind: 'group.keep' }>;

export interface GroupPorts {
  readonly states: States;
  readonly catalog: CurrentCatalog;
  readonly clock: Clock;
  readonly platforms: Readonly<Record<string, Platform>>;
}

/** Makes a group those who are on call at the moment it is done: what was promised earlier may be old by then. */
export function createGroupPerformer({ states, catalog, clock, platforms }: GroupPorts): Performer {
  return {
    async perform(effect, attempt) {
      const { platform, schedule: id } = effect as KeepGroup;
      const schedule = catalog().schedules[id];
      const group = catalog().chat[platform]?.onCall[id];
      const at = platforms[platform];
      // Nobody follows it any more.
      if (schedule === undefined || group === undefined || at === undefined) return { outcome: 'done' };
      const { overrides } = (await states.fresh(`schedule/${id}`)).state as ScheduleState;
      const people = onCallAt(schedule, overrides, clock.now());
      return inTime(attempt, () => at.deliver({ kind: 'group', group, people }, attempt));
    },
    buried: () => null,
    unknown: () => 'repeat',
  };
}
