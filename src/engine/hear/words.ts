import type { Arg, Args } from '../../command.ts';
import { recognise, type Vocabulary } from './recognise.ts';
import { type Token, tokenize } from './tokens.ts';

/** Words read as arguments. `problem` is a sentence; `missing` are required arguments nobody gave. */
export interface ReadWords {
  readonly values: Readonly<Record<string, unknown>>;
  readonly missing: readonly string[];
  readonly problem: string | null;
}

/**
 * Reads the words after a command's name. Arguments that only one thing can be meant by (severities, `@people`, known
 * names, durations) are taken from either edge; `name:value` and a keyword (`for 30m`) work anywhere; the free text is
 * what is left, exactly as typed.
 */
export function readWords(args: Args, line: string, vocabulary: Vocabulary): ReadWords {
  const reading: Reading = { args, line, vocabulary, values: {}, tokens: [...tokenize(line)] };
  takeNamed(reading);
  takeKeywords(reading);
  takeEdge(reading, 'front');
  takeEdge(reading, 'back');
  takeText(reading);
  const { values, tokens } = reading;
  const missing = Object.entries(args).flatMap(([name, arg]) => (values[name] === undefined && arg.required ? [name] : []));
  const left = tokens[0];
  const problem = left === undefined ? null : problemWith(left, reading, missing);
  for (const [name, arg] of Object.entries(args)) if (values[name] === undefined && !arg.required) values[name] = null;
  return { values, missing, problem };
}

interface Reading {
  readonly args: Args;
  readonly line: string;
  readonly vocabulary: Vocabulary;
  readonly values: Record<string, unknown>;
  tokens: Token[];
}

function isFree(arg: Arg): boolean {
  return arg.widget === 'text' || arg.widget === 'title';
}

function open(reading: Reading): readonly (readonly [string, Arg])[] {
  return Object.entries(reading.args).filter(([name]) => reading.values[name] === undefined);
}

const NAMED = /^(?:--)?([a-z][a-z-]*)[:=](.+)$/i;

/** `severity:sev1`, `--service=checkout`. */
function takeNamed(reading: Reading): void {
  reading.tokens = reading.tokens.filter((token) => {
    const [, name = '', text = ''] = token.quoted ? [] : (NAMED.exec(token.text) ?? []);
    const arg = reading.args[name.toLowerCase()];
    if (arg === undefined || reading.values[name.toLowerCase()] !== undefined) return true;
    const value = recognise(arg, text.replace(/^"(.*)"$/, '$1'), reading.vocabulary);
    if (value === null) return true;
    reading.values[name.toLowerCase()] = value;
    return false;
  });
}

/** `for 30m`, `next 1h`, and `because …` to the end of the line. */
function takeKeywords(reading: Reading): void {
  for (const [name, arg] of open(reading)) {
    if (arg.keyword === null) continue;
    const at = reading.tokens.findIndex(({ text, quoted }) => !quoted && text.toLowerCase() === arg.keyword);
    const next = reading.tokens[at + 1];
    if (at < 0 || next === undefined) continue;
    if (isFree(arg)) {
      reading.values[name] = textBetween(reading, reading.tokens.slice(at + 1));
      reading.tokens = reading.tokens.slice(0, at);
      continue;
    }
    const value = recognise(arg, next.text, reading.vocabulary);
    if (value === null) continue;
    reading.values[name] = value;
    reading.tokens.splice(at, 2);
  }
}

/** Widgets whose words can hardly mean anything else, so that they may also stand at the end of a sentence. */
const UNMISTAKABLE: ReadonlySet<Arg['widget']> = new Set<Arg['widget']>(['severity', 'person', 'page']);

function takeEdge(reading: Reading, edge: 'front' | 'back'): void {
  const hasText = Object.values(reading.args).some(isFree);
  for (;;) {
    const token = edge === 'front' ? reading.tokens[0] : reading.tokens.at(-1);
    if (token === undefined) return;
    const taken = open(reading).find(([, arg]) => {
      // What has a keyword needs it: "search is slow" is a title, not the service and a rest.
      if (isFree(arg) || arg.keyword !== null || token.quoted) return false;
      if (edge === 'back' && hasText && !UNMISTAKABLE.has(arg.widget)) return false;
      if (arg.widget === 'incident' && hasText && /^\d+$/.test(token.text)) return false;
      return recognise(arg, token.text, reading.vocabulary) !== null;
    });
    if (taken === undefined) return;
    reading.values[taken[0]] = recognise(taken[1], token.text, reading.vocabulary);
    if (edge === 'front') reading.tokens.shift();
    else reading.tokens.pop();
  }
}

function takeText(reading: Reading): void {
  const free = open(reading).find(([, arg]) => isFree(arg));
  if (free === undefined || reading.tokens.length === 0) return;
  reading.values[free[0]] = textBetween(reading, reading.tokens);
  reading.tokens = [];
}

/** The line as typed, from the first to the last of these tokens; one quoted token loses its quotes. */
function textBetween(reading: Reading, tokens: readonly Token[]): string {
  const [first] = tokens;
  const last = tokens.at(-1);
  if (first === undefined || last === undefined) return '';
  if (tokens.length === 1) return first.text;
  // Tokens taken out of the middle (a severity, `for 30m`) must not come back with the text between.
  const parts: string[] = [];
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    const gap = next === undefined ? '' : gapBetween(reading.line, token, next);
    parts.push(reading.line.slice(token.start, token.end), gap);
  }
  return parts.join('').trim();
}

function gapBetween(line: string, token: Token, next: Token): string {
  const gap = line.slice(token.end, next.start);
  return gap.trim() === '' ? gap : ' ';
}

function problemWith(left: Token, reading: Reading, missing: readonly string[]): string {
  const wanted = missing[0];
  const arg = wanted === undefined ? undefined : reading.args[wanted];
  if (arg === undefined) return `I do not know what to do with "${left.text}"`;
  return `"${left.text}" is no ${arg.widget} I know (${arg.label})`;
}
