import { readableText } from '../../kit/escape.ts';
import { wallClock, wallDate } from '../../kit/wall-time.ts';
import type { Inline, Span } from '../../readings/document.ts';
import { cut } from '../cut.ts';

/** Who people are on Discord. */
export interface People {
  /** Discord's id of a person of the catalog, or null when it has none. */
  readonly discordId: (person: string) => string | null;
  readonly name: (person: string) => string;
}

const ZERO_WIDTH_SPACE = '\u200B';
/** Marks that mean something anywhere (https://support.discord.com/hc/en-us/articles/210298617); `<` begins mentions, times and links. */
const MARKS = /[\\*_`~|<[\]]/g;
/** Marks that mean something at the beginning of a line: headings, quotes, lists, small text. */
const LINE_MARKS = /^([ ]*)([#>+-]|\d+(?=[.)]))/gm;
const URL_SCHEME = /:(?=\/\/)/g;
/** Discord looks for whom to notify in the raw text, whatever a reader makes of it. */
const MENTIONS = /<(?=[@#])/g;
const EVERYBODY = /@(?=everyone|here)/gi;

/** Text from people as Discord shows it to the letter: no mark, mention, link or time comes out of it. */
export function literal(text: string): string {
  return readableText(text)
    .replace(MARKS, '\\$&')
    .replace(LINE_MARKS, (_, spaces: string, mark: string) => (/\d/.test(mark) ? `${spaces}${mark}\\` : `${spaces}\\${mark}`))
    .replace(URL_SCHEME, '\\:')
    .replace(MENTIONS, `<${ZERO_WIDTH_SPACE}`)
    .replace(EVERYBODY, `@${ZERO_WIDTH_SPACE}`);
}

/** Text between backticks or fences: only what would notify is broken up, and nothing ends it early. */
export function literalCode(text: string): string {
  return readableText(text)
    .replace(MENTIONS, `<${ZERO_WIDTH_SPACE}`)
    .replace(EVERYBODY, `@${ZERO_WIDTH_SPACE}`)
    .replace(/`(?=`)/g, `\`${ZERO_WIDTH_SPACE}`);
}

/** One span as markdown. */
export function spanText(span: Span, people: People): string {
  switch (span.kind) {
    case 'plain':
      return literal(span.text);
    case 'strong':
      return /\S/.test(span.text) ? `**${literal(span.text)}**` : literal(span.text);
    case 'code':
      return code(span.text);
    case 'link':
      return link(span.text, span.url);
    case 'person': {
      const id = people.discordId(span.id);
      return id === null ? literal(people.name(span.id)) : `<@${id}>`;
    }
    case 'time':
      return moment(span);
  }
}

function code(text: string): string {
  const words = literalCode(text).replaceAll('\n', ' ');
  if (words === '') return '';
  return words.includes('`') ? `\`\` ${words} \`\`` : `\`${words}\``;
}

function link(text: string, url: string): string {
  const shown = readableText(text).replaceAll('\n', ' ');
  if (!/^https?:\/\/[^\s<>]+$/.test(url)) return literal(`${shown} (${url})`);
  // Discord shows no words over an address when they look like an address themselves.
  if (shown === '' || shown === url || shown.includes('://')) return `<${url}>`;
  return `[${literal(shown)}](<${url}>)`;
}

/** https://docs.discord.com/developers/reference#message-formatting-timestamp-styles */
const TIME_STYLES = { clock: 't', date: 'd', relative: 'R' } as const;
/** Times a browser can show; before and after these a moment is no moment but a mistake. */
const TIME_SECONDS_MAX = 8_640_000_000_000;

function moment({ at, style }: Extract<Span, { kind: 'time' }>): string {
  const seconds = Math.floor(at / 1_000);
  if (!(Math.abs(seconds) <= TIME_SECONDS_MAX)) return '';
  if (seconds < 0) return style === 'date' ? wallDate(at, 'UTC') : `${wallDate(at, 'UTC')} ${wallClock(at, 'UTC')} UTC`;
  return `<t:${seconds}:${TIME_STYLES[style]}>`;
}

/** An inline text in runs of at most `charsMax` characters of markdown each; long text is cut between words, and never within a character. */
export function runsOf(inline: Inline, people: People, charsMax: number): readonly string[] {
  const runs: string[] = [];
  let run = '';
  for (const piece of inline.flatMap((span) => pieces(span, people, charsMax))) {
    // Two marked pieces side by side would read as one mark of four stars.
    const joint = /[*`]$/.test(run) && /^[*`]/.test(piece) ? ZERO_WIDTH_SPACE : '';
    if (run !== '' && run.length + joint.length + piece.length > charsMax) {
      runs.push(run);
      run = piece;
    } else run += joint + piece;
  }
  return run === '' ? runs : [...runs, run];
}

/** The widest a character of people's text becomes: a backslash, the character, an invisible one. */
const WIDEST = 3;
/** Of the marks around a piece. */
const MARKS_CHARS_MAX = 8;

function pieces(span: Span, people: People, charsMax: number): readonly string[] {
  const whole = spanText(span, people);
  if (whole === '') return [];
  if (whole.length <= charsMax) return [whole];
  if (span.kind === 'plain' || span.kind === 'strong' || span.kind === 'code') {
    const part = Math.floor((charsMax - MARKS_CHARS_MAX) / WIDEST);
    return cut(span.text, part).map((text) => spanText({ kind: span.kind, text }, people));
  }
  // An address too long to be pressed can still be read.
  return span.kind === 'link' ? pieces({ kind: 'plain', text: `${span.text} (${span.url})` }, people, charsMax) : [];
}
