import { describe, expect, it } from 'vitest';
import { parseInline, parseMarkup } from '../../src/readings/markup.ts';

describe('blocks of the message markup', () => {
  it('reads every form once', () => {
    const document = parseMarkup(
      [
        '# Checkout is **down**',
        'First line',
        'second line',
        '',
        '- one',
        '- two',
        '1. first',
        '2. second',
        '> said',
        '> twice',
        '---',
        '::: fields',
        'Severity: sev1',
        'Since: <t:1000:relative>',
        ':::',
        '```',
        '  indented',
        '```',
        '[[Acknowledge|ack 42-1|primary]] [[Cancel|cancel 42|danger]]',
        '[[Status|status]]',
      ].join('\n'),
    );
    expect(document.blocks).toEqual([
      {
        kind: 'heading',
        text: [
          { kind: 'plain', text: 'Checkout is ' },
          { kind: 'strong', text: 'down' },
        ],
      },
      { kind: 'text', text: [{ kind: 'plain', text: 'First line\nsecond line' }] },
      { kind: 'list', ordered: false, items: [[{ kind: 'plain', text: 'one' }], [{ kind: 'plain', text: 'two' }]] },
      { kind: 'list', ordered: true, items: [[{ kind: 'plain', text: 'first' }], [{ kind: 'plain', text: 'second' }]] },
      { kind: 'quote', text: [{ kind: 'plain', text: 'said\ntwice' }] },
      { kind: 'divider' },
      {
        kind: 'fields',
        fields: [
          { label: 'Severity', value: [{ kind: 'plain', text: 'sev1' }] },
          { label: 'Since', value: [{ kind: 'time', at: 1000, style: 'relative' }] },
        ],
      },
      { kind: 'code', text: '  indented' },
      {
        kind: 'buttons',
        buttons: [
          { label: 'Acknowledge', command: 'ack 42-1', style: 'primary' },
          { label: 'Cancel', command: 'cancel 42', style: 'danger' },
          { label: 'Status', command: 'status', style: 'plain' },
        ],
      },
    ]);
  });

  it('leaves out fields, items and headings that came out empty', () => {
    expect(parseMarkup('# \n- \n::: fields\nService: \nSeverity: sev1\n:::\n****').blocks).toEqual([
      { kind: 'fields', fields: [{ label: 'Severity', value: [{ kind: 'plain', text: 'sev1' }] }] },
    ]);
  });

  it('ignores the indentation that template blocks leave', () => {
    expect(parseMarkup('    - one\n\t- two  \n').blocks).toEqual([
      { kind: 'list', ordered: false, items: [[{ kind: 'plain', text: 'one' }], [{ kind: 'plain', text: 'two' }]] },
    ]);
  });

  it('ends a paragraph where another form begins', () => {
    expect(parseMarkup('Next:\n- look').blocks.map((block) => block.kind)).toEqual(['text', 'list']);
    expect(parseMarkup('Choose\n[[Go|go]]').blocks.map((block) => block.kind)).toEqual(['text', 'buttons']);
  });

  it('takes an open fence to the end', () => {
    expect(parseMarkup('```\nall\nthat').blocks).toEqual([{ kind: 'code', text: 'all\nthat' }]);
    expect(parseMarkup('::: fields\nA: b').blocks).toEqual([
      { kind: 'fields', fields: [{ label: 'A', value: [{ kind: 'plain', text: 'b' }] }] },
    ]);
  });

  it('keeps a field line without a label as a value', () => {
    expect(parseMarkup('::: fields\njust words\n:::').blocks).toEqual([
      { kind: 'fields', fields: [{ label: '', value: [{ kind: 'plain', text: 'just words' }] }] },
    ]);
  });
});

describe('inline forms', () => {
  it('reads people, times, code and links', () => {
    expect(parseInline('<@ana> at <t:5:clock> ran `rm` per [the plan](https://example.org/a)')).toEqual([
      { kind: 'person', id: 'ana' },
      { kind: 'plain', text: ' at ' },
      { kind: 'time', at: 5, style: 'clock' },
      { kind: 'plain', text: ' ran ' },
      { kind: 'code', text: 'rm' },
      { kind: 'plain', text: ' per ' },
      { kind: 'link', text: 'the plan', url: 'https://example.org/a' },
    ]);
  });

  it('keeps a person inside strong text a person', () => {
    expect(parseInline('**now <@bo>**')).toEqual([
      { kind: 'strong', text: 'now ' },
      { kind: 'person', id: 'bo' },
    ]);
  });

  it('links http and https only', () => {
    expect(parseInline('[x](javascript:alert)')).toEqual([{ kind: 'plain', text: 'x (javascript:alert)' }]);
    expect(parseInline('[x](data:text/html,hello)')).toEqual([{ kind: 'plain', text: 'x (data:text/html,hello)' }]);
    expect(parseInline('[x](https://)')).toEqual([{ kind: 'plain', text: 'x (https://)' }]);
  });

  it('takes marks that close nothing as text', () => {
    for (const text of ['**open', '`open', '[open', '<@ana', '<t:5:later>', '<!channel>', '5 < 6 * 7', 'a\\q']) {
      expect(parseInline(text)).toEqual([{ kind: 'plain', text }]);
    }
  });
});
