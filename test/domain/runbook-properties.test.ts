import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRunbooks } from '../../src/domain/runbooks/check.ts';
import { splitMarkdown } from '../../src/domain/runbooks/markdown.ts';
import { parseRunbook } from '../../src/domain/runbooks/parse.ts';
import { planRun } from '../../src/domain/runbooks/plan.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { arbitraryRunbook } from '../support/runbook-arbitrary.ts';
import { printRunbook } from '../support/runbook-print.ts';

/** Lines that mean something to the parser, in any order: the nearest thing to somebody typing at night. */
const suspiciousLine = fc.constantFrom(
  '---',
  '## Step',
  '## Step ##',
  '##',
  '```step',
  '```',
  '~~~step',
  '~~~',
  '````',
  '<!--',
  '-->',
  'id: a',
  'title: A',
  'clock: 15m',
  'do: manual',
  'do: choose',
  'options: [a, b]',
  'do: {',
  '- &a *a',
  '  ? [',
  'when: { step: step, chose: a }',
  'checkpoints:',
  '  - { at: 5m, ask: Q, options: [A] }',
  '\t',
  '\uFEFF',
  '\u0000',
);
const suspiciousText = fc
  .array(fc.oneof(suspiciousLine, fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 40 })
  .map((lines) => lines.join('\n'));

describe('parseRunbook', () => {
  test('never throws and always says where, whatever the text', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), suspiciousText), (text) => {
        const read = parseRunbook(text, 'any.md');
        if (read.ok) return;
        refused += 1;
        expect(read.problems.length).toBeGreaterThan(0);
        const lines = text.split(/\r\n?|\n/).length;
        for (const { line, column, sentence } of read.problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines + 1);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(sentence).toMatch(/^[A-Z`].*[.)]$/s);
        }
      }),
      { numRuns: 3_000 },
    );
    expect(refused).toBeGreaterThan(1_000);
  });

  test('reads back every runbook that can be written', () => {
    fc.assert(
      fc.property(arbitraryRunbook, (runbook) => {
        const read = parseRunbook(printRunbook(runbook), runbook.file);
        if (!read.ok) throw new Error(JSON.stringify(read.problems));
        expect({ ...read.runbook, steps: read.runbook.steps.map((step) => ({ ...step, line: 1 })) }).toEqual(runbook);
      }),
      { numRuns: 300 },
    );
  });

  test('gives every step the line of its heading', () => {
    fc.assert(
      fc.property(arbitraryRunbook, (runbook) => {
        const text = printRunbook(runbook);
        const read = parseRunbook(text, runbook.file);
        const lines = text.split('\n');
        for (const { title, line } of read.ok ? read.runbook.steps : []) expect(lines[line - 1]).toBe(`## ${title}`);
      }),
      { numRuns: 50 },
    );
  });

  test('splits long lines in linear time', () => {
    for (const line of [
      '#'.repeat(60_000),
      ` ${' '.repeat(60_000)}##`,
      `## ${'# '.repeat(30_000)}x`,
      '`'.repeat(60_000),
      `<!--${'-'.repeat(60_000)}`,
    ]) {
      const begin = performance.now();
      splitMarkdown(line);
      expect(performance.now() - begin).toBeLessThan(500);
    }
  });
});

describe('a runbook that could be read', () => {
  test('can be checked and planned, whatever is answered', () => {
    fc.assert(
      fc.property(arbitraryRunbook, fc.dictionary(fc.string(), fc.string()), (runbook, answers) => {
        checkRunbooks([runbook], exampleCatalog);
        expect(planRun(runbook, answers).map(({ id }) => id)).toEqual(runbook.steps.map(({ id }) => id));
      }),
      { numRuns: 100 },
    );
  });
});
