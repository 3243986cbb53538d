/**
 * Text from people on its way into a notation. Each function answers text that the notation shows exactly as it was
 * written and never obeys.
 */

// Marks that reorder what follows (UAX #9) or hide it: somebody could make a reader see another text than is there.
const BIDI_CONTROLS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point; the newline stays.
const CONTROLS = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\uFEFF\uFFF9-\uFFFB]/g;
const LINE_ENDS = /\r\n|[\r\u2028\u2029]/g;

/**
 * The text without control and bidirectional control characters, with `\n` as the only line end, tabs as spaces and
 * lone surrogates replaced. What is left is what a reader sees.
 */
export function readableText(text: string): string {
  return text.toWellFormed().replace(LINE_ENDS, '\n').replaceAll('\t', ' ').replace(BIDI_CONTROLS, '').replace(CONTROLS, '');
}

const MARKUP_PUNCTUATION = /[\\*`[\]()<>#|:.-]/g;
const EDGE_SPACES = /^ +| +$/g;
const MARKUP_ESCAPE = /\\([\\*`[\]()<>#|:.\-ns])/g;

/**
 * Escapes text for the message markup (src/readings/markup.ts). The answer is one line without edge spaces (`\n` and
 * `\s` stand for them), so a value can neither begin a block nor end the one it stands in.
 */
export function escapeText(text: string): string {
  return readableText(text)
    .replace(MARKUP_PUNCTUATION, '\\$&')
    .replaceAll('\n', '\\n')
    .replace(EDGE_SPACES, (spaces) => '\\s'.repeat(spaces.length));
}

/** `escapeText` for sentences of ours that quote people and show commands: pairs of backticks keep making code, nothing else does anything. */
export function escapeCodeText(text: string): string {
  return escapeText(text).replaceAll('\\`', '`');
}

/** Undoes `escapeText`; a backslash before anything else stays a backslash. */
export function unescapeText(escaped: string): string {
  return escaped.replace(MARKUP_ESCAPE, (_, mark: string) => (mark === 'n' ? '\n' : mark === 's' ? ' ' : mark));
}

const ZERO_WIDTH_SPACE = '\u200B';
// CommonMark 0.31 §2.4 lets every ASCII punctuation mark be escaped; `$` is GitHub's mathematics, `~` its strike-through
// and fence, `&` an entity (which could spell a mention), `=` the underline of a heading.
const MARKDOWN_PUNCTUATION = /[\\`*_{}[\]()#+\-.!|<>@~&$=]/g;
const URL_SCHEME = /:(?=\/\/)/g;
// GitHub links mentions and references after it has undone the backslashes: only a character between keeps them apart.
const MENTION = /@/g;
const REFERENCE = /#(?=\d)|GH-(?=\d)/gi;

function markdownWords(line: string): string {
  return line.replace(MARKDOWN_PUNCTUATION, '\\$&').replace(URL_SCHEME, '\\:').replace(MENTION, `@${ZERO_WIDTH_SPACE}`);
}
function markdownLines(text: string): readonly string[] {
  const lines = readableText(text.replaceAll(ZERO_WIDTH_SPACE, '')).split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => markdownWords(line.replace(REFERENCE, `$&${ZERO_WIDTH_SPACE}`)));
}

/**
 * Escapes text for GitHub Markdown: no heading, link, image, HTML, mention, reference or automatic link comes out of it.
 * Lines become hard line breaks of one paragraph (empty lines go), so the text stays inside the list item it began in.
 */
export function escapeMarkdown(text: string): string {
  return markdownLines(text).join('\\\n');
}

/** `escapeMarkdown` for one table cell, heading or list item: line ends become `<br>`. */
export function escapeMarkdownCell(text: string): string {
  return markdownLines(text).join('<br>');
}

const HTML_ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes text for HTML, as element content and as a quoted attribute value. */
export function escapeHtml(text: string): string {
  return readableText(text).replace(/[&<>"']/g, (mark) => HTML_ENTITIES[mark] ?? mark);
}

/**
 * One line for places that show text as it is but look for orders in it (commit subjects, titles of pull requests): mentions, references and
 * addresses, which could notify people or close issues, are broken up by characters nobody sees.
 */
export function inertLine(text: string): string {
  return readableText(text.replaceAll(ZERO_WIDTH_SPACE, ''))
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(MENTION, `@${ZERO_WIDTH_SPACE}`)
    .replace(REFERENCE, `$&${ZERO_WIDTH_SPACE}`)
    .replace(URL_SCHEME, `:${ZERO_WIDTH_SPACE}`);
}
