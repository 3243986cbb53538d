/** A piece of another language inside the Markdown, and where it begins. */
export interface Fragment {
  readonly text: string;
  /** Line of the file its first line is, from 1. */
  readonly line: number;
  /** Spaces that were taken from the front of its lines. */
  readonly indent: number;
}
/** What one `##` heading covers. */
export interface Section {
  readonly title: string;
  readonly line: number;
  /** Markdown for people: everything but the step blocks. */
  readonly prose: string;
  readonly blocks: readonly Fragment[];
}
export interface Sheet {
  readonly frontMatter: Fragment | null;
  readonly sections: readonly Section[];
  readonly complaints: readonly { readonly line: number; readonly sentence: string }[];
}

interface Fence {
  readonly mark: string;
  readonly length: number;
  readonly indent: number;
  readonly line: number;
  /** Lines of a step block; null for any other fence, whose lines are prose. */
  readonly block: string[] | null;
}
interface OpenSection {
  readonly title: string;
  readonly line: number;
  readonly prose: string[];
  readonly blocks: Fragment[];
}
interface Cursor {
  readonly sections: OpenSection[];
  readonly complaints: { line: number; sentence: string }[];
  fence: Fence | null;
  comment: boolean;
}

/**
 * Splits a runbook at its `##` headings, as CommonMark 0.31 sees them: a `##` inside a code fence (4.5) or an HTML
 * comment (4.6) is no heading. What is before the first heading is an introduction and left out. Linear in the text.
 */
export function splitMarkdown(text: string): Sheet {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n?|\n/);
  const front = splitFrontMatter(lines);
  const cursor: Cursor = { sections: [], complaints: [...front.complaints], fence: null, comment: false };
  for (const [index, line] of lines.slice(front.linesUsed).entries()) readLine(cursor, line, front.linesUsed + index + 1);
  if (cursor.fence !== null) {
    const { mark, length, line } = cursor.fence;
    cursor.complaints.push({
      line,
      sentence: `This code block is never closed; add a line of ${length} ${mark === '~' ? 'tildes' : 'backticks'} after it.`,
    });
  }
  const sections = cursor.sections.map(({ title, line, prose, blocks }) => ({ title, line, prose: joinProse(prose), blocks }));
  return { frontMatter: front.fragment, sections, complaints: cursor.complaints };
}

function splitFrontMatter(lines: readonly string[]): Pick<Sheet, 'complaints'> & { fragment: Fragment | null; linesUsed: number } {
  if (lines[0]?.trimEnd() !== '---') return { fragment: null, linesUsed: 0, complaints: [] };
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  if (end === -1)
    return {
      fragment: null,
      linesUsed: 0,
      complaints: [{ line: 1, sentence: 'The front matter is never closed; end it with a line `---`.' }],
    };
  return { fragment: { text: lines.slice(1, end).join('\n'), line: 2, indent: 0 }, linesUsed: end + 1, complaints: [] };
}

function readLine(cursor: Cursor, line: string, number: number): void {
  const title = cursor.fence === null && !cursor.comment ? headingOf(line) : null;
  if (cursor.fence !== null) {
    readFenced(cursor, cursor.fence, line);
  } else if (cursor.comment || /^ {0,3}<!--/.test(line)) {
    cursor.comment = !line.includes('-->');
    keepProse(cursor, line);
  } else if (title !== null) {
    cursor.sections.push({ title, line: number, prose: [], blocks: [] });
  } else {
    cursor.fence = openFence(cursor, line, number);
    if (cursor.fence === null || cursor.fence.block === null) keepProse(cursor, line);
  }
}

function readFenced(cursor: Cursor, fence: Fence, line: string): void {
  const closes = isClosing(fence, line);
  if (closes) cursor.fence = null;
  if (fence.block === null) keepProse(cursor, line);
  else if (!closes) fence.block.push(stripIndent(line, fence.indent));
  else cursor.sections.at(-1)?.blocks.push({ text: fence.block.join('\n'), line: fence.line + 1, indent: fence.indent });
}

function keepProse(cursor: Cursor, line: string): void {
  cursor.sections.at(-1)?.prose.push(line);
}

function openFence(cursor: Cursor, line: string, number: number): Fence | null {
  const begin = /^( {0,3})(`{3,}|~{3,})/.exec(line);
  if (begin === null) return null;
  const [opening, spaces = '', marks = ''] = begin;
  const info = line.slice(opening.length).trim();
  // A backtick after the backticks makes it inline code (CommonMark 4.5).
  if (marks.startsWith('`') && info.includes('`')) return null;
  const language = info.split(/[ \t]/, 1)[0] ?? '';
  const isStep = language === 'step';
  if (isStep && cursor.sections.length === 0) {
    cursor.complaints.push({ line: number, sentence: 'This step block stands before the first `##` heading; give it a heading.' });
  } else if (!isStep && /^steps?$/i.test(language)) {
    cursor.complaints.push({
      line: number,
      sentence: `Name the block \`step\`: as \`${language}\` it is only shown, never run.`,
    });
  }
  return { mark: marks.charAt(0), length: marks.length, indent: spaces.length, line: number, block: isStep ? [] : null };
}

function isClosing(fence: Fence, line: string): boolean {
  const indent = line.length - line.trimStart().length;
  const rest = line.trim();
  return indent <= 3 && rest.length >= fence.length && rest === fence.mark.repeat(rest.length);
}

/** The text of a `##` heading, or null. Written without backtracking patterns, because the line may be of any length. */
function headingOf(line: string): string | null {
  const begin = /^ {0,3}##(?=[ \t]|$)/.exec(line);
  if (begin === null) return null;
  const text = line.slice(begin[0].length).trim();
  let end = text.length;
  while (end > 0 && text[end - 1] === '#') end -= 1;
  // Closing hashes count only after a space: `## C#` keeps its own.
  const closes = end < text.length && (end === 0 || text[end - 1] === ' ' || text[end - 1] === '\t');
  return closes ? text.slice(0, end).trim() : text;
}

function stripIndent(line: string, indent: number): string {
  let spaces = 0;
  while (spaces < indent && line[spaces] === ' ') spaces += 1;
  return line.slice(spaces);
}

function joinProse(lines: readonly string[]): string {
  const first = lines.findIndex((line) => line.trim() !== '');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return first === -1
    ? ''
    : lines
        .slice(first, last + 1)
        .join('\n')
        .trimEnd();
}

/** The id a heading gives its step: `Roll back (fast!)` → `roll-back-fast`. Empty when no letter or digit a–z is left. */
export function slugOf(title: string, charsMax: number): string {
  const words = title
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return (words ?? []).join('-').slice(0, charsMax).replace(/-$/, '');
}
