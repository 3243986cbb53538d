import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Document } from '../../src/readings/document.ts';
import { type HtmlReader, html } from '../../src/readings/html.ts';
import { parseMarkup } from '../../src/readings/markup.ts';

const AT = Date.parse('2026-11-22T23:05:09Z');
const reader: HtmlReader = {
  personName: (id) => (id === 'ana' ? 'Ana <Ng>' : id),
  timeZone: 'UTC',
  now: AT + 60_000,
  commandPrefix: '/incident',
  buttons: { as: 'forms', action: '/rooms/42/say', hidden: { token: 'a"b' } },
};

describe('a document as HTML', () => {
  it('has an element with a name for every form', () => {
    const document = parseMarkup(
      `# Down\nSee [b](https://example.org/?a=1&b=2) <@ana>\n- x\n1. y\n> q\n---\n::: fields\nAt: <t:${AT}:clock>\n:::\n\`\`\`\na < b\n\`\`\`\n**s** and \`c\``,
    );
    expect(html(document, reader).split('\n')).toEqual([
      '<h2 class="document-heading">Down</h2>',
      '<p class="document-text">See <a class="document-link" href="https://example.org/?a=1&amp;b=2" rel="noreferrer noopener nofollow">b</a> <span class="document-person" data-person="ana">Ana &lt;Ng&gt;</span></p>',
      '<ul class="document-list"><li>x</li></ul>',
      '<ol class="document-list"><li>y</li></ol>',
      '<blockquote class="document-quote">q</blockquote>',
      '<hr class="document-divider">',
      '<dl class="document-fields"><div class="document-field"><dt>At</dt><dd><time class="document-time" datetime="2026-11-22T23:05:09.000Z" data-style="clock">23:05 UTC</time></dd></div></dl>',
      '<pre class="document-code"><code>a &lt; b</code></pre>',
      '<p class="document-text"><strong>s</strong> and <code>c</code></p>',
    ]);
  });

  it('makes buttons of a form, and words where forms do not work', () => {
    const document = parseMarkup('[[Acknowledge|ack 42-1|primary]][[Say "no"|decline|danger]]');
    expect(html(document, reader)).toBe(
      '<form class="document-buttons" method="post" action="/rooms/42/say"><input type="hidden" name="token" value="a&quot;b">' +
        '<button class="document-button document-button-primary" type="submit" name="words" value="ack 42-1" data-command="ack 42-1">Acknowledge</button>' +
        '<button class="document-button document-button-danger" type="submit" name="words" value="decline" data-command="decline">Say &quot;no&quot;</button></form>',
    );
    expect(html(document, { ...reader, buttons: { as: 'words' } })).toBe(
      '<p class="document-commands">Acknowledge: <code>/incident ack 42-1</code><br>Say &quot;no&quot;: <code>/incident decline</code></p>',
    );
  });

  it('links http and https only, whoever built the document', () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', ' https://example.org', 'vbscript:x', '//example.org']) {
      const document: Document = { blocks: [{ kind: 'text', text: [{ kind: 'link', text: 'x', url }] }] };
      expect(html(document, reader)).not.toContain('<a');
      expect(html(document, reader)).toContain('x (');
    }
  });

  it('keeps any text inside the element it belongs to', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('"><script>', "'onload=", '</p><img src=x>', '&lt;', '\n'),
        (left, hostile) => {
          const text = left + hostile;
          const document: Document = {
            blocks: [
              { kind: 'heading', text: [{ kind: 'plain', text }] },
              {
                kind: 'text',
                text: [
                  { kind: 'strong', text },
                  { kind: 'code', text },
                  { kind: 'link', text, url: `https://example.org/${text}` },
                  { kind: 'person', id: text },
                ],
              },
              { kind: 'fields', fields: [{ label: text, value: [{ kind: 'plain', text }] }] },
              { kind: 'code', text },
              { kind: 'buttons', buttons: [{ label: text, command: text, style: 'plain' }] },
            ],
          };
          // With every attribute value taken out, only the tags this file writes may be left.
          const tags =
            html(document, reader)
              .replaceAll(/"[^"]*"/g, '""')
              .match(/<[^>]*>/g) ?? [];
          for (const tag of tags) {
            expect(tag).toMatch(
              /^<\/?(?:h2|p|strong|code|a|span|dl|div|dt|dd|pre|form|button|input|br)(?: (?:class|href|rel|data-[a-z]+|method|action|type|name|value)="")*>$/,
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
