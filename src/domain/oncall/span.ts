/** A stretch of time, in milliseconds since 1970: `from` belongs to it, `until` does not. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** The parts of `pieces` that no hole covers. Both sorted and free of overlaps, as is the answer. */
export function without<T extends Span>(pieces: readonly T[], holes: readonly Span[]): T[] {
  const left: T[] = [];
  let next = 0;
  for (const piece of pieces) {
    next = skipEnded(holes, next, piece.from);
    let from = piece.from;
    for (let index = next; from < piece.until; index += 1) {
      const hole = holes[index];
      if (hole === undefined || hole.from >= piece.until) {
        left.push({ ...piece, from });
        break;
      }
      if (hole.from > from) left.push({ ...piece, from, until: hole.from });
      from = hole.until;
    }
  }
  return left;
}

/** The parts of `pieces` that lie within `spans`. Both sorted and free of overlaps, as is the answer. */
export function within<T extends Span>(pieces: readonly T[], spans: readonly Span[]): T[] {
  const kept: T[] = [];
  let next = 0;
  for (const piece of pieces) {
    next = skipEnded(spans, next, piece.from);
    for (let index = next; ; index += 1) {
      const span = spans[index];
      if (span === undefined || span.from >= piece.until) break;
      kept.push({ ...piece, from: Math.max(piece.from, span.from), until: Math.min(piece.until, span.until) });
    }
  }
  return kept;
}

/** Sorted, with neighbours that touch or overlap made one. */
export function merged(spans: readonly Span[]): Span[] {
  const whole: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = whole.at(-1);
    if (last !== undefined && span.from <= last.until)
      whole[whole.length - 1] = { from: last.from, until: Math.max(last.until, span.until) };
    else whole.push({ from: span.from, until: span.until });
  }
  return whole;
}

function skipEnded(spans: readonly Span[], start: number, from: number): number {
  let index = start;
  for (let span = spans[index]; span !== undefined && span.until <= from; span = spans[index]) index += 1;
  return index;
}
