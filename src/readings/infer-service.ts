import type { Catalog } from '../domain/catalog.ts';

/** The one service whose id or name stands in the text as a word of its own, or null when none or several do. */
export function inferService(text: string, catalog: Catalog): string | null {
  const words = ` ${text.toLowerCase().replaceAll(/[^\p{L}\p{N}-]+/gu, ' ')} `;
  const named = Object.values(catalog.services).filter(({ id, name }) =>
    [id, name].some((word) => words.includes(` ${word.toLowerCase()} `)),
  );
  return named.length === 1 ? (named[0]?.id ?? null) : null;
}
