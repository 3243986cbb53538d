import { type APIActionRowComponent, type APIButtonComponentWithCustomId, ButtonStyle, ComponentType } from 'discord.js';
import { readableText } from '../../kit/escape.ts';
import type { Block, Button, Document, Inline } from '../../readings/document.ts';
import { cut } from '../cut.ts';
import { BUTTON_LABEL_CHARS_MAX, BUTTONS_IN_ROW_MAX, MESSAGE_CHARS_MAX, ROWS_MAX } from './limits.ts';
import { literalCode, type People, runsOf } from './markdown.ts';
import { signCommand } from './signed-command.ts';

type Row = APIActionRowComponent<APIButtonComponentWithCustomId>;
/** Text and buttons of one message: what a locked phone shows is `content`, so nothing is drawn as an embed or a container. */
export interface DiscordMessage {
  readonly content: string;
  readonly components: readonly Row[];
}
/** What a document is drawn with. */
export interface Pen {
  readonly people: People;
  /** Signs what buttons carry. */
  readonly buttonKey: Uint8Array;
}

/** What people type before a command. */
export const COMMAND_PREFIX = '/incident';
/** Of every piece, for the marks around it. */
const PIECE_CHARS_MAX = MESSAGE_CHARS_MAX - 20;
const DIVIDER = '──────────';

/** Draws a document: as many messages as it takes, each within Discord's limits, and no text left out. */
export function drawMessages(document: Document, pen: Pen): readonly DiscordMessage[] {
  const counter = { buttons: 0 };
  const messages: { content: string; components: Row[] }[] = [];
  for (const part of document.blocks.flatMap((block) => drawn(block, pen, counter))) {
    if (part === '') continue;
    const last = messages.at(-1);
    if (last === undefined || !hasRoom(last, part)) messages.push({ content: '', components: [] });
    const { content, components } = messages.at(-1) as DiscordMessage;
    if (typeof part === 'string') messages[messages.length - 1] = { content: joined(content, part), components: [...components] };
    else messages[messages.length - 1] = { content, components: [...components, part] };
  }
  return messages;
}

function joined(content: string, part: string): string {
  return content === '' ? part : `${content}\n${part}`;
}

function hasRoom({ content, components }: DiscordMessage, part: string | Row): boolean {
  return typeof part === 'string' ? joined(content, part).length <= MESSAGE_CHARS_MAX : components.length < ROWS_MAX;
}

/** Lines of text, or a row of buttons; a message shows its buttons below all of its text. */
function drawn(block: Block, pen: Pen, counter: Counter): readonly (string | Row)[] {
  const { people } = pen;
  switch (block.kind) {
    case 'heading':
      return lines(block.text, people, '### ', '### ');
    case 'text':
      return lines(block.text, people, '', '');
    case 'fields':
      return block.fields.flatMap(({ label, value }) =>
        lines(label === '' ? value : [{ kind: 'strong', text: `${label}:` }, { kind: 'plain', text: ' ' }, ...value], people, '', ''),
      );
    case 'list':
      return block.items.flatMap((item, index) => {
        const mark = block.ordered ? `${index + 1}. ` : '- ';
        return lines(item, people, mark, ' '.repeat(mark.length));
      });
    case 'code':
      return cut(readableText(block.text), CODE_CHARS_MAX).map((piece) => `\`\`\`\n${literalCode(piece)}\n\`\`\``);
    case 'quote':
      return lines(block.text, people, '> ', '> ');
    case 'divider':
      return [DIVIDER];
    case 'buttons':
      return rows(block.buttons, pen, counter);
  }
}

/** At worst an invisible character follows each. */
const CODE_CHARS_MAX = Math.floor(PIECE_CHARS_MAX / 2);

/** A block's text after a mark, its further lines after another one. */
function lines(inline: Inline, people: People, mark: string, further: string): readonly string[] {
  // What stands before each line is counted as if each character began one: cheap, and right for the longest marks.
  const charsMax = further === '' ? PIECE_CHARS_MAX : Math.floor(PIECE_CHARS_MAX / (1 + further.length));
  return runsOf(inline, people, charsMax).map(
    (run, index) => (index === 0 ? mark : further) + run.trimEnd().replaceAll('\n', `\n${further}`),
  );
}

/** Buttons of the document so far. */
interface Counter {
  buttons: number;
}

function rows(buttons: readonly Button[], { buttonKey, people }: Pen, counter: Counter): readonly (string | Row)[] {
  const made = buttons.map((button) => {
    counter.buttons += 1;
    return element(button, buttonKey, counter.buttons);
  });
  const pressable = made.filter((one) => one !== null);
  // What no button can carry is told as words to type.
  const typed = buttons.filter((_, index) => made[index] === null);
  const words = typed.flatMap(({ label, command }) =>
    lines(
      [
        { kind: 'plain', text: `${label}: ` },
        { kind: 'code', text: `${COMMAND_PREFIX} ${command}` },
      ],
      people,
      '',
      '',
    ),
  );
  const found: Row[] = [];
  for (let from = 0; from < pressable.length; from += BUTTONS_IN_ROW_MAX)
    found.push({ type: ComponentType.ActionRow, components: pressable.slice(from, from + BUTTONS_IN_ROW_MAX) });
  return [...words, ...found];
}

const STYLES = { primary: ButtonStyle.Primary, danger: ButtonStyle.Danger, plain: ButtonStyle.Secondary } as const;

function element({ label, command, style }: Button, key: Uint8Array, index: number): APIButtonComponentWithCustomId | null {
  const id = signCommand(key, readableText(command), index);
  const words = readableText(label).replaceAll('\n', ' ').trim();
  if (id === null || words === '' || words.length > BUTTON_LABEL_CHARS_MAX) return null;
  return { type: ComponentType.Button, style: STYLES[style], label: words, custom_id: id };
}
