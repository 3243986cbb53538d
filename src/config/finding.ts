import type { Path, Problem } from './problem.ts';

/** Something `allclear check` found. An error fails it; a warning may be meant so. */
export interface Finding extends Problem {
  readonly level: 'error' | 'warning';
}
/** A finding whose place in the file is not yet looked up. */
export interface FindingAt {
  readonly level: Finding['level'];
  readonly path: Path;
  readonly sentence: string;
}

export function errorAt(path: Path, sentence: string): FindingAt {
  return { level: 'error', path, sentence };
}
export function warningAt(path: Path, sentence: string): FindingAt {
  return { level: 'warning', path, sentence };
}
