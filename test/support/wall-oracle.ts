import type { Schedule, ScheduleLayer } from '../../src/domain/catalog.ts';
import type { Override } from '../../src/domain/oncall/override.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';

/**
 * A second opinion on who is on call, sharing no code and no idea with the first: it walks through real time minute by
 * minute, notes the furthest a wall clock has read so far, and judges by that reading alone. Wall times are counted in
 * milliseconds as if the zone were UTC, where days do have 24 hours.
 */
export interface FurthestReadings {
  readonly from: number;
  /** The furthest reading so far, one a minute from `from`. */
  readonly minutes: Float64Array;
}

const WALL_DAY_MS = 24 * HOUR_MS;
/** Offsets change on whole quarters of an hour in nearly every zone; where both ends differ each minute is asked. */
const PROBE_MINUTES = 15;
/** Longer ago than any clock was set back by. */
const RUN_UP_MS = 48 * HOUR_MS;

export function furthestReadings(timeZone: string, from: number, until: number): FurthestReadings {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const reading = (atMs: number): number => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? Number.NaN;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  };
  const minutes = new Float64Array((until - from) / MINUTE_MS);
  let furthest = Number.NEGATIVE_INFINITY;
  const note = (atMs: number, read: number): void => {
    furthest = Math.max(furthest, read);
    if (atMs >= from && atMs < until) minutes[(atMs - from) / MINUTE_MS] = furthest;
  };
  const probeMs = PROBE_MINUTES * MINUTE_MS;
  let offset = reading(from - RUN_UP_MS) - (from - RUN_UP_MS);
  for (let probe = from - RUN_UP_MS; probe < until; probe += probeMs) {
    const nextOffset = reading(probe + probeMs) - (probe + probeMs);
    for (let at = probe; at < probe + probeMs; at += MINUTE_MS) note(at, offset === nextOffset ? at + offset : reading(at));
    offset = nextOffset;
  }
  return { from, minutes };
}

export function expectedHolder(
  schedule: Schedule,
  overrides: readonly Override[],
  atMs: number,
  readings: FurthestReadings,
): string | null {
  const wall = readings.minutes[(atMs - readings.from) / MINUTE_MS] ?? Number.NaN;
  let holder: string | null = null;
  for (const layer of schedule.layers) holder = layerHolder(layer, wall) ?? holder;
  for (const { from, until, person, replaces } of overrides) {
    if (from <= atMs && atMs < until && (replaces === null || replaces === holder)) holder = person;
  }
  return holder;
}

const UNIT_WALL_MS = { hours: HOUR_MS, days: WALL_DAY_MS, weeks: 7 * WALL_DAY_MS };

function layerHolder(layer: ScheduleLayer, wall: number): string | null {
  const start = Date.parse(`${layer.start}:00Z`);
  if (wall < start || (layer.until !== null && wall >= Date.parse(`${layer.until}:00Z`))) return null;
  const restricted = layer.restrictions.length === 0 || layer.restrictions.some((span) => covers(span, wall));
  const turn = Math.floor((wall - start) / (layer.rotation.every * UNIT_WALL_MS[layer.rotation.unit]));
  return restricted ? (layer.people[turn % layer.people.length] ?? null) : null;
}

function covers({ days, from, to }: ScheduleLayer['restrictions'][number], wall: number): boolean {
  const today = Math.floor(wall / WALL_DAY_MS) * WALL_DAY_MS;
  return [today - WALL_DAY_MS, today].some((date) => {
    const weekday = new Date(date).getUTCDay() || 7;
    const end = date + timeOf(to) + (timeOf(to) <= timeOf(from) ? WALL_DAY_MS : 0);
    return (days.length === 0 || days.includes(weekday)) && date + timeOf(from) <= wall && wall < end;
  });
}

function timeOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * HOUR_MS + minutes * MINUTE_MS;
}
