import { readableText } from '../kit/escape.ts';

/** Text for places that hold one line: a mail's subject, the title a gateway turns into a text message. */
export function oneLine(text: string): string {
  return readableText(text).replaceAll(/\s+/g, ' ').trim();
}
