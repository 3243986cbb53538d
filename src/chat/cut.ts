/** A break is looked for this far back, so that words stay whole. */
const WORD_CHARS_MAX = 200;

/** Pieces of at most `charsMax`, which together are the text. Breaks between words where it can, and never within a character. */
export function cut(words: string, charsMax: number): readonly string[] {
  const found: string[] = [];
  let rest = words;
  while (rest.length > charsMax) {
    const at = breakIn(rest, charsMax);
    found.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return rest === '' ? found : [...found, rest];
}

function breakIn(words: string, charsMax: number): number {
  for (let at = charsMax; at > Math.max(1, charsMax - WORD_CHARS_MAX); at -= 1) if (/\s/.test(words.charAt(at - 1))) return at;
  return /[\uD800-\uDBFF]/.test(words.charAt(charsMax - 1)) ? charsMax - 1 : charsMax;
}
