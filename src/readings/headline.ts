import { TEXT_CHARS_MAX, TITLE_CHARS_MAX } from '../domain/limits.ts';
import { shorten } from '../kit/shorten.ts';

/** A title that fits, and the description: nobody who declares is sent back to write less, and no word is lost. */
export function headline(title: string, description: string | null): { readonly title: string; readonly description: string | null } {
  if (title.length <= TITLE_CHARS_MAX) return { title, description };
  const whole = description === null ? title : `${title}\n${description}`;
  return { title: shorten(title, TITLE_CHARS_MAX), description: shorten(whole, TEXT_CHARS_MAX) };
}
