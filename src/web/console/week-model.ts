import { HOUR_MS } from '../../kit/duration.ts';
import { wallClock, wallDate } from '../../kit/wall-time.ts';
import type { OnCallRow } from '../../readings/on-call.ts';
import { nameOf, type Viewer } from './viewer.ts';

/** Roughly a week: where exactly it ends does not matter, so that no calendar is needed. */
const WEEK_MS = 7 * 24 * HOUR_MS;
/** A page is no calendar: with handovers more often than this the rest of the week is left out. */
const HANDOVERS_MAX = 60;

interface Shift {
  readonly from: number;
  readonly until: number | null;
  readonly people: readonly string[];
}

/** The coming week of every schedule, from handover to handover, for `on-call-week.html.hbs`. */
export async function weekModel(onCall: (at: number) => Promise<readonly OnCallRow[]>, viewer: Viewer): Promise<object> {
  const shifts = new Map<string, { name: string; shifts: Shift[] }>();
  let at: number | null = viewer.now;
  for (let count = 0; at !== null && at < viewer.now + WEEK_MS && count < HANDOVERS_MAX; count += 1) {
    const rows: readonly OnCallRow[] = await onCall(at);
    for (const row of rows) note(shifts, row, at);
    const next = rows.flatMap(({ untilAt }) => (untilAt === null ? [] : [untilAt]));
    at = next.length === 0 ? null : Math.min(...next);
  }
  return {
    schedules: [...shifts].map(([id, { name, shifts: own }]) => ({
      id,
      name,
      timeZone: zoneOf(id, viewer),
      shifts: own.map((shift) => line(shift, viewer)),
    })),
  };
}

/** Another schedule's handover cuts no shift of this one. */
function note(all: Map<string, { name: string; shifts: Shift[] }>, row: OnCallRow, at: number): void {
  const own = all.get(row.schedule) ?? { name: row.name, shifts: [] };
  all.set(row.schedule, own);
  const last = own.shifts.at(-1);
  if (last === undefined || (last.until !== null && last.until <= at))
    own.shifts.push({ from: at, until: row.untilAt, people: row.people });
}

function zoneOf(schedule: string, viewer: Viewer): string {
  const zone = viewer.catalog.schedules[schedule]?.timeZone;
  return zone === undefined || zone === viewer.timeZone ? '' : zone;
}

function line({ from, until, people }: Shift, viewer: Viewer): object {
  return {
    day: dayOf(from, viewer.timeZone),
    from: from === viewer.now ? 'now' : wallClock(from, viewer.timeZone),
    until: until === null ? 'on' : `${dayOf(until, viewer.timeZone)} ${wallClock(until, viewer.timeZone)}`,
    people: people.map((id) => ({ name: nameOf(viewer, id), isMe: id === viewer.person.id })),
    isNow: from <= viewer.now,
  };
}

/** "Mon 03-02". */
function dayOf(at: number, timeZone: string): string {
  const weekday = new Intl.DateTimeFormat('en-US', { weekday: 'short', timeZone }).format(at);
  return `${weekday} ${wallDate(at, timeZone).slice('2026-'.length)}`;
}
