import { readFileSync } from 'node:fs';
import type { OutsideNames } from '../../src/config/cross-check.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { type Problem, sayProblem } from '../../src/config/problem.ts';
import type { Catalog } from '../../src/domain/catalog.ts';

/** The example that ships with Allclear. */
export const EXAMPLE = readFileSync('allclear.yaml', 'utf8');

export const OUTSIDE: OutsideNames = {
  runbooks: new Set(['recover-in-15']),
  pagers: new Set(['chat', 'email', 'webhook']),
  platforms: new Set(['console', 'slack', 'discord']),
  sources: new Set(['alertmanager']),
};

export function problemsIn(text: string): readonly Problem[] {
  const read = parseConfiguration(text, 'allclear.yaml', [], OUTSIDE);
  return read.ok ? [] : read.problems;
}

/** `line:column path: sentence`, without the file. */
export function said(problems: readonly Problem[]): readonly string[] {
  return problems.map((problem) => sayProblem(problem).slice('allclear.yaml:'.length));
}

export function catalogIn(text: string): Catalog {
  const read = parseConfiguration(text, 'allclear.yaml', [], OUTSIDE);
  if (!read.ok) throw new Error(read.problems.map(sayProblem).join('\n'));
  return read.catalog;
}

/** The example with one place changed; fails when the place is not there, or not alone. */
export function exampleWith(before: string, after: string): string {
  if (EXAMPLE.split(before).length !== 2) throw new Error(`"${before}" must stand in the example exactly once.`);
  return EXAMPLE.replace(before, () => after);
}

/** Line and column, counted from 1, of a text that stands in another exactly once; `within` narrows the search to where it begins. */
export function placeOf(text: string, wanted: string, within = wanted): string {
  const start = text.indexOf(within);
  if (start < 0 || text.indexOf(within, start + 1) >= 0) throw new Error(`"${within}" must stand in the text exactly once.`);
  const before = text.slice(0, text.indexOf(wanted, start)).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}
