/** The text, or its beginning with `…` when it is longer than `charsMax`; never half of a character beyond the basic plane. */
export function shorten(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  return `${text.slice(0, charsMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
