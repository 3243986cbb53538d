import { canonicalJson } from '../kit/canonical-json.ts';
import type { Entry } from './entry.ts';
import { isEntry } from './entry-shape.ts';

/** Far more than the largest payload; a line that never ends must not fill the memory. */
const LINE_CHARS_MAX = 4_000_000;
const FIELDS = 14;

export type ReadLine = { readonly ok: true; readonly entry: Entry } | { readonly ok: false; readonly problem: ExportProblem };
/** `line` is 1 for the first. */
export interface ExportProblem {
  readonly line: number;
  readonly explanation: string;
}

/** An entry as one line of an export, without the newline: canonical JSON (RFC 8785), so that equal entries are equal bytes. */
export function exportLine(entry: Entry): string {
  return canonicalJson(entry);
}

/**
 * Reads one line of an export. Takes nothing but the exact text `exportLine` writes: a name given twice or a number
 * spelled in two ways means different things to different programs, and an audit must have one meaning.
 */
export function readExportLine(text: string, line: number): ReadLine {
  const problem = (explanation: string): ReadLine => ({ ok: false, problem: { line, explanation } });
  if (text.length > LINE_CHARS_MAX) return problem('The line is too long for an entry.');
  const value = parseJson(text);
  if (value === undefined) return problem('The line is not JSON.');
  if (!isEntry(value) || Object.keys(value).length !== FIELDS) return problem('The line does not have exactly the fields of an entry.');
  if (exportLine(value) !== text) return problem('The line is not canonical JSON (RFC 8785).');
  return { ok: true, entry: value };
}

export interface ExportReader {
  /** Takes the next piece of the text, wherever it was cut; answers the lines that became whole. */
  push(text: string): readonly ReadLine[];
  /** The text has ended. A last line without a newline counts as cut off. */
  finish(): readonly ReadLine[];
}

/**
 * Reads an export piece by piece, so that a large one streams through. It divides at newlines only: Node's `readline`
 * also divides at U+2028, which canonical JSON leaves as it is inside text.
 */
export function exportReader(): ExportReader {
  let rest = '';
  let line = 0;
  return {
    push(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      // A line already too long is read now, and answered as such, instead of growing on.
      if (rest.length > LINE_CHARS_MAX) {
        lines.push(rest);
        rest = '';
      }
      return lines.map((one) => {
        line += 1;
        return readExportLine(one, line);
      });
    },
    finish() {
      if (rest === '') return [];
      return [{ ok: false, problem: { line: line + 1, explanation: 'The last line is cut off: it has no newline.' } }];
    },
  };
}

/** Reads a whole export at hand, up to the first line that is none. */
export function readExport(text: string): { readonly entries: readonly Entry[]; readonly problem: ExportProblem | null } {
  const reader = exportReader();
  const entries: Entry[] = [];
  for (const read of [...reader.push(text), ...reader.finish()]) {
    if (!read.ok) return { entries, problem: read.problem };
    entries.push(read.entry);
  }
  return { entries, problem: null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is told to the reader with its line, not thrown at him.
    return undefined;
  }
}
