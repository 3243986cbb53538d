import type { Catalog, Person } from '../../domain/catalog.ts';
import { HOUR_MS, sayClock, sayDuration } from '../../kit/duration.ts';
import { isoTime, wallClock, wallDate, zoneName } from '../../kit/wall-time.ts';

/** Who looks at a page, when, and against which catalog. */
export interface Viewer {
  readonly person: Person;
  readonly catalog: Catalog;
  readonly now: number;
  readonly timeZone: string;
}

export function viewerOf(person: Person, catalog: Catalog, now: number): Viewer {
  return { person, catalog, now, timeZone: person.timeZone ?? catalog.timeZone };
}

/** Name of a person, or the id itself of one who left the catalog. */
export function nameOf(viewer: Viewer, id: string): string {
  return viewer.catalog.people[id]?.name ?? id;
}

/** "Ana Lima, Bo Berg and Cy Okafor". */
export function namesOf(viewer: Viewer, ids: readonly string[]): string {
  const names = ids.map((id) => nameOf(viewer, id));
  const last = names.at(-1);
  return names.length < 2 || last === undefined ? names.join('') : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** Who acted: a name, a source, or Allclear itself. */
export function actorName(viewer: Viewer, actor: string): string {
  const [kind, id = ''] = actor.split(/:(.*)/s);
  if (kind === 'person') return nameOf(viewer, id);
  if (kind === 'source') return id;
  return actor === 'clock' ? 'The clock' : 'Allclear';
}

/** A moment of the past or future on the reader's clock, for `{{> moment}}`. */
export interface Moment {
  readonly datetime: string;
  readonly shown: string;
  /** The whole of it, shown on hover and read aloud. */
  readonly title: string;
}
/** Within this a weekday says enough. */
const NEAR_MS = 6 * 24 * HOUR_MS;

export function moment(at: number, viewer: Viewer): Moment {
  const { timeZone, now } = viewer;
  const clock = wallClock(at, timeZone);
  const day = wallDate(at, timeZone);
  const isToday = day === wallDate(now, timeZone);
  const isNear = Math.abs(at - now) < NEAR_MS;
  const date = isNear ? new Intl.DateTimeFormat('en-US', { weekday: 'short', timeZone }).format(at) : day;
  const title = `${day} ${wallClock(at, timeZone, true)} ${zoneName(at, timeZone)}`;
  return { datetime: isoTime(at), shown: isToday ? clock : `${date} ${clock}`, title };
}

/** A time that runs, for `{{> tick}}`: the page moves it on every second from what the server wrote. */
export interface Tick {
  /** `until` counts down and says when it is over, `since` counts up on a clock face, `ago` tells coarsely how long ago. */
  readonly kind: 'until' | 'since' | 'ago' | 'still';
  readonly at: number;
  readonly shown: string;
  readonly isOver: boolean;
}
export function until(at: number, { now }: Viewer): Tick {
  return { kind: 'until', at, shown: at >= now ? sayClock(at - now) : `+${sayClock(now - at)}`, isOver: at < now };
}
export function since(at: number, { now }: Viewer): Tick {
  return { kind: 'since', at, shown: sayClock(Math.max(0, now - at)), isOver: false };
}
export function ago(at: number, { now }: Viewer): Tick {
  return { kind: 'ago', at, shown: sayDuration(now - at), isOver: false };
}
/** A clock that stands still. */
export function still(ms: number): Tick {
  return { kind: 'still', at: 0, shown: sayClock(ms), isOver: false };
}
