import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeCodeText, escapeHtml, escapeMarkdown, escapeMarkdownCell, inertLine, readableText } from '../../src/kit/escape.ts';

const ZERO_WIDTH_SPACE = '\u200B';
const MARKS = [
  '#',
  '1.',
  '-',
  '**',
  '`',
  '~~~',
  '[x](y)',
  '![i](//e)',
  '<img src=x>',
  '<!--',
  '|',
  '\\',
  '\\|',
  '@org/team',
  'fixes #12',
  'GH-7',
  '&#64;a',
  '$x$',
  '===',
  'https://e.org',
  '\n',
  '\n\n',
  '    ',
  '\r',
  '\u202E',
  '\u200B',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...MARKS), fc.string({ unit: 'binary' })), { maxLength: 10 })
  .map((parts) => parts.join(''));

/** What CommonMark makes of escaped text: backslashes before punctuation go (§2.4), hard breaks become line ends. */
function shown(escaped: string): string {
  return escaped
    .replaceAll('\\\n', '\n')
    .replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll(ZERO_WIDTH_SPACE, '');
}
/** The lines a reader should see, whatever was written. */
function meant(text: string): string {
  const lines = readableText(text).replaceAll(ZERO_WIDTH_SPACE, '').split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

describe('text for GitHub Markdown', () => {
  it('shows exactly what was written', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(shown(escapeMarkdown(text))).toBe(meant(text));
        expect(shown(escapeMarkdownCell(text).replaceAll('<br>', '\\\n'))).toBe(meant(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves no mark that Markdown would obey', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const escaped = escapeMarkdown(text);
        // With every escaped mark taken out, none of the marks with a meaning is left.
        expect(escaped.replaceAll(/\\[\s\S]/g, '')).not.toMatch(/[\\`*_{}[\]()#+\-.!|<>@~&$=]|:\/\//);
        expect(escapeMarkdownCell(text)).not.toContain('\n');
        expect(escaped).not.toMatch(/^[ \t]|\n[ \t\n]/);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['@org/everyone', `\\@${ZERO_WIDTH_SPACE}org/everyone`],
    ['fixes #1', `fixes \\#${ZERO_WIDTH_SPACE}1`],
    ['gh-12', `gh\\-${ZERO_WIDTH_SPACE}12`],
    ['https://e.org', 'https\\://e\\.org'],
    ['a\n\n# b', 'a\\\n\\# b'],
    ['a\u0000\u202Eb\u2028c', 'ab\\\nc'],
  ])('writes %j as %j', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });

  it('keeps a table cell in its cell', () => {
    expect(escapeMarkdownCell('a | b\n| c |')).toBe('a \\| b<br>\\| c \\|');
  });
});

describe('one inert line', () => {
  it('notifies nobody, closes nothing and links nowhere', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = inertLine(text);
        expect(line).not.toMatch(/[\n\r]|@[^\u200B]|@$|#\d|GH-\d|:\/\//i);
        expect(line.replaceAll(ZERO_WIDTH_SPACE, '')).toBe(
          readableText(text).replaceAll(ZERO_WIDTH_SPACE, '').replaceAll(/\s+/g, ' ').trim(),
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('sentences with commands in them', () => {
  it('keep their code and nothing else', () => {
    expect(escapeCodeText('There is no `x*y`. Try `/inc list`, <@ana>.')).toBe('There is no `x\\*y`\\. Try `/inc list`, \\<@ana\\>\\.');
  });
});

describe('text for HTML', () => {
  it('cannot leave its element or its attribute', () => {
    expect(escapeHtml(`<a href="x" on='y'>&amp;</a>\u0007`)).toBe('&lt;a href=&quot;x&quot; on=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;');
  });
});
