import { Temporal } from 'temporal-polyfill';
import type { ScheduleLayer, ScheduleRestriction } from '../catalog.ts';
import { merged, type Span, within } from './span.ts';
import { instantOf, wallTimeAt } from './wall-time.ts';

/** One person's uninterrupted time on call in one layer. */
export interface Turn extends Span {
  readonly person: string;
}

/**
 * Who a layer puts on call at an instant, or null where it does not apply. The rotation goes on turning during hours the
 * restrictions leave out: a person's week is his week, whatever part of it is worked.
 */
export function layerHolder(layer: ScheduleLayer, timeZone: string, atMs: number): string | null {
  if (!isBetween(atMs, lifeOf(layer, timeZone))) return null;
  if (layer.restrictions.length > 0 && !restrictionSpans(layer, timeZone, atMs, atMs + 1).some((span) => isBetween(atMs, span)))
    return null;
  return holderOf(layer, turnIndexAt(layer, timeZone, atMs));
}

/** The turns of a layer from `fromMs` until `untilMs`, cut to that window, in order, free of overlaps. */
export function layerTurns(layer: ScheduleLayer, timeZone: string, fromMs: number, untilMs: number): Turn[] {
  const life = lifeOf(layer, timeZone);
  const from = Math.max(fromMs, life.from);
  const until = Math.min(untilMs, life.until);
  const turns: Turn[] = [];
  if (from >= until || layer.people.length === 0) return turns;
  let start = from;
  for (let index = turnIndexAt(layer, timeZone, from); start < until; index += 1) {
    const end = Math.min(handoverAt(layer, timeZone, index + 1), until);
    const person = holderOf(layer, index);
    const last = turns.at(-1);
    if (person !== null && last?.person === person) turns[turns.length - 1] = { ...last, until: end };
    else if (person !== null && end > start) turns.push({ person, from: start, until: end });
    start = end;
  }
  return layer.restrictions.length === 0 ? turns : within(turns, restrictionSpans(layer, timeZone, from, until));
}

function lifeOf(layer: ScheduleLayer, timeZone: string): Span {
  return {
    from: handoverAt(layer, timeZone, 0),
    until: layer.until === null ? Number.POSITIVE_INFINITY : instantOf(Temporal.PlainDateTime.from(layer.until), timeZone),
  };
}

function holderOf(layer: ScheduleLayer, index: number): string | null {
  return layer.people[index % layer.people.length] ?? null;
}

/**
 * When turn `index` begins. Counted on the clock face from the layer's start, also for hours: a turn of twelve hours
 * begins at 09:00 and 21:00 all year, and the one in the night of a time change has eleven or thirteen.
 */
function handoverAt(layer: ScheduleLayer, timeZone: string, index: number): number {
  const { every, unit } = layer.rotation;
  return instantOf(Temporal.PlainDateTime.from(layer.start).add({ [unit]: index * every }), timeZone);
}

/** Which turn an instant at or after the layer's start falls into. */
function turnIndexAt(layer: ScheduleLayer, timeZone: string, atMs: number): number {
  const { every, unit } = layer.rotation;
  const elapsed = Temporal.PlainDateTime.from(layer.start).until(wallTimeAt(atMs, timeZone), { largestUnit: unit });
  let index = Math.max(0, Math.floor(elapsed[unit] / every));
  // While the clock repeats an hour it reads less than it already has: the handover it repeats has been.
  while (handoverAt(layer, timeZone, index + 1) <= atMs) index += 1;
  return index;
}

function restrictionSpans(layer: ScheduleLayer, timeZone: string, fromMs: number, untilMs: number): Span[] {
  const spans: Span[] = [];
  // A span may have begun the day before; and a clock set back over midnight has already read times of the day after.
  const lastDate = wallTimeAt(untilMs, timeZone).toPlainDate().add({ days: 1 });
  let date = wallTimeAt(fromMs, timeZone).toPlainDate().subtract({ days: 1 });
  for (; Temporal.PlainDate.compare(date, lastDate) <= 0; date = date.add({ days: 1 })) {
    for (const restriction of layer.restrictions) {
      if (restriction.days.length > 0 && !restriction.days.includes(date.dayOfWeek)) continue;
      const span = spanOn(date, restriction, timeZone);
      if (span.until > span.from) spans.push(span);
    }
  }
  return merged(spans);
}

function spanOn(date: Temporal.PlainDate, restriction: ScheduleRestriction, timeZone: string): Span {
  const from = Temporal.PlainTime.from(restriction.from);
  const to = Temporal.PlainTime.from(restriction.to);
  const endDate = Temporal.PlainTime.compare(to, from) <= 0 ? date.add({ days: 1 }) : date;
  return { from: instantOf(date.toPlainDateTime(from), timeZone), until: instantOf(endDate.toPlainDateTime(to), timeZone) };
}

function isBetween(atMs: number, span: Span): boolean {
  return span.from <= atMs && atMs < span.until;
}
