import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../src/kit/json-fault.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the fault of a text that should be JSON', () => {
  it.each([
    ['', 1, 1],
    ['nul', 1, 1],
    ['{"a": 1,}', 1, 9],
    ['{"a": 1', 1, 8],
    ['{"a" 1}', 1, 6],
    ["{'a': 1}", 1, 2],
    ['[1 2]', 1, 4],
    ['[1,]', 1, 4],
    ['{"a": 01}', 1, 8],
    ['{"a": [}', 1, 8],
    ['{"a": 1}\n]', 2, 1],
    ['{\n  "a": "one\n two"\n}', 2, 8],
    ['{"a": "\\x"}', 1, 7],
    ['{"a": NaN}', 1, 7],
    ['{]', 1, 2],
    ['[}', 1, 2],
  ])('in %j is at line %i, column %i', (text, line, column) => {
    expect(jsonFault(text)).toMatchObject({ line, column });
  });

  it('is null exactly when JSON.parse is content', () => {
    const nearly = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', ']', '"', ':', '\\', '\n', '0', 'e', ' '), fc.nat(2));
    fc.assert(
      fc.property(nearly, ([json, at, mark, cut]) => {
        const text = json.slice(0, at % (json.length + 1)) + mark + json.slice((at % (json.length + 1)) + cut);
        expect(jsonFault(text) === null).toBe(isJson(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('lies in the text or right behind it, and what stands before it is no fault of its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '1', 'a', ' ', '\n') }), (text) => {
        const fault = jsonFault(text);
        if (fault === null) return;
        expect(fault.offset).toBeLessThanOrEqual(text.length);
        const lines = text.slice(0, fault.offset).split('\n');
        expect([fault.line, fault.column]).toEqual([lines.length, (lines.at(-1) ?? '').length + 1]);
      }),
    );
  });

  it('is found in a long string and in deep nesting as in short ones', () => {
    expect(jsonFault(`"${'a\\n'.repeat(300_000)}"`)).toBeNull();
    expect(jsonFault(`"${'a'.repeat(900_000)}`)).toMatchObject({ offset: 0 });
    expect(jsonFault('['.repeat(200_000))).toMatchObject({ offset: 200_000 });
  });
});
