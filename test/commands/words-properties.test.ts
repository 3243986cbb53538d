import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/command.ts';
import { createCommandSet, headingOf } from '../../src/engine/hear/commands.ts';
import { tokenize, WORDS_CHARS_MAX } from '../../src/engine/hear/tokens.ts';
import { readWords } from '../../src/engine/hear/words.ts';
import { NOW } from '../support/given.ts';
import { loadCommands } from '../support/harness.ts';
import { catalogWithRunbooks as catalog } from '../support/shipped-runbooks.ts';

const commands = createCommandSet(await loadCommands());
const vocabulary = { catalog, person: 'cy', now: NOW };
const declare = commands.find('declare') as Command;
const note = commands.find('note') as Command;

/** Words that mean nothing but themselves, with any white space between them. */
const plainWord = fc.stringMatching(/^[a-zäöü'(),.!?€-]{1,9}$/u).filter((word) => !MEANT.test(word));
/** What the grammar of `declare` and `note` takes for itself. */
const MEANT = /^(?:on|because|me|[ps]\d|sev\d)$/i;
const gap = fc.constantFrom(' ', ' ', ' ', '  ', '\t', '\n');
const sentence = fc.array(fc.tuple(plainWord, gap), { minLength: 2, maxLength: 9 }).map((words) =>
  words
    .map(([word, space]) => word + space)
    .join('')
    .trim(),
);

describe('a title', () => {
  it('comes out exactly as it was typed', () => {
    fc.assert(
      fc.property(sentence, (title) => {
        expect(readWords(declare.args, title, vocabulary).values['title']).toBe(title);
      }),
    );
  });

  it('is what is left around a severity at either edge', () => {
    fc.assert(
      fc.property(sentence, fc.constantFrom('sev1', 'SEV2', 'p1', 's4'), fc.boolean(), (title, severity, inFront) => {
        const { values, problem } = readWords(declare.args, inFront ? `${severity} ${title}` : `${title} ${severity}`, vocabulary);
        expect({ title: values['title'], severity: values['severity'], problem }).toEqual({
          title,
          severity: `sev${severity.at(-1)}`,
          problem: null,
        });
      }),
    );
  });

  it('is everything between quotes, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 60 }).filter((text) => text.trim() !== ''),
        (text) => {
          const quoted = `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
          expect(readWords(declare.args, `sev1 ${quoted}`, vocabulary).values).toMatchObject({ severity: 'sev1', title: text });
        },
      ),
    );
  });
});

describe('any line at all', () => {
  const anyLine = fc.oneof(
    fc.string({ maxLength: 80, unit: 'binary' }),
    fc
      .array(
        fc.oneof(plainWord, fc.constantFrom('ack', 'on', 'for', 'because', '30m', '@bo', 'inc-7', 'read-only', '"', 'sev1', 'a:b', '42-1')),
        { maxLength: 8 },
      )
      .map((words) => words.join(' ')),
  );

  it('is read by every command without a throw, and no value escapes its schema', () => {
    fc.assert(
      fc.property(anyLine, fc.constantFrom(...commands.all), (line, command) => {
        const { values } = readWords(command.args, line, vocabulary);
        for (const [name, value] of Object.entries(values)) expect(Object.hasOwn(command.args, name)).toBe(value !== undefined);
        for (const [name, arg] of Object.entries(command.args)) {
          const value = values[name] ?? null;
          // Free text may be empty or too long; everything else was recognised.
          if (arg.widget !== 'text' && arg.widget !== 'title' && arg.widget !== 'word' && value !== null) {
            expect(arg.schema.safeParse(value).success || value === 0, `${name}: ${String(value)}`).toBe(true);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('either is a command, or help, or unknown; and loses nothing on the way', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const heading = headingOf(line, commands);
        if (heading.kind === 'unknown') expect(line.trim().endsWith(heading.line)).toBe(true);
        if (heading.kind === 'command') expect(line).toContain(heading.rest);
      }),
    );
  });

  it('is split into words at their places', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        let last = 0;
        for (const { start, end } of tokenize(line)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(line.slice(last, start).trim()).toBe('');
          last = end;
        }
        expect(line.slice(last).trim()).toBe('');
      }),
    );
  });

  it('of any length is read in no time', () => {
    for (const piece of ['"', 'a:"', '" ', '\\"', '“', 'because ', 'for ', '<@', 'a=']) {
      const line = piece.repeat(50_000);
      const before = performance.now();
      for (const command of [declare, note, commands.find('switch') as Command]) readWords(command.args, line, vocabulary);
      expect(performance.now() - before).toBeLessThan(2_000);
    }
    expect(tokenize('x'.repeat(50_000))[0]?.text).toHaveLength(WORDS_CHARS_MAX);
  });
});
