import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sayProblem } from '../../src/config/problem.ts';
import { readYaml, YAML_BYTES_MAX } from '../../src/config/read-yaml.ts';
import { problemsIn } from './example.ts';

function complaints(text: string): readonly string[] {
  return readYaml(text, 'x.yaml').problems.map(sayProblem);
}
function fixture(name: string): string {
  return readFileSync(`test/fixtures/config/${name}`, 'utf8');
}

describe('where things are written', () => {
  const { locate, value } = readYaml('a: 1\nlist:\n  - x\n  - { k: [y, z] }\nempty:\n"quoted key": 2\n', 'x.yaml');

  it.each([
    [[], false, '1:1'],
    [['a'], false, '1:4'],
    [['a'], true, '1:1'],
    [['list'], true, '2:1'],
    [['list', 0], false, '3:5'],
    [['list', 1, 'k', 1], false, '4:14'],
    [['list', 1, 'k'], true, '4:7'],
    [['empty'], false, '5:1'],
    [['quoted key'], false, '6:15'],
  ])('finds %j (key: %s) at %s', (path, atKey, place) => {
    const { line, column } = locate(path, atKey);
    expect(`${line}:${column}`).toBe(place);
  });

  it('shows what is missing at the key of the thing around it', () => {
    expect(locate(['list', 1, 'nothing', 'here'])).toEqual({ line: 4, column: 5 });
    expect(locate(['nothing'])).toEqual({ line: 1, column: 1 });
  });

  it('reads the core schema: a phone number without quotes is a number, a time is text, NO is text', () => {
    expect(value).toEqual({ a: 1, list: ['x', { k: ['y', 'z'] }], empty: null, 'quoted key': 2 });
    expect(readYaml('p: +15550100001\nt: 09:00\nn: NO\nd: 2026-01-05\n', 'x.yaml').value).toEqual({
      p: 15_550_100_001,
      t: '09:00',
      n: 'NO',
      d: '2026-01-05',
    });
  });

  it('counts columns in CRLF files and after a byte order mark too', () => {
    expect(complaints('a: 1\r\nb: *x\r\n')).toEqual(['x.yaml:2:4 b: Aliases (`*x`) are not used here; write the value out.']);
    expect(readYaml('\uFEFFa: 1\n', 'x.yaml').value).toEqual({ a: 1 });
  });

  it('makes objects without prototype, so that `constructor` is only a word', () => {
    const read = readYaml('a: {}', 'x.yaml').value as Readonly<Record<string, Record<string, unknown>>>;
    expect(read['constructor']).toBeUndefined();
    expect(read['a']?.['constructor']).toBeUndefined();
  });
});

describe('YAML that is not for this file', () => {
  it.each([
    ['a duplicate key', 'a: 1\nb: 2\na: 3', 'x.yaml:3:1 a: `a` is already written in line 1; keep one of the two.'],
    ['a duplicate key in a flow', 'm: { k: 1, k: 2 }', 'x.yaml:1:12 m.k: `k` is already written in line 1; keep one of the two.'],
    ['an alias', 'a: &x 1\nb: *x', 'x.yaml:2:4 b: Aliases (`*x`) are not used here; write the value out.'],
    ['a merge key', 'a: &x { k: 1 }\nb:\n  <<: *x', 'x.yaml:3:7 b.<<: Aliases (`*x`) are not used here; write the value out.'],
    ['a tag', 'a: 1\nb: !!binary aGk=', 'x.yaml:2:4 Tags (`!…`) are not used here; write the plain value.'],
    ['a key that is no text', 'a:\n  1: x', 'x.yaml:2:3 a: Keys are plain words; put a number in quotes.'],
    ['a key that is a list', '? [a]\n: 1', 'x.yaml:1:3 Keys are plain words; put a number in quotes.'],
    ['a prototype as key', 'a:\n  __proto__: { rank: admin }', 'x.yaml:2:3 a: `__proto__` cannot be a key.'],
    ['a second document', 'a: 1\n---\nb: 2', 'x.yaml:2:1 A second document begins here; keep one document in the file.'],
    ['tabs', 'a:\n\tb: 1', 'x.yaml:2:1 This is not valid YAML: Tabs are not allowed as indentation.'],
    ['an open quote', 'a: 1\nb: "x', 'x.yaml:2:6 This is not valid YAML: Missing closing "quote.'],
    ['an unknown directive', '%FOO\n---\na: 1', 'x.yaml:1:1 This is not valid YAML: Unknown directive %FOO.'],
  ])('refuses %s', (_title, text, complaint) => {
    expect(complaints(text)).toEqual([complaint]);
  });

  it('ignores the directive that would bring YAML 1.1 and its yes, no and octal back', () => {
    expect(readYaml('%YAML 1.1\n---\na: yes\nb: 0755\n', 'x.yaml').value).toEqual({ a: 'yes', b: 755 });
  });

  it('stops complaining of syntax after ten problems', () => {
    expect(complaints('a: "\\q"\n'.repeat(50))).toHaveLength(10);
  });
});

describe('YAML made to do harm', () => {
  it('does not unfold a bomb', () => {
    const problems = problemsIn(fixture('bomb.yaml'));
    expect(problems.filter(({ sentence }) => sentence.startsWith('Aliases'))).toHaveLength(64);
    expect(problems.every(({ file, line }) => file === 'allclear.yaml' && line >= 1 && line <= 9)).toBe(true);
  });

  it('refuses a file above 256 KB without reading it', () => {
    expect(complaints(`a: ${'x'.repeat(YAML_BYTES_MAX)}`)).toEqual(['x.yaml:1:1 The file is larger than 256 KB.']);
    expect(readYaml(`a: ${'x'.repeat(YAML_BYTES_MAX - 3)}`, 'x.yaml').problems).toEqual([]);
  });

  it.each([
    ['brackets', '['.repeat(100_000), '1:33'],
    ['braces', '{a: '.repeat(60_000), '1:129'],
    ['lists', '- '.repeat(100_000), '1:65'],
    ['question marks', '? '.repeat(100_000), '1:65'],
    ['indentation', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'), '33:33'],
  ])('refuses deep nesting by %s, and says where it is too deep', (_title, text, place) => {
    expect(complaints(text)).toEqual([`x.yaml:${place} More than 32 levels inside each other; nothing in this file needs that.`]);
  });

  it('reads thirty-two levels', () => {
    expect(readYaml(`a: ${'['.repeat(30)}${']'.repeat(30)}`, 'x.yaml').problems).toEqual([]);
  });
});

describe('any text at all', () => {
  const fragment = fc.oneof(
    fc.constantFrom(
      'people:',
      'organization: x',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      ': ',
      '*a',
      '&a ',
      '!t ',
      '"',
      "'",
      '|',
      '>',
      '---',
      '? ',
      '#',
      '%',
      '\t',
      '~',
    ),
    fc.string({ maxLength: 6, unit: 'binary' }),
  );

  it('is read or refused, and never thrown at', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (written) => {
        for (const { line, column, sentence } of problemsIn(written)) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(written.split(/\r\n|\n|\r/).length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(sentence).toMatch(/[.?]$/);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused when it is well-formed YAML of any other shape', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(problemsIn(JSON.stringify(value)).length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
