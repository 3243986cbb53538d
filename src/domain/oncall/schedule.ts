import { HOUR_MS } from '../../kit/duration.ts';
import type { Schedule } from '../catalog.ts';
import { layerHolder, layerTurns } from './layer.ts';
import type { Override } from './override.ts';
import { type Span, within, without } from './span.ts';

/**
 * Who is on call, computed from a schedule of the catalog and the overrides of its stream. Pure arithmetic: the answers
 * depend on nothing but the arguments and the zone's rules, never on the zone of the machine. All instants are
 * milliseconds since 1970; how wall times become instants in nights with a time change is told at `instantOf`.
 */

/** Why somebody is on call: by a layer of the schedule, or by an override. */
export type ShiftSource = { readonly kind: 'layer'; readonly layer: string } | { readonly kind: 'override'; readonly override: string };
export interface Shift extends Span {
  readonly person: string;
  readonly source: ShiftSource;
}
/** The moment on-call passes from one person to another; null is nobody. */
export interface Handover {
  readonly at: number;
  readonly from: string | null;
  readonly to: string | null;
}

/** Whoever does not change within this is as good as permanent. A bound on work, not a calendar year: hours are exact. */
const HANDOVER_SEARCH_MS = 400 * 24 * HOUR_MS;
/** Most rotations hand over within a fortnight, so look there before looking far. */
const HANDOVER_FIRST_LOOK_MS = 15 * 24 * HOUR_MS;

/**
 * The people on call at an instant: one, or nobody. Later layers win where they apply, overrides win over layers, and a
 * later override (they come in the order they were made) over an earlier one.
 */
export function onCallAt(schedule: Schedule, overrides: readonly Override[], atMs: number): readonly string[] {
  let holder: string | null = null;
  for (const layer of schedule.layers.toReversed()) {
    holder = layerHolder(layer, schedule.timeZone, atMs);
    if (holder !== null) break;
  }
  for (const override of overrides) {
    if (atMs < override.from || atMs >= override.until) continue;
    if (override.replaces === null || override.replaces === holder) holder = override.person;
  }
  return holder === null ? [] : [holder];
}

/**
 * Everybody's time on call from `fromMs` until `untilMs`, cut to that window, in order, free of overlaps. Between two
 * shifts that do not touch nobody is on call. Turns of one person that follow each other are one shift.
 */
export function shifts(schedule: Schedule, overrides: readonly Override[], fromMs: number, untilMs: number): readonly Shift[] {
  let held: readonly Shift[] = [];
  for (const layer of schedule.layers) {
    const source: ShiftSource = { kind: 'layer', layer: layer.name };
    held = covered(
      held,
      layerTurns(layer, schedule.timeZone, fromMs, untilMs).map((turn) => ({ ...turn, source })),
    );
  }
  for (const override of overrides) {
    const span: Span = { from: Math.max(override.from, fromMs), until: Math.min(override.until, untilMs) };
    if (span.from >= span.until) continue;
    const { person, replaces } = override;
    const taken =
      replaces === null
        ? [span]
        : within(
            held.filter((shift) => shift.person === replaces),
            [span],
          );
    const source: ShiftSource = { kind: 'override', override: override.id };
    held = covered(
      held,
      taken.map(({ from, until }) => ({ from, until, person, source })),
    );
  }
  return joined(held);
}

/** When nobody is on call from `fromMs` until `untilMs`, cut to that window, in order. */
export function gaps(schedule: Schedule, overrides: readonly Override[], fromMs: number, untilMs: number): readonly Span[] {
  return without([{ from: fromMs, until: untilMs }], shifts(schedule, overrides, fromMs, untilMs));
}

/** The first moment after `atMs` at which somebody else, or nobody, is on call; null when there is none for 400 days. */
export function nextHandover(schedule: Schedule, overrides: readonly Override[], atMs: number): Handover | null {
  const holder = onCallAt(schedule, overrides, atMs)[0] ?? null;
  for (const lookMs of [HANDOVER_FIRST_LOOK_MS, HANDOVER_SEARCH_MS]) {
    const untilMs = atMs + lookMs;
    const change = firstChange(shifts(schedule, overrides, atMs, untilMs), holder, atMs, untilMs);
    if (change !== null) return change;
  }
  return null;
}

function firstChange(ahead: readonly Shift[], holder: string | null, atMs: number, untilMs: number): Handover | null {
  let at = atMs;
  for (const shift of ahead) {
    if (shift.from > at && holder !== null) break;
    if (shift.person !== holder) return { at: shift.from, from: holder, to: shift.person };
    at = shift.until;
  }
  return holder === null || at >= untilMs ? null : { at, from: holder, to: null };
}

/** `held` with `top` laid over it. */
function covered(held: readonly Shift[], top: readonly Shift[]): readonly Shift[] {
  if (held.length === 0) return top;
  return [...without(held, top), ...top].sort((a, b) => a.from - b.from);
}

function joined(held: readonly Shift[]): readonly Shift[] {
  const whole: Shift[] = [];
  for (const shift of held) {
    const last = whole.at(-1);
    if (last !== undefined && last.until === shift.from && last.person === shift.person && isSameSource(last.source, shift.source)) {
      whole[whole.length - 1] = { ...last, until: shift.until };
    } else whole.push(shift);
  }
  return whole;
}

function isSameSource(a: ShiftSource, b: ShiftSource): boolean {
  if (a.kind === 'layer') return b.kind === 'layer' && a.layer === b.layer;
  return b.kind === 'override' && a.override === b.override;
}
