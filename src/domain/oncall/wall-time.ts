import { Temporal } from 'temporal-polyfill';

/**
 * The instant, in milliseconds since 1970, at which the clocks of `timeZone` first read `wall` or later. This one
 * sentence is the whole rule for daylight saving time, and every boundary of a schedule goes through it:
 *
 * - A wall time that comes twice (clocks set back) means its first occurrence.
 * - A wall time that never comes (clocks set forward) means the instant right after the gap, not an hour later as
 *   RFC 5545 and Temporal's `compatible` would have it.
 * - Order is kept: a later wall time never comes true earlier. So spans that touch on the clock face touch in real time,
 *   and no night with a time change leaves a minute to nobody or to two people.
 *
 * The same rule as GoAlert's for handovers: https://github.com/target/goalert/pull/1252.
 */
export function instantOf(wall: Temporal.PlainDateTime, timeZone: string): number {
  const earlier = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(wall)) return earlier.epochMilliseconds;
  const gapEnd = earlier.getTimeZoneTransition('next');
  if (gapEnd === null) throw new Error('A wall time is skipped, yet its zone has no transition after it');
  return gapEnd.epochMilliseconds;
}

/** What the clocks of `timeZone` read at an instant. */
export function wallTimeAt(atMs: number, timeZone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDateTime();
}
