import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawMessages, type Pen } from '../../../src/chat/discord/drawing.ts';
import { openCommand, signCommand } from '../../../src/chat/discord/signed-command.ts';
import { readableText } from '../../../src/kit/escape.ts';
import type { Document, Inline } from '../../../src/readings/document.ts';
import { complaintsAboutMessage } from '../../support/discord/request-check.ts';
import { readMessage } from '../../support/discord/seen.ts';
import { notifiedBy } from '../../support/discord/server-state.ts';
import { anyDocument, anyWords, type DocumentLimits } from '../../support/document-arbitrary.ts';

const KEY = new Uint8Array(32).fill(7);
const IDS: Readonly<Record<string, string>> = { ana: '100000000000000001', bo: '100000000000000002' };
const pen: Pen = { people: { discordId: (id) => IDS[id] ?? null, name: (id) => `Name of ${id}` }, buttonKey: KEY };

const LIMITS: DocumentLimits = {
  traps: [
    '@everyone',
    '@here look',
    '<@100000000000000001>',
    '<@&1>',
    '<t:0:R>',
    '**b** __u__ ~~s~~ ||x|| `c`',
    '# heading\n> quote\n- item\n1. one\n-# small',
    '[here](https://example.org)',
    'https://example.org/a_b',
    '```\ncode\n```',
    '\\',
  ],
  letter: '*',
  charsMax: 5_000,
  itemsMax: 30,
  buttonsMax: 30,
};

function textOf(text: string): Document {
  return { blocks: [{ kind: 'text', text: [{ kind: 'plain', text }] }] };
}
/** Without white space and the characters nobody sees. */
function dense(text: string): string {
  return readableText(text).replaceAll(/[\s\u200B]/g, '');
}

describe('a document as messages of Discord', () => {
  it('keeps every limit of Discord, whatever the document', () => {
    fc.assert(
      fc.property(anyDocument(LIMITS), (document) => {
        const bodies = drawMessages(document, pen).map((message) => ({ ...message, allowed_mentions: { parse: [] } }));
        expect(bodies.flatMap(complaintsAboutMessage)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('shows what people write to the letter, and leaves nothing out', () => {
    fc.assert(
      fc.property(anyWords(LIMITS), (text) => {
        const shown = drawMessages(textOf(text), pen).map(readMessage).join('');
        expect(dense(shown)).toBe(dense(text));
      }),
    );
  });

  it('notifies nobody whom only the words of people name', () => {
    fc.assert(
      fc.property(anyWords(LIMITS), fc.constantFrom('plain', 'strong', 'code'), (text, kind) => {
        const messages = drawMessages({ blocks: [{ kind: 'text', text: [{ kind, text }] }] }, pen);
        expect(messages.flatMap(({ content }) => notifiedBy({ content }))).toEqual([]);
      }),
    );
  });

  it('mentions people Discord knows, names the others, and gives each reader own clock', () => {
    const text: Inline = [
      { kind: 'person', id: 'ana' },
      { kind: 'plain', text: ' and ' },
      { kind: 'person', id: 'cy' },
      { kind: 'plain', text: ' at ' },
      { kind: 'time', at: 1_772_420_400_000, style: 'clock' },
      { kind: 'plain', text: ', ' },
      { kind: 'time', at: 1_772_420_400_000, style: 'relative' },
    ];
    const [message] = drawMessages({ blocks: [{ kind: 'text', text }] }, pen);
    expect(message?.content).toBe('<@100000000000000001> and Name of cy at <t:1772420400:t>, <t:1772420400:R>');
  });

  it('draws headings, lists, quotes, fields, code and links as Discord writes them', () => {
    const plain = (text: string): Inline => [{ kind: 'plain', text }];
    const document: Document = {
      blocks: [
        { kind: 'heading', text: plain('inc-42 Checkout') },
        { kind: 'fields', fields: [{ label: 'Lead', value: plain('Bo') }] },
        { kind: 'list', ordered: true, items: [plain('one'), plain('two\nlines')] },
        { kind: 'quote', text: plain('it\nbroke') },
        { kind: 'code', text: 'x = `1`' },
        { kind: 'text', text: [{ kind: 'link', text: 'console', url: 'https://allclear.example.org/1' }] },
      ],
    };
    expect(drawMessages(document, pen).map(({ content }) => content)).toEqual([
      '### inc-42 Checkout\n**Lead:** Bo\n1. one\n2. two\n   lines\n> it\n> broke\n```\nx = `1`\n```\n[console](<https://allclear.example.org/1>)',
    ]);
  });

  it('tells as words to type what no button can carry', () => {
    const buttons = [
      { label: 'Acknowledge', command: 'ack 42-1', style: 'primary' },
      { label: 'Long', command: 'note '.repeat(40), style: 'plain' },
    ] as const;
    const [message] = drawMessages({ blocks: [{ kind: 'buttons', buttons }] }, pen);
    expect(message?.components).toHaveLength(1);
    expect(message?.content).toContain('/incident note note');
  });
});

describe('what a button carries', () => {
  it('is the command it was made with, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 90 }), fc.nat(), (command, index) => {
        const id = signCommand(KEY, command, index);
        if (id !== null) expect(openCommand(KEY, id)).toBe(command);
      }),
    );
  });

  it('is refused when a character differs that says something, and under another key', () => {
    const id = signCommand(KEY, 'ack 42-1', 0) ?? '';
    for (let at = 0; at < id.length; at += 1) {
      const other = id[at] === 'a' ? 'b' : 'a';
      // The second only tells buttons of one message apart.
      if (at !== 1) expect(openCommand(KEY, id.slice(0, at) + other + id.slice(at + 1))).toBeNull();
    }
    expect(openCommand(new Uint8Array(32), id)).toBeNull();
    for (const nonsense of ['', 'c', '.', 'ack 42-1', `.${id}`]) expect(openCommand(KEY, nonsense)).toBeNull();
  });
});
