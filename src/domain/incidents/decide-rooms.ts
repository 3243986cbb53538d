import { HOUR_MS } from '../../kit/duration.ts';
import type { Catalog } from '../catalog.ts';
import type { Decision } from '../kernel.ts';
import type { IncidentActOf } from './acts.ts';
import type { IncidentEvent } from './events.ts';
import type { IncidentState } from './state.ts';

export type RoomAct = IncidentActOf<
  'incident.room-opened' | 'incident.room-failed' | 'incident.room-degraded' | 'incident.archive-remind' | 'incident.archive'
>;

/** What became of the rooms, and the questions whether they are still to be archived. */
export function decideRooms(state: IncidentState, act: RoomAct): Decision<IncidentEvent> {
  switch (act.type) {
    case 'incident.room-degraded': {
      const { platform, what, detail } = act;
      // Told once: whoever keeps the card meets the same refusal every time.
      if (state.degraded.includes(`${platform} ${what}`)) return [];
      return [{ type: 'incident.room-degraded', data: { platform, what, detail } }];
    }
    case 'incident.archive-remind':
      return isToBeArchived(state, act.archiveAt) ? [{ type: 'incident.archive-due', data: { archiveAt: act.archiveAt } }] : [];
    case 'incident.archive':
      return isToBeArchived(state, act.archiveAt) ? [{ type: 'incident.archived', data: {} }] : [];
    case 'incident.room-opened':
      // The room exists once per platform; a second report of it changes nothing.
      if (state.rooms[act.platform] !== undefined) return [];
      return [{ type: 'incident.room-opened', data: { platform: act.platform, room: act.room, url: act.url } }];
    case 'incident.room-failed':
      if (state.rooms[act.platform] !== undefined) return [];
      return [{ type: 'incident.room-failed', data: { platform: act.platform, reason: act.reason, detail: act.detail } }];
  }
}

/** Reopened, or closed again since: then another question comes at another time. */
function isToBeArchived({ archive }: IncidentState, archiveAt: number): boolean {
  return archive?.archived === false && archive.archiveAt === archiveAt;
}

/** Whoever still reads there is told a day before, or at half of the time when that is shorter. */
const REMIND_BEFORE_MS = 24 * HOUR_MS;

/** What follows the end of an incident: its rooms are put away after a while. */
export function farewell({ incidents }: Catalog, now: number): IncidentEvent[] {
  const { archiveAfterMs } = incidents;
  if (archiveAfterMs === null) return [];
  const archiveAt = now + archiveAfterMs;
  const remindAt = archiveAt - Math.min(REMIND_BEFORE_MS, Math.floor(archiveAfterMs / 2));
  return [{ type: 'incident.archive-planned', data: { remindAt, archiveAt } }];
}

/** A room that was put away has to be there before anything is said in it. */
export function takenOut({ archive }: IncidentState): IncidentEvent[] {
  return archive?.archived === true ? [{ type: 'incident.unarchived', data: {} }] : [];
}
