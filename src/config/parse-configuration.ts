import type { z } from 'zod';
import type { Catalog } from '../domain/catalog.ts';
import type { Runbook } from '../domain/runbooks/runbook.ts';
import { crossCheck, type OutsideNames } from './cross-check.ts';
import { type Complaint, type Path, type Position, type Problem, sayPath, sortProblems } from './problem.ts';
import { readYaml, type YamlSource } from './read-yaml.ts';
import { AllclearFile, catalogOf } from './schema.ts';
import { sentenceFor } from './sentence.ts';

/** Where something of the catalog is written: so that what is found wrong later still has its line. */
export type Locate = (path: Path, atKey?: boolean) => Position;
export type ParsedConfiguration =
  | { readonly ok: true; readonly catalog: Catalog; readonly locate: Locate }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads the text of `allclear.yaml` into a catalog, or tells everything that is wrong with it, in reading order, each
 * with its line and column. Never throws, whatever the text.
 */
export function parseConfiguration(text: string, file: string, runbooks: readonly Runbook[], outside: OutsideNames): ParsedConfiguration {
  const source = readYaml(text, file);
  if (source.value === null) return { ok: false, problems: unreadable(source) };
  const read = AllclearFile.safeParse(source.value, { error: sentenceFor });
  const complaints = [...(read.error?.issues ?? []).flatMap(complaintsOf), ...crossCheck(source.value, outside)];
  const reported = new Set(source.problems.map(({ path }) => path));
  const problems = [
    ...source.problems,
    ...complaints.map((complaint) => place(complaint, source)).filter(({ path }) => !reported.has(path)),
  ];
  if (read.success && problems.length === 0) return { ok: true, catalog: catalogOf(read.data, runbooks), locate: source.locate };
  return { ok: false, problems: sortProblems(problems) };
}

function unreadable({ file, problems }: YamlSource): readonly Problem[] {
  if (problems.length > 0) return sortProblems(problems);
  return [{ file, line: 1, column: 1, path: '', sentence: 'The file is empty. Write at least `organization` and `people`.' }];
}

function complaintsOf(issue: z.core.$ZodIssue): readonly Complaint[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const sentences = issue.message.split('\n');
    return issue.keys.map((key, index) => ({ path: [...path, key], sentence: sentences[index] ?? issue.message, atKey: true }));
  }
  return [{ path, sentence: issue.message, atKey: issue.code === 'invalid_key' }];
}

function place({ path, sentence, atKey }: Complaint, { file, locate }: YamlSource): Problem {
  return { file, ...locate(path, atKey), path: sayPath(path), sentence };
}
