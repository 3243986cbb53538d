/** One word as it was typed, with its place, so that the rest can be given back exactly. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

/** Longest command line read; chat platforms end at 4,000 characters. */
export const WORDS_CHARS_MAX = 4_000;
const WORD = /"((?:[^"\\]|\\.)*)"|“([^”]*)”|(\S+)/g;

/** Splits a command line at white space; straight and curly double quotes hold words together. */
export function tokenize(line: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of line.slice(0, WORDS_CHARS_MAX).matchAll(WORD)) {
    const [whole, straight, curly, bare] = match;
    const text = straight?.replaceAll(/\\(.)/g, '$1') ?? curly ?? bare ?? '';
    tokens.push({ text, start: match.index, end: match.index + whole.length, quoted: bare === undefined });
  }
  return tokens;
}
