import type { types } from '@slack/bolt';
import { readableText } from '../../kit/escape.ts';
import { wallClock, wallDate } from '../../kit/wall-time.ts';
import type { Inline, Span } from '../../readings/document.ts';
import { cut } from '../cut.ts';
import { URL_CHARS_MAX } from './limits.ts';

export type Element = types.RichTextElement;

/** Who people are on Slack. */
export interface People {
  /** Slack's id of a person of the catalog, or null when Slack does not know them. */
  readonly slackId: (person: string) => string | null;
  readonly name: (person: string) => string;
}

/** Dates Slack shows; before and after these a moment is no moment but a mistake. */
const DATE_SECONDS_MIN = 1;
const DATE_SECONDS_MAX = 4_102_444_800;

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block: tokens of the date element. */
const DATE_FORMATS = { clock: '{time}', date: '{date_num}', relative: '{ago}' } as const;

/**
 * Spans as elements of rich text. Their text is shown to the letter: Slack looks for no mention, link, emphasis or emoji in it,
 * so that nothing people write can notify or pretend.
 */
export function elementsOf(inline: Inline, people: People, strong = false): readonly Element[] {
  return inline.map((span) => elementOf(span, people, strong)).filter((element) => element.type !== 'text' || element.text !== '');
}

function elementOf(span: Span, people: People, strong: boolean): Element {
  switch (span.kind) {
    case 'plain':
      return text(span.text, { bold: strong });
    case 'strong':
      return text(span.text, { bold: true });
    case 'code':
      return text(span.text, { bold: strong, code: true });
    case 'link':
      return linkTo(span.text, span.url, strong);
    case 'person': {
      const user_id = people.slackId(span.id);
      return user_id === null ? text(people.name(span.id), { bold: strong }) : { type: 'user', user_id };
    }
    case 'time':
      return moment(span, strong);
  }
}

/** Style of exactly the marks that are on: Slack refuses an empty one. */
export function text(words: string, marks: { readonly bold?: boolean; readonly code?: boolean } = {}): types.RichTextText {
  const style = { ...(marks.bold === true ? { bold: true } : {}), ...(marks.code === true ? { code: true } : {}) };
  return { type: 'text', text: readableText(words), ...(Object.keys(style).length === 0 ? {} : { style }) };
}

function linkTo(words: string, url: string, strong: boolean): Element {
  const shown = readableText(words);
  if (!/^https?:\/\/\S+$/.test(url) || url.length > URL_CHARS_MAX) return text(`${shown} (${url})`, { bold: strong });
  return { type: 'link', url, ...(shown === '' ? {} : { text: shown }), ...(strong ? { style: { bold: true } } : {}) };
}

function moment(span: Extract<Span, { kind: 'time' }>, strong: boolean): Element {
  const seconds = Math.floor(span.at / 1_000);
  const fallback = span.style === 'date' ? wallDate(span.at, 'UTC') : `${wallDate(span.at, 'UTC')} ${wallClock(span.at, 'UTC')} UTC`;
  if (!(seconds >= DATE_SECONDS_MIN && seconds <= DATE_SECONDS_MAX)) return text(fallback, { bold: strong });
  return { type: 'date', timestamp: seconds, format: DATE_FORMATS[span.style], fallback };
}

/** How much of a message's budget an element takes. */
export function charsOf(element: Element): number {
  switch (element.type) {
    case 'text':
      return element.text.length;
    case 'link':
      return element.url.length + (element.text?.length ?? 0);
    case 'date':
      return element.format.length + (element.fallback?.length ?? 0);
    case 'user':
      return element.user_id.length;
    default:
      return 0;
  }
}

/** The elements in runs of at most `charsMax` characters each; long text is cut between words, and never within a character. */
export function runsOf(elements: readonly Element[], charsMax: number): readonly (readonly Element[])[] {
  const runs: Element[][] = [];
  let run: Element[] = [];
  let left = charsMax;
  const close = (): void => {
    if (run.length > 0) runs.push(run);
    run = [];
    left = charsMax;
  };
  for (const element of elements.flatMap((one) => pieces(one, charsMax))) {
    const chars = charsOf(element);
    if (chars > left) close();
    run.push(element);
    left -= chars;
  }
  close();
  return runs;
}

function pieces(element: Element, charsMax: number): readonly Element[] {
  if (element.type !== 'text') return [element];
  return cut(element.text, charsMax).map((piece) => ({ ...element, text: piece }));
}
