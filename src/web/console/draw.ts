import { escapeHtml } from '../../kit/escape.ts';
import type { Block, Button, Document, Span } from '../../readings/document.ts';
import { html, inlineHtml } from '../../readings/html.ts';
import { parseMarkup } from '../../readings/markup.ts';
import { plainText, type Reader } from '../../readings/plain-text.ts';
import { beginningOf } from './unfinished.ts';
import { nameOf, type Viewer } from './viewer.ts';

/** Every button of a page belongs to this one form, which holds the session's token and the page's nonce. */
export const ACT_FORM = 'act';

function readerOf(viewer: Viewer): Reader {
  return { personName: (id) => nameOf(viewer, id), timeZone: viewer.timeZone, now: viewer.now, commandPrefix: '/inc' };
}

/** A document as HTML; its buttons submit the page's form, so that a message holds neither token nor nonce. */
export function documentHtml(document: Document, viewer: Viewer): string {
  return document.blocks.map((block) => blockHtml(block, viewer)).join('\n');
}

function blockHtml(block: Block, viewer: Viewer): string {
  if (block.kind === 'buttons') return `<div class="document-buttons">${buttonsHtml(block.buttons)}</div>`;
  // A heading in a message is no heading of the page: screen readers walk a page by its headings.
  if (block.kind === 'heading') return `<p class="document-heading">${inlineHtml(block.text, readerOf(viewer))}</p>`;
  return html({ blocks: [block] }, { ...readerOf(viewer), buttons: { as: 'words' } });
}

/** Buttons as HTML; what is only a beginning is continued on the line people type on. */
export function buttonsHtml(buttons: readonly Button[]): string {
  return buttons.map(buttonHtml).join('');
}
function buttonHtml({ label, command, style }: Button): string {
  const beginning = beginningOf(command);
  const begin = beginning === null ? '' : ` data-begin="${escapeHtml(beginning)}"`;
  return `<button class="button button-${style}" form="${ACT_FORM}" name="words" value="${escapeHtml(command)}"${begin}>${escapeHtml(label)}</button>`;
}

/** The buttons of a document, without the rest. */
export function buttonsIn(document: Document): readonly Button[] {
  return document.blocks.flatMap((block) => (block.kind === 'buttons' ? block.buttons : []));
}

/** What a message says, for a pin: without marks and buttons. */
export function wordsOf(document: Document, viewer: Viewer): string {
  const blocks = document.blocks.filter(({ kind }) => kind !== 'buttons' && kind !== 'divider');
  // Without the rule under a heading, and with times that stay true.
  const lines = blocks.map((block) => (block.kind === 'heading' ? ({ ...block, kind: 'text' } as const) : block));
  return plainText({ blocks: lines }, { ...readerOf(viewer), now: null }).trim();
}

const PERSON = /<@([a-z0-9._-]{1,64})>/g;

/** A line of the timeline as HTML: everything is plain, except people. */
export function lineHtml(text: string, viewer: Viewer): string {
  const spans: Span[] = [];
  let from = 0;
  for (const match of text.matchAll(PERSON)) {
    spans.push({ kind: 'plain', text: text.slice(from, match.index) }, { kind: 'person', id: match[1] ?? '' });
    from = match.index + match[0].length;
  }
  spans.push({ kind: 'plain', text: text.slice(from) });
  return inlineHtml(spans, readerOf(viewer));
}

/** Markdown's weaker emphasis, which our markup does not have. */
const EMPHASIS = /(?<![*\w])([*_])(?![*_\s])([^*_\n]+)\1(?![*\w])/g;
/** A list item, a heading or a fence begins a line of its own; anything else goes on with the line before. */
const OWN_LINE = /^\s*(?:[-*] |\d+\. |#|>|```|$)/;

/** Prose of a runbook's step as HTML. Markdown wraps its lines where it likes; ours are joined first. */
export function proseHtml(prose: string, viewer: Viewer): string {
  const lines: string[] = [];
  for (const line of prose.split('\n')) {
    const last = lines.at(-1);
    if (last === undefined || last.trim() === '' || OWN_LINE.test(line)) lines.push(line.replace(/^(\s*)\* /, '$1- '));
    else lines[lines.length - 1] = `${last} ${line.trim()}`;
  }
  return documentHtml(parseMarkup(lines.join('\n').replace(EMPHASIS, '**$2**')), viewer);
}
