import { unescapeText } from '../kit/escape.ts';
import type { Block, Button, Document, Inline, Span } from './document.ts';

/**
 * The small markup that message templates produce. Block forms, each at the beginning of a line (indentation is ignored):
 *
 *     # heading            - item            1. item            > quote            ---
 *     ::: fields           ``` code          [[Label|command words|primary]]
 *     Label: value         ```
 *     :::
 *
 * Everything else is a paragraph: adjacent lines with their line breaks, ended by an empty one. Inline forms: `**strong**`, `` `code` ``,
 * `[text](https://…)`, `<@person-id>`, `<t:EPOCH_MS:clock|date|relative>`. What `escapeText` (src/kit/escape.ts) wrote is
 * plain text in every one of them, in code too. Nothing is refused: what fits no form is text. Empty items, values and
 * paragraphs are left out, so a template may print a field that is null.
 */
export function parseMarkup(text: string): Document {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let next = 0;
  while (next < lines.length) {
    const { block, used } = readBlock(lines, next);
    if (block !== null) blocks.push(block);
    next += used;
  }
  return { blocks };
}

interface ReadBlock {
  readonly block: Block | null;
  /** Lines taken, at least 1. */
  readonly used: number;
}

const HEADING = /^#{1,3}(?: +(.*))?$/;
const BULLET = /^-(?: +(.*))?$/;
const NUMBERED = /^\d{1,3}\.(?: +(.*))?$/;
const QUOTE = /^>(?: ?(.*))?$/;
const DIVIDER = /^-{3,}$/;
const FENCE = /^```/;
const FIELDS = /^::: *fields$/;
const FIELDS_END = /^:::$/;
/** Escaped punctuation or anything that ends neither part. */
const BUTTON = /\[\[((?:\\.|[^\\|\]])+)\|((?:\\.|[^\\|\]])+)(?:\|(primary|danger|plain))?\]\]/g;
const BUTTON_LINE = /^(?:\[\[(?:\\.|[^\\\]])+\]\] *)+$/;
const FIELD = /^((?:\\.|[^\\:])+):(?: +(.*))?$/;

const SPECIAL: readonly RegExp[] = [HEADING, BULLET, NUMBERED, QUOTE, DIVIDER, FENCE, FIELDS, BUTTON_LINE];

/** Only what the template's author wrote is cut: the edge spaces of people's text arrive escaped. */
function cut(line: string | undefined): string {
  return (line ?? '').replace(/^[ \t]+|[ \t\r]+$/g, '');
}

/** The lines from `start` on that `form` fits, with what it captured. */
function run(lines: readonly string[], start: number, form: RegExp): readonly string[] {
  const taken: string[] = [];
  for (let index = start; index < lines.length; index += 1) {
    const line = cut(lines[index]);
    const match = DIVIDER.test(line) ? null : form.exec(line);
    if (match === null) break;
    taken.push(match[1] ?? '');
  }
  return taken;
}

function readBlock(lines: readonly string[], start: number): ReadBlock {
  const line = cut(lines[start]);
  if (line === '') return { block: null, used: 1 };
  if (DIVIDER.test(line)) return { block: { kind: 'divider' }, used: 1 };
  if (FENCE.test(line)) return readCode(lines, start);
  if (FIELDS.test(line)) return readFields(lines, start);
  if (HEADING.test(line)) return { block: withText('heading', HEADING.exec(line)?.[1] ?? ''), used: 1 };
  if (BULLET.test(line)) return readList(run(lines, start, BULLET), false);
  if (NUMBERED.test(line)) return readList(run(lines, start, NUMBERED), true);
  if (QUOTE.test(line)) {
    const quoted = run(lines, start, QUOTE);
    return { block: withText('quote', quoted.join('\n')), used: quoted.length };
  }
  if (BUTTON_LINE.test(line)) return readButtons(lines, start);
  return readParagraph(lines, start);
}

function withText(kind: 'heading' | 'text' | 'quote', source: string): Block | null {
  const text = parseInline(source);
  return text.length === 0 ? null : { kind, text };
}

function readList(sources: readonly string[], ordered: boolean): ReadBlock {
  const items = sources.map(parseInline).filter((item) => item.length > 0);
  return { block: items.length === 0 ? null : { kind: 'list', ordered, items }, used: sources.length };
}

function readCode(lines: readonly string[], start: number): ReadBlock {
  const end = lines.findIndex((line, index) => index > start && cut(line) === '```');
  const last = end === -1 ? lines.length : end;
  const text = unescapeText(lines.slice(start + 1, last).join('\n'));
  return { block: text === '' ? null : { kind: 'code', text }, used: last - start + 1 };
}

function readFields(lines: readonly string[], start: number): ReadBlock {
  const end = lines.findIndex((line, index) => index > start && FIELDS_END.test(cut(line)));
  const last = end === -1 ? lines.length : end;
  const fields = lines.slice(start + 1, last).flatMap((line) => {
    const match = FIELD.exec(cut(line));
    const value = parseInline(match === null ? cut(line) : (match[2] ?? ''));
    return value.length === 0 ? [] : [{ label: unescapeText(match?.[1] ?? ''), value }];
  });
  return { block: fields.length === 0 ? null : { kind: 'fields', fields }, used: last - start + 1 };
}

function readButtons(lines: readonly string[], start: number): ReadBlock {
  const buttons: Button[] = [];
  let used = 0;
  while (BUTTON_LINE.test(cut(lines[start + used]))) {
    for (const [, label, command, style] of cut(lines[start + used]).matchAll(BUTTON)) {
      buttons.push({ label: unescapeText(label ?? ''), command: unescapeText(command ?? ''), style: buttonStyle(style) });
    }
    used += 1;
  }
  return { block: buttons.length === 0 ? null : { kind: 'buttons', buttons }, used };
}
function buttonStyle(style: string | undefined): Button['style'] {
  return style === 'primary' || style === 'danger' ? style : 'plain';
}

function readParagraph(lines: readonly string[], start: number): ReadBlock {
  const taken: string[] = [];
  for (let index = start; index < lines.length; index += 1) {
    const line = cut(lines[index]);
    if (line === '' || (index > start && SPECIAL.some((form) => form.test(line)))) break;
    taken.push(line);
  }
  return { block: withText('text', taken.join('\n')), used: taken.length };
}

/**
 * A run of characters that begin no form, or one inline form. Escaped pairs belong to the run: an escaped mark never opens a form, and
 * most of what is said is nothing else.
 */
const INLINE = new RegExp(
  [
    '(?<plain>(?:\\\\[\\s\\S]|[^\\\\*`\\[<])+)',
    String.raw`\*\*(?<strong>(?:\\[\s\S]|[^\\*]|\*(?!\*))*)\*\*`,
    '`(?<code>(?:\\\\[\\s\\S]|[^\\\\`])*)`',
    String.raw`\[(?<label>(?:\\[\s\S]|[^\\\]])*)\]\((?<url>(?:\\[\s\S]|[^\\()\s])+)\)`,
    '<@(?<person>[A-Za-z0-9][A-Za-z0-9._-]{0,119})>',
    '<t:(?<at>\\d{1,15}):(?<style>clock|date|relative)>',
    '(?<mark>[\\s\\S])',
  ].join('|'),
  'g',
);
type InlineGroups = Readonly<Partial<Record<'strong' | 'code' | 'label' | 'url' | 'person' | 'at' | 'style' | 'plain' | 'mark', string>>>;

/** Inline markup as spans; neighbouring plain spans are one, empty ones are left out. */
export function parseInline(source: string): Inline {
  const spans: Span[] = [];
  for (const { groups } of source.matchAll(INLINE)) {
    for (const span of spansOf(groups ?? {})) {
      const last = spans.at(-1);
      if (span.kind === 'plain' && last?.kind === 'plain') spans[spans.length - 1] = { kind: 'plain', text: last.text + span.text };
      else if (!('text' in span) || span.text !== '') spans.push(span);
    }
  }
  return spans;
}

function spansOf(groups: InlineGroups): readonly Span[] {
  const { strong, code, label, url, person, at, style } = groups;
  if (strong !== undefined) return parseInline(strong).map((span) => (span.kind === 'plain' ? { kind: 'strong', text: span.text } : span));
  if (code !== undefined) return [{ kind: 'code', text: unescapeText(code) }];
  if (url !== undefined) return [linkSpan(unescapeText(label ?? ''), unescapeText(url))];
  if (person !== undefined) return [{ kind: 'person', id: person }];
  if (at !== undefined) return [{ kind: 'time', at: Number(at), style: timeStyle(style) }];
  return [{ kind: 'plain', text: unescapeText(groups.plain ?? groups.mark ?? '') }];
}

/** Other schemes (`javascript:`, `data:`) are shown, never linked. */
function linkSpan(text: string, url: string): Span {
  const isWeb = /^https?:\/\/[^\s]+$/i.test(url) && URL.canParse(url);
  if (isWeb) return { kind: 'link', text: text === '' ? url : text, url };
  return { kind: 'plain', text: text === '' ? url : `${text} (${url})` };
}

function timeStyle(style: string | undefined): 'clock' | 'date' | 'relative' {
  return style === 'date' || style === 'relative' ? style : 'clock';
}
