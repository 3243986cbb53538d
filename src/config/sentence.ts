import type { z } from 'zod';
import { didYouMean } from '../kit/nearest-name.ts';

/** A value shown in a complaint ends after this many characters. */
const SHOWN_CHARS_MAX = 60;

const NOTHING = 'Nothing is written here: fill it in or remove the key.';
/** What zod calls a type, as people say it. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'names with what they stand for',
};

/** The sentence for anything zod can complain about, where the schema has none of its own. */
export function sentenceFor(issue: z.core.$ZodRawIssue): string {
  if (issue.code !== 'unrecognized_keys' && issue.code !== 'invalid_key') {
    if (issue.input === undefined) return 'This key is missing.';
    if (issue.input === null) return NOTHING;
  }
  switch (issue.code) {
    case 'invalid_type':
      return expected(TYPE_WORDS[issue.expected] ?? issue.expected, issue.input);
    case 'invalid_value':
      return `${expected(oneOf(issue.values), issue.input)}${didYouMean(String(issue.input), issue.values.map(String))}`;
    case 'invalid_format':
      return expected(issue.format === 'email' ? 'an e-mail address' : `text of the form ${issue.format}`, issue.input);
    case 'too_small':
      return tooSmall(issue.origin, issue.minimum);
    case 'too_big':
      return tooBig(issue.origin, issue.maximum);
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'This name is not allowed.';
    case 'unrecognized_keys':
      return issue.keys.map((key) => `There is no key \`${key}\` here.`).join('\n');
    default:
      return 'This is not allowed here.';
  }
}

/** "Write a list, not `5`." */
export function expected(what: string, input: unknown): string {
  const quotes = what === 'text' && (typeof input === 'number' || typeof input === 'boolean') ? ' Put it in quotes.' : '';
  return `Write ${what}, not ${shown(input)}.${quotes}`;
}

/** "`a`, `b` or `c`". */
export function oneOf(values: readonly unknown[]): string {
  const quoted = values.map((value) => `\`${String(value)}\``);
  const last = quoted.pop() ?? 'nothing';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}

function shown(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'keys with values';
  const text = String(input).replaceAll(/\s+/g, ' ');
  if (text === '') return 'nothing';
  return `\`${text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text}\``;
}

function tooSmall(origin: string, least: number | bigint): string {
  if (origin === 'string') return least === 1 ? NOTHING : `Too short: at least ${least} characters.`;
  return origin === 'array' ? `Too few: at least ${least}.` : `Too small: at least ${least}.`;
}

function tooBig(origin: string, most: number | bigint): string {
  if (origin === 'string') return `Too long: at most ${most} characters.`;
  return origin === 'array' ? `Too many: at most ${most}.` : `Too large: at most ${most}.`;
}
