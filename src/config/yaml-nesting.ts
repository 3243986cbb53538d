import type { CST } from 'yaml';

/** The file itself needs eight levels. The composer of the `yaml` package recurses, and overflows the stack at some thousand. */
export const NESTING_MAX = 32;

type Nested = CST.Token | null | undefined;

/**
 * Where a text nests deeper than allowed, as an offset, or null. Looks at the concrete syntax, which the `yaml` package
 * builds without recursion, and does not recurse either: no text can overflow the stack here.
 */
export function tooDeepAt(tokens: readonly CST.Token[]): number | null {
  const open: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > NESTING_MAX) return next.token.offset;
    for (const token of inside(next.token)) {
      if (token !== null && token !== undefined) open.push({ token, depth: next.depth + 1 });
    }
  }
  return null;
}

function inside(token: CST.Token): readonly Nested[] {
  switch (token.type) {
    case 'document':
      return [token.value];
    case 'block-map':
    case 'block-seq':
    case 'flow-collection':
      return token.items.flatMap((item): Nested[] => [item.key, item.value]);
    default:
      return [];
  }
}
