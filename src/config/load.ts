import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Catalog } from '../domain/catalog.ts';
import { checkRunbooks } from '../domain/runbooks/check.ts';
import { RUNBOOK_CHARS_MAX } from '../domain/runbooks/limits.ts';
import { parseRunbook } from '../domain/runbooks/parse.ts';
import type { Runbook } from '../domain/runbooks/runbook.ts';
import type { OutsideNames } from './cross-check.ts';
import { type Locate, parseConfiguration } from './parse-configuration.ts';
import { type Problem, sortProblems } from './problem.ts';
import { readText } from './read-text.ts';
import { YAML_BYTES_MAX } from './read-yaml.ts';

/** Far above what one team can keep true. */
const RUNBOOKS_MAX = 500;
/** UTF-8 needs at most three bytes for each of the UTF-16 units the parser counts. */
const RUNBOOK_BYTES_MAX = 3 * RUNBOOK_CHARS_MAX;

/** What of the configuration is decided by the program: which pagers, chat platforms and alert sources it has. */
export interface BuiltIn {
  readonly pagers: readonly string[];
  readonly platforms: readonly string[];
  readonly sources: readonly string[];
}
export interface ConfigurationPlace {
  /** Path of `allclear.yaml`; the runbooks are the `*.md` files in `runbooks/` beside it. */
  readonly file: string;
  readonly builtIn: BuiltIn;
}
export type LoadedConfiguration =
  | {
      readonly ok: true;
      readonly catalog: Catalog;
      readonly file: string;
      /** Where something of `allclear.yaml` is written. */
      readonly locate: Locate;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads the configuration and its runbooks from disk and checks all of it: shapes, names, and what runbooks ask of
 * switches, roles, services and severities. Everything that is wrong comes back at once; never rejects.
 */
export async function loadConfiguration({ file, builtIn }: ConfigurationPlace): Promise<LoadedConfiguration> {
  const [read, { runbooks, names, problems }] = await Promise.all([
    readText(file, YAML_BYTES_MAX),
    readRunbooks(join(dirname(file), 'runbooks')),
  ]);
  if (!read.ok) return { ok: false, problems: [atTop(file, `${read.sentence} ALLCLEAR_CONFIG says which file is read.`), ...problems] };
  const parsed = parseConfiguration(read.text, file, runbooks, outsideNames(builtIn, names));
  if (!parsed.ok) return { ok: false, problems: [...parsed.problems, ...problems] };
  const all = sortProblems([...problems, ...checkRunbooks(runbooks, parsed.catalog)]);
  return all.length > 0 ? { ok: false, problems: all } : { ok: true, catalog: parsed.catalog, file, locate: parsed.locate };
}

function outsideNames({ pagers, platforms, sources }: BuiltIn, runbooks: ReadonlySet<string>): OutsideNames {
  return { runbooks, pagers: new Set(pagers), platforms: new Set(platforms), sources: new Set(sources) };
}

interface ReadRunbooks {
  readonly runbooks: readonly Runbook[];
  /** Ids of all, those of broken ones by their file name: a reference to them is no second mistake. */
  readonly names: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

async function readRunbooks(directory: string): Promise<ReadRunbooks> {
  const files = await markdownFiles(directory);
  const problems: Problem[] = [];
  const runbooks: Runbook[] = [];
  const names = new Set<string>();
  if (files.length > RUNBOOKS_MAX) problems.push(atTop(directory, `More than ${RUNBOOKS_MAX} runbooks; the rest is not read.`));
  for (const name of files.slice(0, RUNBOOKS_MAX)) {
    const file = join(directory, name);
    const read = await readText(file, RUNBOOK_BYTES_MAX);
    const parsed = read.ok ? parseRunbook(read.text, file) : { ok: false as const, problems: [atTop(file, read.sentence)] };
    if (parsed.ok) runbooks.push(parsed.runbook);
    else problems.push(...parsed.problems);
    names.add(parsed.ok ? parsed.runbook.id : name.slice(0, -'.md'.length));
  }
  return { runbooks, names, problems };
}

/** No directory is no runbooks. A README in it is for people, not for incidents. */
async function markdownFiles(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory);
    return entries.filter((name) => name.endsWith('.md') && name.toLowerCase() !== 'readme.md').sort();
  } catch {
    // Whatever keeps the directory from being listed: services that name a runbook will say that there is none.
    return [];
  }
}

function atTop(file: string, sentence: string): Problem {
  return { file, line: 1, column: 1, path: '', sentence };
}
