/**
 * Text as PostgreSQL can keep it: its `text` has no NUL (https://www.postgresql.org/docs/current/datatype-character.html).
 * What far ends say about their troubles may hold one, and must not keep an effect from being settled.
 */
export function storableText(text: string | null): string | null {
  return text?.replaceAll('\0', '\uFFFD').toWellFormed() ?? null;
}
