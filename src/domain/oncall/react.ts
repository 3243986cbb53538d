import type { Effect, Recorded } from '../kernel.ts';
import type { OncallEvent } from './events.ts';

/** Pages ask at every level who is on call; only groups that follow a schedule have to be told, and looked after when it changes. */
export function reactOncall(event: Recorded<OncallEvent>): readonly Effect[] {
  const { schedule } = event.data;
  const look = (dueAt: number): Effect => ({ kind: 'ask', act: { type: 'oncall.look', schedule }, actor: 'clock', dueAt });
  switch (event.type) {
    case 'oncall.overridden':
      return [look(event.data.from), look(event.data.until)];
    case 'oncall.override-removed':
      return [look(event.at)];
    case 'oncall.handed-over': {
      const { nextAt, platforms } = event.data;
      const kept = platforms.map((platform): Effect => ({ kind: 'group.keep', platform, schedule }));
      return nextAt === null ? kept : [...kept, look(nextAt)];
    }
  }
}
