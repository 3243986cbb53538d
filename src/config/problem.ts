/** Where in a file something is written, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}
/** Keys and list indexes from the top of a file to a value. */
export type Path = readonly (string | number)[];

/** One thing wrong in a configuration file, and what to do about it. */
export interface Problem extends Position {
  readonly file: string;
  /** `services.checkout.policy`; empty for the file as a whole. */
  readonly path: string;
  readonly sentence: string;
}
/** A problem whose place in the file is not yet looked up. `atKey` points at the key instead of its value. */
export interface Complaint {
  readonly path: Path;
  readonly sentence: string;
  readonly atKey?: boolean;
}

/** Writes a path as people do: `schedules.payments.layers[0].people[2]`. */
export function sayPath(path: Path): string {
  return path.reduce<string>((said, part) => {
    if (typeof part === 'number') return `${said}[${part}]`;
    return said === '' ? part : `${said}.${part}`;
  }, '');
}

/** `file:line:column path: sentence`, the form editors and CI systems turn into links. */
export function sayProblem(problem: Problem): string {
  const path = problem.path === '' ? '' : ` ${problem.path}:`;
  return `${problem.file}:${problem.line}:${problem.column}${path} ${problem.sentence}`;
}

/** In reading order. */
export function sortProblems<P extends Problem>(problems: readonly P[]): readonly P[] {
  return [...problems].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
}
