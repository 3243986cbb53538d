/** A figure beside its floor, both from the same run. */
export interface Figure {
  readonly what: string;
  readonly ours: number;
  readonly floor: number | null;
  readonly unit: string;
  /** What the ratio of ours to the floor should be, or the figure itself where there is no floor. */
  readonly aim: string;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Milliseconds of each of `count` runs, one after another. */
export async function timeEach(count: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
  const tookMs: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const from = performance.now();
    await work(index);
    tookMs.push(performance.now() - from);
  }
  return tookMs;
}

/** Runs per second of `count` runs, `atOnce` of them at a time. */
export async function rate(count: number, atOnce: number, work: (index: number) => Promise<unknown> | unknown): Promise<number> {
  let next = 0;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) await work(next++);
    }),
  );
  return (count / (performance.now() - from)) * 1_000;
}

export function printFigure({ what, ours, floor, unit, aim }: Figure): void {
  const say = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2));
  const ratio = floor === null ? '' : `  ${(ours / floor).toFixed(2)}×`;
  console.log(
    `${what.padEnd(46)} ${say(ours).padStart(9)} ${unit.padEnd(8)} floor ${(floor === null ? '–' : say(floor)).padStart(9)}${ratio.padEnd(9)} aim: ${aim}`,
  );
}
