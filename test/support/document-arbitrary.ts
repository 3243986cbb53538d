import fc from 'fast-check';
import type { Block, Document, Span } from '../../src/readings/document.ts';

export interface DocumentLimits {
  /** What means something to the platform where it stands in a text. */
  readonly traps: readonly string[];
  /** Stands for text that cannot be cut between words. */
  readonly letter: string;
  /** Beyond what one message takes. */
  readonly charsMax: number;
  readonly itemsMax: number;
  readonly buttonsMax: number;
}

/** What people may have written. */
export function anyWords({ traps, letter, charsMax }: DocumentLimits): fc.Arbitrary<string> {
  const chars = fc.integer({ min: 1, max: charsMax });
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(...traps, '\u202Egpj.exe', '😀'.repeat(90)),
    chars.map((count) => 'lorem ipsum '.repeat(count).slice(0, count)),
    chars.map((count) => letter.repeat(count)),
  );
}

/** Any document there could be: of every kind of block, with too much of everything. */
export function anyDocument(limits: DocumentLimits): fc.Arbitrary<Document> {
  const { itemsMax, buttonsMax } = limits;
  const words = anyWords(limits);
  const inline = fc.array(anySpan(words), { maxLength: 5 });
  const label = words;
  const block: fc.Arbitrary<Block> = fc.oneof(
    inline.map((text): Block => ({ kind: 'heading', text })),
    inline.map((text): Block => ({ kind: 'text', text })),
    inline.map((text): Block => ({ kind: 'quote', text })),
    words.map((text): Block => ({ kind: 'code', text })),
    fc.constant<Block>({ kind: 'divider' }),
    fc.record({ kind: fc.constant('list' as const), ordered: fc.boolean(), items: fc.array(inline, { maxLength: itemsMax }) }),
    fc.array(fc.record({ label, value: inline }), { maxLength: 12 }).map((fields): Block => ({ kind: 'fields', fields })),
    fc
      .array(fc.record({ label, command: words, style: fc.constantFrom('primary', 'danger', 'plain') }), { maxLength: buttonsMax })
      .map((buttons): Block => ({ kind: 'buttons', buttons })),
  );
  return fc.array(block, { maxLength: 12 }).map((blocks) => ({ blocks }));
}

function anySpan(words: fc.Arbitrary<string>): fc.Arbitrary<Span> {
  return fc.oneof(
    words.map((text): Span => ({ kind: 'plain', text })),
    words.map((text): Span => ({ kind: 'strong', text })),
    words.map((text): Span => ({ kind: 'code', text })),
    fc.record({ kind: fc.constant('link' as const), text: words, url: fc.oneof(fc.webUrl(), fc.constant('javascript:alert(1)')) }),
    fc.constantFrom<Span>({ kind: 'person', id: 'ana' }, { kind: 'person', id: 'stranger' }),
    fc.record({
      kind: fc.constant('time' as const),
      at: fc.integer({ min: -1, max: 9e12 }),
      style: fc.constantFrom('clock', 'date', 'relative'),
    }),
  );
}
