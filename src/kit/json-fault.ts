/** Where a text stops being JSON; lines and columns count from 1. */
export interface JsonFault {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

// RFC 8259. The alternatives exclude each other, so that none can be slow whatever it is given.
const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what may not stand in a string has to be named.
const STRING = /"(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** What may come next. */
type Next = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'comma-or-end';
interface Reading {
  readonly text: string;
  at: number;
  /** Brackets that are still open. */
  readonly open: string[];
}

/**
 * The first place where `text` is no JSON, or null when it is: what `JSON.parse` knows and mostly does not say. The place of a
 * bad string is where it begins. Takes time in proportion to the text.
 */
export function jsonFault(text: string): JsonFault | null {
  const reading: Reading = { text, at: 0, open: [] };
  let next: Next | 'fault' = 'value';
  for (;;) {
    skip(reading, SPACE);
    if (next === 'fault') return place(text, reading.at);
    if (next === 'comma-or-end' && reading.open.length === 0) return reading.at === text.length ? null : place(text, reading.at);
    next = step(reading, next);
  }
}

function step(reading: Reading, next: Next): Next | 'fault' {
  switch (next) {
    case 'value':
    case 'value-or-end':
      return value(reading, next === 'value-or-end');
    case 'key':
    case 'key-or-end':
      return reading.text[reading.at] === '}' && next === 'key-or-end' ? close(reading) : key(reading);
    case 'comma-or-end':
      return afterValue(reading);
  }
}

function value(reading: Reading, mayEnd: boolean): Next | 'fault' {
  const mark = reading.text[reading.at];
  if (mark === ']' && mayEnd) return close(reading);
  if (mark !== '{' && mark !== '[') return skip(reading, mark === '"' ? STRING : SCALAR) ? 'comma-or-end' : 'fault';
  reading.open.push(mark);
  reading.at += 1;
  return mark === '{' ? 'key-or-end' : 'value-or-end';
}

function key(reading: Reading): Next | 'fault' {
  if (!skip(reading, STRING)) return 'fault';
  skip(reading, SPACE);
  if (reading.text[reading.at] !== ':') return 'fault';
  reading.at += 1;
  return 'value';
}

function afterValue(reading: Reading): Next | 'fault' {
  const mark = reading.text[reading.at];
  const isObject = reading.open.at(-1) === '{';
  if (mark === (isObject ? '}' : ']')) return close(reading);
  if (mark !== ',') return 'fault';
  reading.at += 1;
  return isObject ? 'key' : 'value';
}

function close(reading: Reading): Next {
  reading.open.pop();
  reading.at += 1;
  return 'comma-or-end';
}

/** Steps over what `pattern` matches here; false when it matches nothing. */
function skip(reading: Reading, pattern: RegExp): boolean {
  pattern.lastIndex = reading.at;
  if (!pattern.test(reading.text)) return false;
  reading.at = pattern.lastIndex;
  return true;
}

function place(text: string, offset: number): JsonFault {
  const before = text.slice(0, offset).split('\n');
  return { offset, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
