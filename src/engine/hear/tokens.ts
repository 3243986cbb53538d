/** One word as it was typed, with its place, so that the rest can be given back exactly. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

/** Longest command line read; chat platforms end at 4,000 characters. */
export const WORDS_CHARS_MAX = 4_000;
/** `"two words"`, `“two words”`, `name:"two words"`, or a word. */
const WORD = /"((?:[^"\\]|\\.)*)"|“([^”]*)”|((?:--)?[a-z][a-z-]*[:=])"((?:[^"\\]|\\.)*)"|(\S+)/gi;

/** Splits a command line at white space; straight and curly double quotes hold words together. */
export function tokenize(line: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of line.slice(0, WORDS_CHARS_MAX).matchAll(WORD)) {
    const [whole, straight, curly, name, value, bare] = match;
    const named = name === undefined ? undefined : name + unquoted(value ?? '');
    const text = (straight === undefined ? undefined : unquoted(straight)) ?? curly ?? named ?? bare ?? '';
    const quoted = straight !== undefined || curly !== undefined;
    tokens.push({ text, start: match.index, end: match.index + whole.length, quoted });
  }
  return tokens;
}

function unquoted(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1');
}
