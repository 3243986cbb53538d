import type { z } from 'zod';
import { SECOND_MS, sayDuration } from '../../kit/duration.ts';
import { TITLE_CHARS_MAX } from '../limits.ts';
import { PROBLEMS_MAX, RUNBOOK_CHARS_MAX, SLUG_CHARS_MAX, STEPS_MAX } from './limits.ts';
import { type Fragment, type Section, type Sheet, slugOf, splitMarkdown } from './markdown.ts';
import { type RunbookProblem, sortProblems } from './problem.ts';
import { type Reference, unmetReferences } from './references.ts';
import type { Checkpoint, Runbook, RunbookStep, StepDoes } from './runbook.ts';
import { sentenceFor } from './sentence.ts';
import { FrontMatter, StepBlock } from './shape.ts';
import { type Path, type Place, readYamlBlock, type YamlBlock } from './yaml-block.ts';

export type ParsedRunbook =
  | { readonly ok: true; readonly runbook: Runbook }
  /** In reading order, at most 50. */
  | { readonly ok: false; readonly problems: readonly RunbookProblem[] };

type Complain = (place: Place, path: string, sentence: string) => void;
/** A step as far as it could be read: even a broken one has an id others may refer to. */
interface ReadStep {
  readonly id: string;
  readonly line: number;
  readonly step: RunbookStep | null;
  readonly references: readonly Reference[];
}

/**
 * Reads the Markdown of a runbook, or tells everything that is wrong with it, each with line and column. Never throws,
 * whatever the text. `file` is only named in the problems and kept in the runbook.
 */
export function parseRunbook(text: string, file: string): ParsedRunbook {
  const problems: RunbookProblem[] = [];
  const complain: Complain = (place, path, sentence) => {
    for (const line of sentence.split('\n')) problems.push({ file, line: place.line, column: place.column, path, sentence: line });
  };
  const runbook = text.length > RUNBOOK_CHARS_MAX ? tooLong(complain) : read(text, file, complain);
  if (runbook !== null && problems.length === 0) return { ok: true, runbook };
  return { ok: false, problems: sortProblems(problems).slice(0, PROBLEMS_MAX) };
}

function tooLong(complain: Complain): null {
  complain(
    { line: 1, column: 1 },
    '',
    `The runbook is longer than ${RUNBOOK_CHARS_MAX / 1024} KB; nobody follows that at night. Make it two.`,
  );
  return null;
}

function read(text: string, file: string, complain: Complain): Runbook | null {
  const sheet = splitMarkdown(text);
  for (const { line, sentence } of sheet.complaints) complain({ line, column: 1 }, '', sentence);
  const front = readFrontMatter(sheet, complain);
  const steps = sheet.sections.slice(0, STEPS_MAX).map((section) => readStep(section, complain));
  if (sheet.sections.length === 0) complain({ line: 1, column: 1 }, 'steps', 'There is no step here; give every step a heading `## …`.');
  const beyond = sheet.sections[STEPS_MAX];
  if (beyond !== undefined) complain({ line: beyond.line, column: 1 }, 'steps', `More than ${STEPS_MAX} steps; make it two runbooks.`);
  complainOfRepeats(steps, complain);
  const references = [...(front?.references ?? []), ...steps.flatMap((step) => step.references)];
  for (const { place, path, sentence } of unmetReferences(references, steps)) complain(place, path, sentence);
  if (front === null) return null;
  const { match, id, title, clock } = front.data;
  return {
    id,
    title,
    clockMs: clock,
    match: { severity: match?.severity ?? [], service: match?.service ?? [], alert: match?.alert ?? [] },
    checkpoints: front.checkpoints,
    steps: steps.flatMap(({ step }) => (step === null ? [] : [step])),
    file,
  };
}

interface ReadFrontMatter {
  readonly data: FrontMatter;
  readonly checkpoints: readonly Checkpoint[];
  readonly references: readonly Reference[];
}

function readFrontMatter(sheet: Sheet, complain: Complain): ReadFrontMatter | null {
  if (sheet.frontMatter === null) {
    const isUnclosed = sheet.complaints.some(({ line }) => line === 1);
    if (!isUnclosed)
      complain({ line: 1, column: 1 }, '', 'Begin the file with front matter: `---`, then `id:`, `title:` and `clock:`, then `---`.');
    return null;
  }
  const { block, data } = readBlock(sheet.frontMatter, FrontMatter, '', complain);
  if (data === null) return null;
  const written = data.checkpoints ?? [];
  for (const [index, { at }] of written.entries()) {
    const before = written[index - 1];
    const place = block.locate(['checkpoints', index, 'at']);
    if (before !== undefined && at <= before.at)
      complain(place, `checkpoints[${index}].at`, 'Checkpoints come in order of time, each later than the one before.');
    if (at > data.clock) complain(place, `checkpoints[${index}].at`, `This is after the end of the clock (${sayDuration(data.clock)}).`);
  }
  const checkpoints = written.map(({ at, ask, options }) => ({ id: checkpointId(at), afterMs: at, question: ask, options }));
  const references = written.flatMap(({ options }, index) =>
    goReferences(options, block, ['checkpoints', index], `checkpoints[${index}]`, null),
  );
  return { data, checkpoints, references };
}

/** `5m`, `1h5m`: as people type it in a command. */
function checkpointId(afterMs: number): string {
  const seconds = afterMs / SECOND_MS;
  const parts = { h: Math.floor(seconds / 3_600), m: Math.floor(seconds / 60) % 60, s: seconds % 60 };
  return Object.entries(parts)
    .map(([unit, count]) => (count === 0 ? '' : `${count}${unit}`))
    .join('');
}

function readStep(section: Section, complain: Complain): ReadStep {
  const heading: Place = { line: section.line, column: 1 };
  const slug = slugOf(section.title, SLUG_CHARS_MAX);
  if (section.title.length > TITLE_CHARS_MAX)
    complain(heading, `steps.${slug}`, `The heading is longer than ${TITLE_CHARS_MAX} characters; say the rest below it.`);
  const [fragment, second] = section.blocks;
  if (second !== undefined)
    complain({ line: second.line - 1, column: 1 }, `steps.${slug}`, 'This step has two step blocks; give the second a heading of its own.');
  const common = { title: section.title, prose: section.prose, line: section.line };
  if (fragment === undefined) {
    if (slug === '') complain(heading, 'steps', 'The heading needs a letter a–z or a digit, or the step a block with an `id`.');
    return { id: slug, line: section.line, step: { ...common, id: slug, ...MANUAL }, references: [] };
  }
  const { block, data } = readBlock(fragment, StepBlock, `steps.${slug}`, complain);
  const id = data?.id ?? slug;
  if (id === '') complain(heading, 'steps', 'The heading needs a letter a–z or a digit, or the block an `id`.');
  if (data === null) return { id: writtenId(block.value) ?? slug, line: section.line, step: null, references: [] };
  const step: RunbookStep = {
    ...common,
    id,
    budgetMs: data.budget ?? null,
    retries: data.do === 'http' ? (data.retries ?? 0) : 0,
    when: data.when ?? null,
    approve: data.approve ?? (data.do === 'approve' ? { role: null, count: 1 } : null),
    does: doesOf(data),
  };
  return { id, line: section.line, step, references: stepReferences(data, id, block) };
}

const MANUAL = { budgetMs: null, retries: 0, when: null, approve: null, does: { do: 'manual' } } as const;

function doesOf(data: StepBlock): StepDoes {
  switch (data.do) {
    case 'choose':
      return { do: 'choose', options: data.options };
    case 'wait-for':
      return { do: 'wait-for', url: data.url, status: data.status, everyMs: data.every, timeoutMs: data.timeout };
    case 'http': {
      const { method, url, timeout } = data;
      return {
        do: 'http',
        method,
        url,
        headers: data.headers ?? {},
        body: data.body ?? null,
        expectStatus: data.expect ?? [],
        timeoutMs: timeout,
      };
    }
    case 'switch':
      return { do: 'switch', switch: data.switch, to: data.to, reason: data.reason, ttlMs: data.for ?? null };
    case 'role':
      return { do: 'role', role: data.role };
    case 'update':
      return { do: 'update', text: data.text };
    default:
      return { do: data.do };
  }
}

function stepReferences(data: StepBlock, id: string, block: YamlBlock): readonly Reference[] {
  const path = `steps.${id}`;
  const goes = data.do === 'choose' ? goReferences(data.options, block, [], path, id) : [];
  if (data.when === undefined) return goes;
  const { step, chose } = data.when;
  return [...goes, { kind: 'condition', from: id, step, chose, place: block.locate(['when']), path: `${path}.when` }];
}

function goReferences(
  options: readonly { go: string | null }[],
  block: YamlBlock,
  at: Path,
  path: string,
  from: string | null,
): Reference[] {
  return options.flatMap(({ go }, index): Reference[] => {
    if (go === null) return [];
    return [{ kind: 'jump', from, step: go, place: block.locate([...at, 'options', index, 'go']), path: `${path}.options[${index}].go` }];
  });
}

/** The id of a block that is otherwise broken, so that references to it are no second mistake. */
function writtenId(value: unknown): string | null {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' ? value.id : null;
}

function complainOfRepeats(steps: readonly ReadStep[], complain: Complain): void {
  const seen = new Map<string, number>();
  for (const { id, line } of steps) {
    const before = seen.get(id);
    if (before === undefined) seen.set(id, line);
    else if (id !== '')
      complain(
        { line, column: 1 },
        `steps.${id}`,
        `The step in line ${before} has the id \`${id}\` already; change this heading, or give it an \`id\`.`,
      );
  }
}

function readBlock<T extends z.ZodType>(
  fragment: Fragment,
  shape: T,
  path: string,
  complain: Complain,
): { block: YamlBlock; data: z.infer<T> | null } {
  const block = readYamlBlock(fragment);
  for (const { sentence, ...place } of block.complaints) complain(place, path, sentence);
  if (block.complaints.length > 0) return { block, data: null };
  const read = shape.safeParse(block.value, { error: sentenceFor });
  if (read.success) return { block, data: read.data };
  for (const issue of read.error.issues) complainOfIssue(issue, block, path, complain);
  return { block, data: null };
}

function complainOfIssue(issue: z.core.$ZodIssue, block: YamlBlock, path: string, complain: Complain): void {
  const at = issue.path.filter((part) => typeof part !== 'symbol');
  const said = (parts: Path): string => sayPath(path, parts);
  if (issue.code !== 'unrecognized_keys') {
    complain(block.locate(at), said(at), issue.message);
    return;
  }
  const sentences = issue.message.split('\n');
  for (const [index, key] of issue.keys.entries())
    complain(block.locate([...at, key], true), said([...at, key]), sentences[index] ?? issue.message);
}

function sayPath(path: string, parts: Path): string {
  return parts.reduce<string>((said, part) => {
    if (typeof part === 'number') return `${said}[${part}]`;
    return said === '' ? part : `${said}.${part}`;
  }, path);
}
