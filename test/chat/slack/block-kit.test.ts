import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockKit, type Pen } from '../../../src/chat/slack/block-kit.ts';
import { openCommand, signCommand } from '../../../src/chat/slack/signed-command.ts';
import { readableText } from '../../../src/kit/escape.ts';
import type { Document, Inline } from '../../../src/readings/document.ts';
import { anyDocument, anyWords, type DocumentLimits } from '../../support/document-arbitrary.ts';
import { complaintsAboutMessage, textOf } from '../../support/slack/block-kit-check.ts';

const KEY = new Uint8Array(32).fill(7);
const IDS: Readonly<Record<string, string>> = { ana: 'U0ANA', bo: 'U0BO' };
const pen: Pen = { people: { slackId: (id) => IDS[id] ?? null, name: (id) => `Name of ${id}` }, buttonKey: KEY };

const LIMITS: DocumentLimits = {
  traps: ['<!channel>', '<!here|x>', '<@U123>', '<!subteam^S1>', '&lt;!channel&gt;', '*b* _i_ `c`', ':fire:'],
  letter: 'x',
  charsMax: 9_000,
  itemsMax: 60,
  buttonsMax: 9,
};

function textsIn(document: Document): readonly string[] {
  const ofInline = (text: Inline): readonly string[] => text.flatMap((one) => ('text' in one ? [one.text] : []));
  return document.blocks.flatMap((one) => {
    switch (one.kind) {
      case 'list':
        return one.items.flatMap(ofInline);
      case 'fields':
        return one.fields.flatMap(({ label, value }) => [label, ...ofInline(value)]);
      case 'code':
        return [one.text];
      case 'buttons':
        return one.buttons.map(({ label }) => label);
      case 'divider':
        return [];
      default:
        return ofInline(one.text);
    }
  });
}
function dense(text: string): string {
  return readableText(text).replaceAll(/\s/g, '');
}

describe('a document as Block Kit', () => {
  it('keeps every limit of Slack, whatever the document', () => {
    fc.assert(
      fc.property(anyDocument(LIMITS), (document) => {
        expect(blockKit(document, pen).flatMap((message) => complaintsAboutMessage({ ...message }))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves no text out, in the order it stands', () => {
    fc.assert(
      fc.property(anyDocument(LIMITS), (document) => {
        const shown = dense(
          blockKit(document, pen)
            .map(({ blocks }) => textOf(blocks))
            .join(''),
        );
        let from = 0;
        for (const text of textsIn(document)) {
          const buttons = document.blocks.some(({ kind }) => kind === 'buttons');
          const at = shown.indexOf(dense(text), buttons ? 0 : from);
          expect(at, text).toBeGreaterThanOrEqual(0);
          from = at + dense(text).length;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets nothing people write become a mark: it stands in elements Slack reads to the letter', () => {
    fc.assert(
      fc.property(anyWords(LIMITS), (text) => {
        const [message] = blockKit({ blocks: [{ kind: 'text', text: [{ kind: 'plain', text }] }] }, pen);
        expect(message?.text ?? '').not.toMatch(/[<>]/);
        expect(JSON.stringify(message?.blocks ?? [])).not.toContain('"mrkdwn"');
        const elements = (message?.blocks ?? []).flatMap((one) => (one.type === 'rich_text' ? one.elements : []));
        expect(elements.flatMap((part) => part.elements.map(({ type }) => type)).filter((type) => type !== 'text')).toEqual([]);
      }),
    );
  });

  it('mentions people Slack knows, names the others, and gives each reader own clock', () => {
    const text: Inline = [
      { kind: 'person', id: 'ana' },
      { kind: 'plain', text: ' and ' },
      { kind: 'person', id: 'cy' },
      { kind: 'time', at: 1_772_420_400_000, style: 'clock' },
    ];
    const [message] = blockKit({ blocks: [{ kind: 'text', text }] }, pen);
    expect(message?.blocks).toEqual([
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'user', user_id: 'U0ANA' },
              { type: 'text', text: ' and ' },
              { type: 'text', text: 'Name of cy' },
              { type: 'date', timestamp: 1_772_420_400, format: '{time}', fallback: '2026-03-02 03:00 UTC' },
            ],
          },
        ],
      },
    ]);
    expect(message?.text).toContain('Name of ana and Name of cy');
  });

  it('tells as words to type what no button can carry', () => {
    const buttons = [
      { label: 'Acknowledge', command: 'ack 42-1', style: 'primary' },
      { label: 'Long', command: 'note '.repeat(500), style: 'plain' },
    ] as const;
    const [message] = blockKit({ blocks: [{ kind: 'buttons', buttons }] }, pen);
    expect(message?.blocks.map(({ type }) => type)).toEqual(['actions', 'rich_text']);
    expect(textOf(message?.blocks)).toContain('/incident note note');
  });
});

describe('what a button carries', () => {
  it('is the command it was made with, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 1_900 }), (command) => {
        const value = signCommand(KEY, command);
        if (value !== null) expect(openCommand(KEY, value)).toBe(command);
      }),
    );
  });

  it('is refused when a single character differs, and under another key', () => {
    const value = signCommand(KEY, 'ack 42-1') ?? '';
    for (let at = 0; at < value.length; at += 1) {
      const other = value[at] === 'a' ? 'b' : 'a';
      expect(openCommand(KEY, value.slice(0, at) + other + value.slice(at + 1))).toBeNull();
    }
    expect(openCommand(new Uint8Array(32), value)).toBeNull();
    for (const nonsense of ['', '.', 'ack 42-1', `.${value}`]) expect(openCommand(KEY, nonsense)).toBeNull();
  });
});
