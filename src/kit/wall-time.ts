/** Formatting of moments for people. No arithmetic here: that is Temporal's. */

/** One formatter a zone and shape: making one costs far more than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${name} ${timeZone}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', { ...options, timeZone });
  formatters.set(key, made);
  return made;
}
function part(parts: readonly Intl.DateTimeFormatPart[], type: Intl.DateTimeFormatPartTypes): string {
  return parts.find((candidate) => candidate.type === type)?.value ?? '';
}

/** Time of day, "14:05", or with `seconds` "14:05:09". `timeZone` is an IANA name. */
export function wallClock(atMs: number, timeZone: string, seconds = false): string {
  const parts = formatter(timeZone, 'clock', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).formatToParts(
    atMs,
  );
  const minutes = `${part(parts, 'hour')}:${part(parts, 'minute')}`;
  return seconds ? `${minutes}:${part(parts, 'second')}` : minutes;
}

/** Calendar day, "2026-11-22". */
export function wallDate(atMs: number, timeZone: string): string {
  const parts = formatter(timeZone, 'date', { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(atMs);
  return `${part(parts, 'year').padStart(4, '0')}-${part(parts, 'month')}-${part(parts, 'day')}`;
}

/** What people there call the zone at that moment: "UTC", "GMT+1", "EST". */
export function zoneName(atMs: number, timeZone: string): string {
  return part(formatter(timeZone, 'zone', { timeZoneName: 'short' }).formatToParts(atMs), 'timeZoneName');
}

/** RFC 3339 in UTC to the millisecond, "2026-11-22T14:05:09.000Z". */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
