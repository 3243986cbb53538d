/**
 * No honest document nests deeper, and a cycle has no bottom: past this depth a value is refused instead of
 * overflowing the stack.
 */
const DEPTH_MAX = 256;

/**
 * The one JSON text of a value (RFC 8785): no white space, names sorted by their UTF-16 code units, numbers and text
 * as ECMAScript writes them. Equal values give equal text on every machine, so that a hash of it means something.
 *
 * Takes plain data only: null, booleans, finite numbers, well-formed text, arrays and plain objects. Everything that
 * JSON would drop or bend in silence (undefined, NaN, Infinity, BigInt, functions, symbols, dates, holes, lone
 * surrogates, cycles) throws a TypeError.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

/** Text in which nothing needs a backslash: printable ASCII without quote and backslash. */
const PLAIN = /^[ !#-[\]-~]*$/;
/** Up to about this length the expression above is quicker than asking the engine to quote. */
const PLAIN_CHARS_MAX = 128;

function writeText(text: string): string {
  if (text.length <= PLAIN_CHARS_MAX && PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('canonical JSON: text with a lone surrogate');
  return JSON.stringify(text);
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeText(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('canonical JSON: a number that is not finite');
      // ECMAScript's own number to text is the rule of RFC 8785, part 3.2.2.3; minus zero becomes 0.
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= DEPTH_MAX) throw new TypeError('canonical JSON: a cycle, or nested too deeply');
      return Array.isArray(value) ? writeArray(value, depth) : writeObject(value, depth);
    default:
      throw new TypeError(`canonical JSON: no place for ${typeof value}`);
  }
}

function writeArray(items: readonly unknown[], depth: number): string {
  if (items.length === 0) return '[]';
  // By index, not by iterator: a hole reads as undefined and is refused.
  let text = `[${write(items[0], depth + 1)}`;
  for (let index = 1; index < items.length; index += 1) text += `,${write(items[index], depth + 1)}`;
  return `${text}]`;
}

function writeObject(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('canonical JSON: not a plain object');
  const fields = value as Readonly<Record<string, unknown>>;
  const names = sorted(Object.keys(fields));
  let text = '';
  for (const name of names) text += `${text === '' ? '{' : ','}${writeText(name)}:${write(fields[name], depth + 1)}`;
  return text === '' ? '{}' : `${text}}`;
}

/** Most objects of this project are born in order; asking first is cheaper than sorting. Compares UTF-16 code units. */
function sorted(names: string[]): readonly string[] {
  for (let index = 1; index < names.length; index += 1) {
    if ((names[index - 1] as string) > (names[index] as string)) return names.sort();
  }
  return names;
}
