import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { escapeText, readableText, unescapeText } from '../../src/kit/escape.ts';
import { loadTemplates, type Templates } from '../../src/kit/templates.ts';
import type { Block, Document, Inline } from '../../src/readings/document.ts';
import { parseMarkup } from '../../src/readings/markup.ts';

/** Each place in a template where text from people may stand, with how to find it again. */
const PLACES: Readonly<
  Record<
    string,
    { readonly template: string; readonly found: (document: Document) => unknown; readonly expected?: (text: string) => unknown }
  >
> = {
  paragraph: { template: '{{text x}}', found: (document) => plain(only(document, 'text')) },
  'middle of a paragraph': {
    template: 'a\n{{text x}}\nb',
    found: (document) => plain(only(document, 'text')),
    expected: (text) => `a\n${text}\nb`,
  },
  'beside an id': { template: '1{{text x}}', found: (document) => plain(only(document, 'text')), expected: (text) => `1${text}` },
  heading: { template: '# {{text x}}', found: (document) => plain(only(document, 'heading')) },
  quote: { template: '> {{text x}}', found: (document) => plain(only(document, 'quote')) },
  bullet: { template: '- {{text x}}', found: (document) => only(document, 'list')?.items.map(spanText) ?? '', expected: (text) => [text] },
  numbered: {
    template: '1. {{text x}}',
    found: (document) => only(document, 'list')?.items.map(spanText) ?? '',
    expected: (text) => [text],
  },
  field: {
    template: '::: fields\nIt: {{text x}}\n:::',
    found: (document) => only(document, 'fields')?.fields.map((field) => [field.label, spanText(field.value)]) ?? '',
    expected: (text) => [['It', text]],
  },
  'field label': {
    template: '::: fields\n{{text x}}: it\n:::',
    found: (document) => only(document, 'fields')?.fields.map((field) => field.label),
    expected: (text) => [text],
  },
  code: { template: '```\n{{text x}}\n```', found: (document) => only(document, 'code')?.text ?? '' },
  strong: {
    template: '**{{text x}}**',
    found: (document) => only(document, 'text')?.text ?? '',
    expected: (text) => [{ kind: 'strong', text }],
  },
  'inline code': {
    template: '`{{text x}}`',
    found: (document) => only(document, 'text')?.text ?? '',
    expected: (text) => [{ kind: 'code', text }],
  },
  link: {
    template: '[a{{text x}}](https://example.org/)',
    found: (document) => only(document, 'text')?.text,
    expected: (text) => [{ kind: 'link', text: `a${text}`, url: 'https://example.org/' }],
  },
  'button label': {
    template: '[[a{{text x}}|ack 1|danger]]',
    found: (document) => only(document, 'buttons')?.buttons,
    expected: (text) => [{ label: `a${text}`, command: 'ack 1', style: 'danger' }],
  },
  'button command': {
    template: '[[Go|note {{text x}}]]',
    found: (document) => only(document, 'buttons')?.buttons,
    expected: (text) => [{ label: 'Go', command: `note ${text}`, style: 'plain' }],
  },
};

function only<K extends Block['kind']>(document: Document, kind: K): Extract<Block, { kind: K }> | undefined {
  if (document.blocks.length > 1) throw new Error(`one block was expected, not ${document.blocks.map((block) => block.kind).join(' ')}`);
  return document.blocks.find((block): block is Extract<Block, { kind: K }> => block.kind === kind);
}
function spanText(inline: Inline): string {
  if (inline.some((span) => span.kind !== 'plain')) throw new Error('text from people became markup');
  return inline.map((span) => ('text' in span ? span.text : '')).join('');
}
function plain(block: { readonly text: Inline } | undefined): string {
  return spanText(block?.text ?? []);
}

const MARKS = [
  '#',
  '-',
  '1.',
  '> ',
  '---',
  ':::',
  '::: fields',
  '```',
  '**',
  '`',
  '[',
  ']',
  '(',
  ')',
  '[[A|b|primary]]',
  '<@ana>',
  '<t:5:clock>',
  '\\',
  '\\n',
  '\\s',
  '|',
  ':',
  'A: b',
];
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...MARKS, '\n', '\r\n', ' ', '\t', '\u202E', '\u2028', '\uD800', '<!channel>', '@everyone', '{{x}}'),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

let directory: string;
let templates: Templates;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'markup-'));
  for (const [place, { template }] of Object.entries(PLACES))
    writeFileSync(join(directory, `${place.replaceAll(' ', '-')}.md.hbs`), template);
  templates = loadTemplates(directory);
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('text from people', () => {
  for (const [place, { found, expected }] of Object.entries(PLACES)) {
    it(`stays exactly itself as ${place}`, () => {
      fc.assert(
        fc.property(hostile, (x) => {
          const text = readableText(x);
          fc.pre(text !== '');
          const document = parseMarkup(templates.render(place.replaceAll(' ', '-'), { x }));
          expect(found(document)).toEqual(expected === undefined ? text : expected(text));
        }),
        { numRuns: 500 },
      );
    });
  }

  it('is one line without edge spaces once escaped, and comes back', () => {
    fc.assert(
      fc.property(hostile, (x) => {
        const escaped = escapeText(x);
        expect(escaped).not.toMatch(/\n|^\s|\s$|[\u202A-\u202E]/u);
        expect(unescapeText(escaped)).toBe(readableText(x));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('any text at all', () => {
  it('parses', () => {
    fc.assert(
      fc.property(hostile, (x) => {
        expect(Array.isArray(parseMarkup(x).blocks)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('parses in linear time', () => {
    const nasty = ['**a', '`a', '[a](b', '[[a|b', '\\', '<t:1', '> '].map((mark) => mark.repeat(3_000));
    for (const text of nasty) expect(parseMarkup(text).blocks).toHaveLength(1);
  }, 2_000);
});
