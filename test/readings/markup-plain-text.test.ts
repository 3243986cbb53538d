import { describe, expect, it } from 'vitest';
import type { Document } from '../../src/readings/document.ts';
import { parseMarkup } from '../../src/readings/markup.ts';
import { plainText, type Reader } from '../../src/readings/plain-text.ts';

const AT = Date.parse('2026-11-22T23:05:09Z');
const reader: Reader = {
  personName: (id) => ({ ana: 'Ana Ng' })[id] ?? id,
  timeZone: 'Europe/Paris',
  now: AT + 5 * 60_000,
  commandPrefix: '/incident',
};

describe('a document as plain text', () => {
  it('is readable in a terminal', () => {
    const document = parseMarkup(
      [
        '# inc-42 Checkout **down**',
        'See [the board](https://example.org/b) or <@ana>, not <@zed>.',
        '- first',
        `- second at <t:${AT}:clock>`,
        '1. one',
        '> said\n> twice',
        '---',
        `::: fields\nSeverity: sev1\nDeclared: <t:${AT}:date>, <t:${AT}:relative>\n:::`,
        '```\nkubectl get pods\nexit\n```',
        '[[Acknowledge|ack 42-1|primary]][[Stop|page stop 42-1]]',
      ].join('\n'),
    );
    expect(plainText(document, reader)).toBe(
      [
        'inc-42 Checkout down',
        '====================',
        '',
        'See the board (https://example.org/b) or Ana Ng, not zed.',
        '',
        '- first',
        '- second at 00:05 GMT+1',
        '',
        '1. one',
        '',
        '> said',
        '> twice',
        '',
        '----------------------------------------',
        '',
        'Severity: sev1',
        'Declared: 2026-11-23, 5m ago',
        '',
        '    kubectl get pods',
        '    exit',
        '',
        'Acknowledge: /incident ack 42-1',
        'Stop: /incident page stop 42-1',
        '',
      ].join('\n'),
    );
  });

  it('tells relative times as moments where they would grow stale', () => {
    const document = parseMarkup(`<t:${AT}:relative>`);
    expect(plainText(document, { ...reader, now: null, timeZone: 'UTC' })).toBe('2026-11-22 23:05 UTC\n');
    expect(plainText(document, { ...reader, now: AT - 60_000 })).toBe('in 1m\n');
  });

  it('lets no escape sequence through to the terminal, whoever built the document', () => {
    const document: Document = { blocks: [{ kind: 'text', text: [{ kind: 'plain', text: 'a\u001B[2Jb\u202Ec\r\nd' }] }] };
    expect(plainText(document, reader)).toBe('a[2Jbc\nd\n');
  });

  it('hangs further lines under their first', () => {
    const document: Document = {
      blocks: [
        { kind: 'list', ordered: true, items: [[{ kind: 'plain', text: 'a\nb' }]] },
        { kind: 'fields', fields: [{ label: 'Why', value: [{ kind: 'plain', text: 'c\nd' }] }] },
      ],
    };
    expect(plainText(document, reader)).toBe('1. a\n   b\n\nWhy: c\n     d\n');
  });
});
