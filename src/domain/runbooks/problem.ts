/** One thing wrong in a runbook, where, and what to do about it. Line and column are counted from 1. */
export interface RunbookProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `steps.verify.budget`; empty for the file as a whole. */
  readonly path: string;
  readonly sentence: string;
}

/** In reading order. */
export function sortProblems(problems: readonly RunbookProblem[]): readonly RunbookProblem[] {
  return [...problems].sort((a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column);
}

/** By code units: the same on every host. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
