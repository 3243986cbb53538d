import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/kit/canonical-json.ts';

/** A double from its bits, as RFC 8785 lists its number samples. */
function double(bits: string): number {
  return Buffer.from(bits, 'hex').readDoubleBE();
}

function shuffled(value: unknown, order: readonly number[]): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, order));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field], index) => ({ name, field, rank: order[index % order.length] ?? 0 }));
  return Object.fromEntries(
    fields.toSorted((one, other) => one.rank - other.rank).map(({ name, field }) => [name, shuffled(field, order)]),
  );
}

const anyJson = fc.jsonValue({ maxDepth: 6, stringUnit: 'grapheme' });

describe('canonicalJson', () => {
  it('writes the sample of RFC 8785, part 3.2.2', () => {
    const sample = String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`;
    expect(canonicalJson(JSON.parse(sample))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts names by UTF-16 code units, as in RFC 8785, part 3.2.3', () => {
    const sample = String.raw`{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}`;
    const inOrder = ['Carriage Return', 'One', 'Control', 'Latin Small Letter O With Diaeresis', 'Euro Sign', 'Emoji: Grinning Face'];
    expect(canonicalJson(JSON.parse(sample)).match(/(?<=:")[^"]+/g)).toEqual([...inOrder, 'Hebrew Letter Dalet With Dagesh']);
  });

  it('sorts inside nested objects and keeps names that look like numbers as text', () => {
    const sample = { 1: { f: { f: 'hi', F: 5 }, '\n': 56 }, 10: {}, '': 'empty', a: {}, 111: [{}], A: {}, 9: [] };
    expect(canonicalJson(sample)).toBe(String.raw`{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{}],"9":[],"A":{},"a":{}}`);
  });

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number %s of RFC 8785, appendix B, as %s', (bits, text) => {
    expect(canonicalJson(double(bits))).toBe(text);
  });

  it.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a BigInt', 1n],
    ['undefined', undefined],
    ['undefined in an object', { a: undefined }],
    ['a hole in an array', new Array(2)],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a boxed number', new Number(1)],
    ['a lone surrogate', 'a\ud800'],
    ['a lone surrogate in a name', { '\udc00': 1 }],
    ['a lone surrogate in a long text', `${'x'.repeat(500)}\ud800`],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
    expect(() => canonicalJson([{ deep: value }])).toThrow(TypeError);
  });

  it('refuses a cycle and a nesting without end, and takes a deep but honest one', () => {
    const cycle: Record<string, unknown> = { name: 'a' };
    cycle['self'] = [cycle];
    expect(() => canonicalJson(cycle)).toThrow('a cycle');
    expect(() => canonicalJson(JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`))).toThrow('nested too deeply');
    const deep = `${'['.repeat(200)}${']'.repeat(200)}`;
    expect(canonicalJson(JSON.parse(deep))).toBe(deep);
  });

  it('takes the same object in two places, which is no cycle', () => {
    const shared = { b: 1 };
    expect(canonicalJson({ z: shared, a: shared })).toBe('{"a":{"b":1},"z":{"b":1}}');
  });

  it('takes objects without a prototype, as SQLite rows are', () => {
    expect(canonicalJson(Object.assign(Object.create(null), { b: 1, a: 2 }))).toBe('{"a":2,"b":1}');
  });

  it('keeps every value and is its own canonical form', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  it('does not depend on the order in which names were given', () => {
    fc.assert(
      fc.property(anyJson, fc.array(fc.nat(), { minLength: 1, maxLength: 8 }), (value, order) => {
        expect(canonicalJson(shuffled(value, order))).toBe(canonicalJson(value));
      }),
      { numRuns: 1_000 },
    );
  });

  it('quotes every text as the engine does, short or long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        fc.pre(text.isWellFormed());
        expect(canonicalJson(text)).toBe(JSON.stringify(text));
      }),
      { numRuns: 1_000 },
    );
    for (let code = 0; code < 0x800; code += 1)
      expect(canonicalJson(String.fromCharCode(code))).toBe(JSON.stringify(String.fromCharCode(code)));
  });
});
