import { sayDuration } from '../kit/duration.ts';
import { readableText } from '../kit/escape.ts';
import { wallClock, wallDate, zoneName } from '../kit/wall-time.ts';
import type { Block, Document, Inline, Span } from './document.ts';

/** Who reads it, where. */
export interface Reader {
  /** Name of a person of the catalog; the id itself when nobody has it. */
  readonly personName: (id: string) => string;
  /** IANA name of the zone in which times are told. */
  readonly timeZone: string;
  /** Milliseconds since 1970, for "5m ago"; null where the text is read later (e-mail): then relative times are told as date and time. */
  readonly now: number | null;
  /** What people type before a command, such as `/incident` or `allclear`. */
  readonly commandPrefix: string;
}

/** Draws a document for terminals and e-mail: ends with one line end, and no control character of anybody's reaches the terminal. */
export function plainText(document: Document, reader: Reader): string {
  const blocks = document.blocks.map((block) => blockText(block, reader));
  return `${readableText(blocks.join('\n\n'))}\n`;
}

function blockText(block: Block, reader: Reader): string {
  switch (block.kind) {
    case 'heading': {
      const text = inlineText(block.text, reader).replaceAll('\n', ' ');
      return `${text}\n${'='.repeat(Math.min([...text].length, HEADING_RULE_CHARS_MAX))}`;
    }
    case 'text':
      return inlineText(block.text, reader);
    case 'fields':
      return fieldsText(block.fields, reader);
    case 'list':
      return block.items.map((item, index) => hanging(block.ordered ? `${index + 1}. ` : '- ', inlineText(item, reader))).join('\n');
    case 'code':
      return hanging(CODE_INDENT, block.text, CODE_INDENT);
    case 'quote':
      return hanging('> ', inlineText(block.text, reader), '> ');
    case 'divider':
      return '-'.repeat(DIVIDER_CHARS);
    case 'buttons':
      return block.buttons.map((button) => `${button.label}: ${reader.commandPrefix} ${button.command}`).join('\n');
  }
}

/** A terminal's classic width: a longer rule would wrap. */
const HEADING_RULE_CHARS_MAX = 80;
const DIVIDER_CHARS = 40;
const CODE_INDENT = '    ';

/** `text` after `mark`, its further lines under its first. */
function hanging(mark: string, text: string, further = ' '.repeat(mark.length)): string {
  return mark + text.replaceAll('\n', `\n${further}`);
}

function fieldsText(fields: Extract<Block, { kind: 'fields' }>['fields'], reader: Reader): string {
  const width = Math.max(...fields.map((field) => field.label.length)) + 2;
  return fields.map(({ label, value }) => hanging((label === '' ? '' : `${label}:`).padEnd(width), inlineText(value, reader))).join('\n');
}

/** Spans as one text: emphasis is dropped, links carry their address. */
export function inlineText(inline: Inline, reader: Reader): string {
  return inline.map((span) => spanText(span, reader)).join('');
}

function spanText(span: Span, reader: Reader): string {
  switch (span.kind) {
    case 'plain':
    case 'strong':
    case 'code':
      return span.text;
    case 'link':
      return span.text === span.url ? span.url : `${span.text} (${span.url})`;
    case 'person':
      return reader.personName(span.id);
    case 'time':
      return timeText(span, reader);
  }
}

/** Says a moment for a reader: "14:05 UTC", "2026-11-22", "5m ago", "in 5m". */
export function timeText(span: Extract<Span, { kind: 'time' }>, { timeZone, now }: Pick<Reader, 'timeZone' | 'now'>): string {
  const clock = `${wallClock(span.at, timeZone)} ${zoneName(span.at, timeZone)}`;
  if (span.style === 'clock') return clock;
  if (span.style === 'date') return wallDate(span.at, timeZone);
  if (now === null) return `${wallDate(span.at, timeZone)} ${clock}`;
  return span.at > now ? `in ${sayDuration(span.at - now)}` : `${sayDuration(now - span.at)} ago`;
}
