import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Args, arg, defineCommand, optional } from '../../src/command.ts';
import { formOf } from '../../src/engine/hear/form.ts';
import { recognise, type Vocabulary } from '../../src/engine/hear/recognise.ts';
import { parseDuration, SECOND_MS, spellDuration } from '../../src/kit/duration.ts';
import { exampleCatalog } from '../support/catalog.ts';

const NOW = Date.parse('2026-03-02T03:00:00Z');
const args = {
  person: arg.person('who'),
  for: arg.duration('how long'),
  until: arg.moment('until when'),
  severity: arg.severity('how bad'),
  yes: arg.yes('really'),
  text: optional(arg.text('why')),
} satisfies Args;
const command = defineCommand({
  name: 'sample',
  summary: 'Sample.',
  example: 'sample',
  group: 'look',
  args,
  answer: async () => ({ message: 'list', model: {} }),
});

describe('a form that comes back unchanged', () => {
  it('means what was typed, whoever reads it where', () => {
    const values = fc.record({
      person: fc.constantFrom('ana', 'bo'),
      for: fc.integer({ min: 1, max: 1_000_000 }).map((seconds) => seconds * SECOND_MS),
      until: fc.integer({ min: NOW, max: NOW + 1e10 }),
      severity: fc.constantFrom('sev1', 'sev4'),
      yes: fc.boolean(),
      text: fc.constantFrom(null, 'because'),
    });
    fc.assert(
      fc.property(values, fc.constantFrom('cy', 'dee'), (typed, person) => {
        const vocabulary: Vocabulary = { catalog: exampleCatalog, person, now: NOW };
        const { fields } = formOf(command, typed, exampleCatalog);
        const again = fields.map(({ name, value }) => [
          name,
          value === '' ? null : recognise(args[name as keyof typeof args], value, vocabulary),
        ]);
        expect(Object.fromEntries(again)).toEqual(typed);
      }),
    );
  });
});

describe('a duration', () => {
  it('is spelled so that it reads the same', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000_000 }), (seconds) => parseDuration(spellDuration(seconds * SECOND_MS)) === seconds * SECOND_MS),
    );
    expect([1_200_000, 90_000, 0, 93_600_000].map(spellDuration)).toEqual(['20m', '1m30s', '0s', '1d2h']);
  });
});
