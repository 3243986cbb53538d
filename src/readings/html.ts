import { escapeHtml } from '../kit/escape.ts';
import { isoTime } from '../kit/wall-time.ts';
import type { Block, Button, Document, Inline, Span } from './document.ts';
import { type Reader, timeText } from './plain-text.ts';

/**
 * How buttons are drawn. `forms`: each is a `<button data-command="…">` submitting `words` to `action` together with the hidden fields;
 * `words`: the command to type, for e-mail where forms do not work.
 */
export type HtmlButtons =
  | { readonly as: 'forms'; readonly action: string; readonly hidden: Readonly<Record<string, string>> }
  | { readonly as: 'words' };

export interface HtmlReader extends Reader {
  readonly buttons: HtmlButtons;
}

/**
 * Draws a document as HTML without wrapper: everything from people is escaped, only http and https become links, no
 * script, style or handler is ever written. Class names all begin with `document-`.
 */
export function html(document: Document, reader: HtmlReader): string {
  return document.blocks.map((block) => blockHtml(block, reader)).join('\n');
}

function blockHtml(block: Block, reader: HtmlReader): string {
  switch (block.kind) {
    case 'heading':
      return `<h2 class="document-heading">${inlineHtml(block.text, reader)}</h2>`;
    case 'text':
      return `<p class="document-text">${inlineHtml(block.text, reader)}</p>`;
    case 'fields': {
      const fields = block.fields.map(
        ({ label, value }) => `<div class="document-field"><dt>${textHtml(label)}</dt><dd>${inlineHtml(value, reader)}</dd></div>`,
      );
      return `<dl class="document-fields">${fields.join('')}</dl>`;
    }
    case 'list': {
      const items = block.items.map((item) => `<li>${inlineHtml(item, reader)}</li>`).join('');
      return block.ordered ? `<ol class="document-list">${items}</ol>` : `<ul class="document-list">${items}</ul>`;
    }
    case 'code':
      return `<pre class="document-code"><code>${escapeHtml(block.text)}</code></pre>`;
    case 'quote':
      return `<blockquote class="document-quote">${inlineHtml(block.text, reader)}</blockquote>`;
    case 'divider':
      return '<hr class="document-divider">';
    case 'buttons':
      return buttonsHtml(block.buttons, reader);
  }
}

/** Spans as HTML; line ends become `<br>`. */
export function inlineHtml(inline: Inline, reader: Reader): string {
  return inline.map((span) => spanHtml(span, reader)).join('');
}

function spanHtml(span: Span, reader: Reader): string {
  switch (span.kind) {
    case 'plain':
      return textHtml(span.text);
    case 'strong':
      return `<strong>${textHtml(span.text)}</strong>`;
    case 'code':
      return `<code>${textHtml(span.text)}</code>`;
    case 'link':
      return linkHtml(span.text, span.url);
    case 'person':
      return `<span class="document-person" data-person="${escapeHtml(span.id)}">${textHtml(reader.personName(span.id))}</span>`;
    case 'time':
      return `<time class="document-time" datetime="${isoTime(span.at)}" data-style="${span.style}">${textHtml(timeText(span, reader))}</time>`;
  }
}

function textHtml(text: string): string {
  return escapeHtml(text).replaceAll('\n', '<br>');
}

/** Documents may be built without the markup parser, so the scheme is looked at here too. */
function linkHtml(text: string, url: string): string {
  if (!/^https?:\/\//i.test(url)) return textHtml(text === url ? url : `${text} (${url})`);
  return `<a class="document-link" href="${escapeHtml(url)}" rel="noreferrer noopener nofollow">${textHtml(text)}</a>`;
}

function buttonsHtml(buttons: readonly Button[], reader: HtmlReader): string {
  if (reader.buttons.as === 'words') {
    const lines = buttons.map(({ label, command }) => `${textHtml(label)}: <code>${textHtml(`${reader.commandPrefix} ${command}`)}</code>`);
    return `<p class="document-commands">${lines.join('<br>')}</p>`;
  }
  const hidden = Object.entries(reader.buttons.hidden).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  const drawn = buttons.map(({ label, command, style }) => {
    const words = escapeHtml(command);
    return `<button class="document-button document-button-${style}" type="submit" name="words" value="${words}" data-command="${words}">${textHtml(label)}</button>`;
  });
  return `<form class="document-buttons" method="post" action="${escapeHtml(reader.buttons.action)}">${hidden.join('')}${drawn.join('')}</form>`;
}
