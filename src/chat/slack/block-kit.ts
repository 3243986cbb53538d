import type { types } from '@slack/bolt';
import { readableText } from '../../kit/escape.ts';
import { shorten } from '../../kit/shorten.ts';
import type { Block, Button, Document } from '../../readings/document.ts';
import { plainText } from '../../readings/plain-text.ts';
import { cut } from '../cut.ts';
import {
  BLOCK_CHARS_MAX,
  BUTTON_LABEL_CHARS_MAX,
  BUTTONS_IN_ROW_MAX,
  HEADER_CHARS_MAX,
  MESSAGE_BLOCKS_MAX,
  MESSAGE_CHARS_MAX,
  NOTIFICATION_CHARS_MAX,
} from './limits.ts';
import { charsOf, type Element, elementsOf, type People, runsOf, text } from './rich-text.ts';
import { signCommand } from './signed-command.ts';

export type SlackBlock = types.KnownBlock;
/** Arguments of one message. */
export interface SlackMessage {
  /** What a notification shows; Slack reads marks in it, so `& < >` are escaped and nobody is mentioned. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}
/** What a document is drawn with. */
export interface Pen {
  readonly people: People;
  /** Signs what buttons carry. */
  readonly buttonKey: Uint8Array;
}

/** What people type before a command. */
export const COMMAND_PREFIX = '/incident';

/** Draws a document as Block Kit: as many messages as it takes, each within Slack's limits, and no text left out. */
export function blockKit(document: Document, pen: Pen): readonly SlackMessage[] {
  const messages: SlackBlock[][] = [];
  let blocks: SlackBlock[] = [];
  let chars = 0;
  for (const [block, cost] of document.blocks.flatMap((one) => drawn(one, pen))) {
    if (blocks.length === MESSAGE_BLOCKS_MAX || chars + cost > MESSAGE_CHARS_MAX) {
      messages.push(blocks);
      blocks = [];
      chars = 0;
    }
    blocks.push(block);
    chars += cost;
  }
  if (blocks.length > 0) messages.push(blocks);
  const lead = notification(document, pen);
  return messages.map((found) => ({ text: lead, blocks: found }));
}

/** The blocks alone, for places that hold one message only; what does not fit is told by a last line. */
export function firstBlocks(document: Document, pen: Pen): readonly SlackBlock[] {
  return blockKit(document, pen)[0]?.blocks ?? [];
}

/** The beginning of a document in plain words, as a locked phone shows it. */
function notification(document: Document, { people }: Pen): string {
  const reader = { personName: people.name, timeZone: 'UTC', now: null, commandPrefix: COMMAND_PREFIX };
  return escapeMarks(shorten(plainText(document, reader).trim(), NOTIFICATION_CHARS_MAX)) || ' ';
}

/** Slack gives meaning to these three and no others (https://docs.slack.dev/messaging/formatting-message-text, "Escaping text"). */
export function escapeMarks(words: string): string {
  return readableText(words).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A block and how much of the message's budget it takes. */
type Drawn = readonly [block: SlackBlock, chars: number];

function drawn(block: Block, pen: Pen): readonly Drawn[] {
  const { people } = pen;
  switch (block.kind) {
    case 'heading':
      return heading(block, people);
    case 'text':
      return sections(elementsOf(block.text, people));
    case 'fields': {
      const lines = block.fields.map(({ label, value }) => [
        ...(label === '' ? [] : [text(`${label}: `, { bold: true })]),
        ...elementsOf(value, people),
      ]);
      return sections(lines.flatMap((line, index) => (index === 0 ? line : [text('\n'), ...line])));
    }
    case 'list':
      return lists(
        block.items.map((item) => elementsOf(item, people)),
        block.ordered,
      );
    case 'code':
      return cut(readableText(block.text), BLOCK_CHARS_MAX).map((piece) => [
        rich({ type: 'rich_text_preformatted', elements: [text(piece)] }),
        piece.length,
      ]);
    case 'quote':
      return runsOf(elementsOf(block.text, people), BLOCK_CHARS_MAX).map((run) => [
        rich({ type: 'rich_text_quote', elements: [...run] }),
        costOf(run),
      ]);
    case 'divider':
      return [[{ type: 'divider' }, 0]];
    case 'buttons':
      return rows(block.buttons, pen);
  }
}

/** Headers hold plain text only, and not much of it; what does not fit there is bold text. */
function heading({ text: inline }: Extract<Block, { kind: 'heading' }>, people: People): readonly Drawn[] {
  const elements = elementsOf(inline, people, true);
  const words = elements.map((element) => (element.type === 'text' ? element.text : null));
  const line = words.join('').replaceAll('\n', ' ').trim();
  if (words.includes(null) || line.length > HEADER_CHARS_MAX || line === '') return sections(elements);
  return [[{ type: 'header', text: { type: 'plain_text', text: line, emoji: false } }, line.length]];
}

type RichPart = types.RichTextBlock['elements'][number];

function rich(part: RichPart): types.RichTextBlock {
  return { type: 'rich_text', elements: [part] };
}

function costOf(run: readonly Element[]): number {
  return run.reduce((sum, element) => sum + charsOf(element), 0);
}

function sections(elements: readonly Element[]): readonly Drawn[] {
  return runsOf(elements, BLOCK_CHARS_MAX).map((run) => [rich({ type: 'rich_text_section', elements: [...run] }), costOf(run)]);
}

type Item = readonly Element[];

/** As few lists as the limits allow; a number has to be told to go on, and what an item has too much follows as text. */
function lists(items: readonly Item[], ordered: boolean): readonly Drawn[] {
  const found: Drawn[] = [];
  let held: { readonly first: number; readonly sections: types.RichTextSection[]; chars: number } | null = null;
  const close = (): void => {
    if (held === null) return;
    const numbering = ordered ? { style: 'ordered' as const, offset: held.first } : { style: 'bullet' as const };
    found.push([rich({ type: 'rich_text_list', ...numbering, elements: held.sections }), held.chars]);
    held = null;
  };
  for (const [index, item] of items.entries()) {
    const [first = [text('-')], ...further] = runsOf(item, BLOCK_CHARS_MAX);
    const cost = costOf(first);
    if (held !== null && held.chars + cost > BLOCK_CHARS_MAX) close();
    held ??= { first: index, sections: [], chars: 0 };
    held.sections.push({ type: 'rich_text_section', elements: [...first] });
    held.chars += cost;
    if (further.length > 0) close();
    found.push(...further.flatMap(sections));
  }
  close();
  return found;
}

function rows(buttons: readonly Button[], { buttonKey }: Pen): readonly Drawn[] {
  const made = buttons.map((button, index) => element(button, index, buttonKey));
  const pressable = made.filter((one) => one !== null);
  // What no button can carry is told as words to type.
  const typed = buttons.filter((_, index) => made[index] === null);
  const words = typed.flatMap(({ label, command }) => sections([text(`${label}: `), text(`${COMMAND_PREFIX} ${command}`, { code: true })]));
  const found: Drawn[] = [];
  for (let from = 0; from < pressable.length; from += BUTTONS_IN_ROW_MAX) {
    const elements = pressable.slice(from, from + BUTTONS_IN_ROW_MAX);
    found.push([{ type: 'actions', elements }, elements.reduce((sum, { text: label }) => sum + label.text.length, 0)]);
  }
  return [...found, ...words];
}

function element({ label, command, style }: Button, index: number, key: Uint8Array): types.Button | null {
  const value = signCommand(key, readableText(command));
  const words = readableText(label).replaceAll('\n', ' ').trim();
  if (value === null || words === '' || words.length > BUTTON_LABEL_CHARS_MAX) return null;
  return {
    type: 'button',
    // Slack wants them unlike within a block; what the button does stands in its value.
    action_id: `command-${index}`,
    text: { type: 'plain_text', text: words, emoji: false },
    value,
    ...(style === 'plain' ? {} : { style }),
  };
}
