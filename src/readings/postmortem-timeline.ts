import type { Recorded } from '../domain/kernel.ts';
import type { TimelineRow } from './postmortem-model.ts';
import { timeline } from './timeline.ts';

/** A longer table is neither read nor drawn: GitHub stops rendering Markdown at 512 KB. */
export const TIMELINE_ROWS_MAX = 1_000;
/** The beginning and the end tell more than the middle. */
const FIRST_ROWS = 400;

export interface PostmortemTimeline {
  readonly rows: readonly TimelineRow[];
  readonly omittedCount: number;
}

/** The timeline with names for people; `person` gives the name for an id. Of a very long one the middle is left out. */
export function timelineRows(events: readonly Recorded[], person: (id: string) => string): PostmortemTimeline {
  const rows = timeline(events).map(({ at, actor, text, position }) => ({
    at,
    who: actorName(actor, person),
    text: namePeople(text, person),
    position,
  }));
  if (rows.length <= TIMELINE_ROWS_MAX) return { rows, omittedCount: 0 };
  const last = rows.slice(rows.length - (TIMELINE_ROWS_MAX - FIRST_ROWS));
  return { rows: [...rows.slice(0, FIRST_ROWS), ...last], omittedCount: rows.length - TIMELINE_ROWS_MAX };
}

/** Who did it, as people read it. */
export function actorName(actor: string, person: (id: string) => string): string {
  if (actor.startsWith('person:')) return person(actor.slice('person:'.length));
  if (actor.startsWith('source:')) return `${actor.slice('source:'.length)} (alert)`;
  return actor === 'clock' ? 'Timer' : 'Allclear';
}

/** Timeline lines write people as `<@id>`; here they have names. */
export function namePeople(text: string, person: (id: string) => string): string {
  return text.replaceAll(/<@([A-Za-z0-9][A-Za-z0-9._-]{0,119})>/g, (_, id: string) => person(id));
}
