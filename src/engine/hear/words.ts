import type { Arg, Args } from '../../command.ts';
import { lookUp } from '../../kit/look-up.ts';
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
  takeLastText(reading);
  takeKeywords(reading);
  takeEdge(reading, 'front');
  takeEdge(reading, 'back');
  takeText(reading);
  const { values, tokens } = reading;
  const missing = Object.entries(args).flatMap(([name, arg]) => (!Object.hasOwn(values, name) && arg.required ? [name] : []));
  const left = tokens[0];
  const problem = left === undefined ? null : problemWith(left, reading, missing);
  for (const [name, arg] of Object.entries(args)) if (!Object.hasOwn(values, name) && !arg.required) values[name] = null;
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
  return Object.entries(reading.args).filter(([name]) => !Object.hasOwn(reading.values, name));
}

const NAMED = /^(?:--)?([a-z][a-z-]*)[:=](.+)$/is;

/** `severity:sev1`, `--service=checkout`, `title:"Checkout is down"`. Free text so named goes on to the next name. */
function takeNamed(reading: Reading): void {
  const left: Token[] = [];
  for (let at = 0; at < reading.tokens.length; at += 1) {
    const token = reading.tokens[at] as Token;
    const named = namedBy(token, reading);
    if (named === null) {
      left.push(token);
      continue;
    }
    const isWhole = !isFree(named.arg) || reading.line[token.end - 1] === '"';
    const end = isWhole ? at + 1 : endOfText(reading, at + 1);
    const value = end === at + 1 ? named.text : reading.line.slice(token.end - named.text.length, reading.tokens[end - 1]?.end);
    reading.values[named.name] = recognise(named.arg, value.trim(), reading.vocabulary);
    at = end - 1;
  }
  reading.tokens = left;
}

/** The argument a token names and what it says of it, or null. Only what can be read counts: `http://…` names nothing. */
function namedBy(token: Token, reading: Reading): { readonly name: string; readonly arg: Arg; readonly text: string } | null {
  const [, typed = '', text = ''] = token.quoted ? [] : (NAMED.exec(token.text) ?? []);
  const name = typed.toLowerCase();
  const arg = lookUp(reading.args, name);
  if (arg === undefined || Object.hasOwn(reading.values, name)) return null;
  return recognise(arg, text, reading.vocabulary) === null ? null : { name, arg, text };
}

function endOfText(reading: Reading, from: number): number {
  const next = reading.tokens.findIndex((token, index) => index >= from && namedBy(token, reading) !== null);
  return next < 0 ? reading.tokens.length : next;
}

/** `because …` to the end of the line: whatever stands there, it is said and not meant as another argument. */
function takeLastText(reading: Reading): void {
  for (const [name, arg] of open(reading)) {
    if (arg.keyword === null || !isFree(arg)) continue;
    const at = reading.tokens.findIndex((token) => isKeyword(token, arg));
    if (at < 0 || at + 1 >= reading.tokens.length) continue;
    reading.values[name] = textBetween(reading, reading.tokens.slice(at + 1));
    reading.tokens = reading.tokens.slice(0, at);
  }
}

/** `for 30m`, `next 1h`, `until tomorrow 09:00`: the first place where what follows the keyword can be read. */
function takeKeywords(reading: Reading): void {
  for (const [name, arg] of open(reading)) {
    if (arg.keyword === null || isFree(arg)) continue;
    for (const [at, token] of reading.tokens.entries()) {
      const found = isKeyword(token, arg) ? valueAt(reading, arg, at + 1) : null;
      if (found === null) continue;
      reading.values[name] = found.value;
      reading.tokens.splice(at, 1 + found.count);
      break;
    }
  }
}

function isKeyword(token: Token, arg: Arg): boolean {
  return !token.quoted && token.text.toLowerCase() === arg.keyword;
}

/** A date and a time, or "in 2h", are two words and one moment. */
const WORDS_OF_MOMENT_MAX = 2;

function valueAt({ tokens, vocabulary }: Reading, arg: Arg, at: number): { readonly value: unknown; readonly count: number } | null {
  for (let count = arg.widget === 'moment' ? WORDS_OF_MOMENT_MAX : 1; count > 0; count -= 1) {
    const words = tokens.slice(at, at + count);
    if (words.length < count) continue;
    const value = recognise(arg, words.map(({ text }) => text).join(' '), vocabulary);
    if (value !== null) return { value, count };
  }
  return null;
}

/** Widgets whose words can hardly mean anything else, so that they may also stand at the end of a sentence. */
const UNMISTAKABLE: ReadonlySet<Arg['widget']> = new Set<Arg['widget']>(['severity', 'person', 'page']);
/** Beside free text `3` and `#3` are words of a sentence: there an incident needs its whole name, and so does a severity. */
const BARE_NUMBER = /^#?\d+$/;

function takeEdge(reading: Reading, edge: 'front' | 'back'): void {
  const hasText = Object.values(reading.args).some(isFree);
  for (;;) {
    const token = edge === 'front' ? reading.tokens[0] : reading.tokens.at(-1);
    if (token === undefined) return;
    const taken = open(reading).find(([, arg]) => {
      // What has a keyword needs it: "search is slow" is a title, not the service and a rest.
      if (isFree(arg) || arg.keyword !== null || token.quoted) return false;
      if (edge === 'back' && hasText && !UNMISTAKABLE.has(arg.widget)) return false;
      if (hasText && arg.widget !== 'number' && BARE_NUMBER.test(token.text)) return false;
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
  const args = Object.entries(reading.args);
  if (left.text.startsWith('@') && args.some(([, { widget }]) => widget === 'person')) return `"${left.text}" is nobody I know`;
  // An incident nobody names is the one of the room.
  const [, arg] = args.find(([name, { widget }]) => missing.includes(name) && widget !== 'incident') ?? [];
  if (arg === undefined) return `I do not know what to do with "${left.text}"`;
  return `"${left.text}" is no ${arg.widget} I know (${arg.label})`;
}
