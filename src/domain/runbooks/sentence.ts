import type { z } from 'zod';

/** A value shown in a complaint ends after this many characters. */
const SHOWN_CHARS_MAX = 60;

/** What zod calls a type, as people say it. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'names with values',
};

/** The sentence for anything zod can complain about in a runbook, where the schema has none of its own. */
export function sentenceFor(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return 'This key is missing.';
  if (issue.input === null) return 'Nothing is written here: fill it in or remove the key.';
  switch (issue.code) {
    case 'invalid_type':
      return expected(TYPE_WORDS[issue.expected] ?? issue.expected, issue.input);
    case 'invalid_value':
      return expected(oneOf(issue.values.map(String)), issue.input);
    case 'too_small':
      return `Too ${isLength(issue.origin) ? 'short' : 'small'}: the least is ${issue.minimum}${unit(issue.origin)}.`;
    case 'too_big':
      return `Too ${isLength(issue.origin) ? 'long' : 'large'}: the most is ${issue.maximum}${unit(issue.origin)}.`;
    case 'unrecognized_keys':
      return issue.keys.map((key) => `There is no key \`${key}\` here.`).join('\n');
    default:
      return 'This is not allowed here.';
  }
}

/** "Write a list, not `5`." */
export function expected(what: string, input: unknown): string {
  return `Write ${what}, not ${shown(input)}.`;
}

/** "`a`, `b` or `c`". */
export function oneOf(values: readonly string[]): string {
  const quoted = values.map((value) => `\`${value}\``);
  const last = quoted.pop() ?? 'nothing';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}

function shown(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'keys with values';
  const text = String(input).replaceAll(/\s+/g, ' ').trim();
  if (text === '') return 'nothing';
  return `\`${text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text}\``;
}

function isLength(origin: string): boolean {
  return origin === 'string' || origin === 'array';
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}
