import { Temporal } from 'temporal-polyfill';
import { parseDuration } from './duration.ts';

const CLOCK = /^(\d{1,2}):(\d{2})$/;
const DAY_AND_CLOCK = /^(\d{4}-\d{2}-\d{2}|today|tomorrow)(?:[ T](\d{1,2}:\d{2}))?$/i;
/** As `isoTime` writes it: the same moment in every zone. */
const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z$/;
const FROM_NOW = /^(?:in +)?(.+)$/i;

/**
 * Reads a moment as people write it: "18:00" (the next one), "tomorrow 09:00", "2026-03-02 18:00" or "2026-03-02T18:00"
 * in the zone, "2026-03-02T18:00:00Z", the beginning of a day that comes without a time, or a duration from `now`, also as "in 2h". Milliseconds
 * since 1970, or null when it is no moment. A wall time a zone skips is the instant after the gap, an ambiguous one the
 * first (Temporal's "compatible").
 */
export function parseMoment(text: string, now: number, timeZone: string): number | null {
  const afterMs = parseDuration(FROM_NOW.exec(text)?.[1]?.toLowerCase() ?? '');
  if (afterMs !== null) return now + afterMs;
  try {
    if (UTC.test(text)) return Temporal.Instant.from(text).epochMilliseconds;
    if (CLOCK.test(text)) return nextClock(clockTime(text), now, timeZone);
    const [, day, time] = DAY_AND_CLOCK.exec(text) ?? [];
    if (day === undefined) return null;
    return dayOf(day.toLowerCase(), now, timeZone).toZonedDateTime({ timeZone, plainTime: clockTime(time ?? '00:00') }).epochMilliseconds;
  } catch {
    // 25:99 and 2026-02-31 have the form and are no moment.
    return null;
  }
}

function dayOf(text: string, now: number, timeZone: string): Temporal.PlainDate {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate();
  if (text === 'today') return today;
  return text === 'tomorrow' ? today.add({ days: 1 }) : Temporal.PlainDate.from(text);
}

function nextClock(time: Temporal.PlainTime, now: number, timeZone: string): number {
  const here = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const today = here.withPlainTime(time);
  return today.epochMilliseconds > now ? today.epochMilliseconds : here.add({ days: 1 }).withPlainTime(time).epochMilliseconds;
}

function clockTime(text: string): Temporal.PlainTime {
  return Temporal.PlainTime.from(text.padStart(5, '0'), { overflow: 'reject' });
}
