import { describe, expect, test } from 'vitest';
import { parseRunbook } from '../../src/domain/runbooks/parse.ts';

const FRONT = ['---', 'id: lights', 'title: Lights out', 'clock: 15m', '---'];
/** Lines before the first line of a step block written with `step`. */
const BLOCK_LINE = 8;

function complaints(text: string): readonly (readonly [number, number, string, string])[] {
  const read = parseRunbook(text, 'lights.md');
  if (read.ok) return [];
  expect(read.problems.every(({ file }) => file === 'lights.md')).toBe(true);
  return read.problems.map(({ line, column, path, sentence }) => [line, column, path, sentence] as const);
}
function runbook(...lines: readonly string[]): string {
  return [...FRONT, ...lines].join('\n');
}
function step(...yaml: readonly string[]): string {
  return runbook('## Turn it on', '```step', ...yaml, '```');
}

describe('a step block', () => {
  test.each([
    ['an unknown kind', ['do: flip'], 0, 5, /^Write `manual`.* or `update` after `do:`, not `flip`\.$/],
    ['no kind', ['budget: 1m'], 0, 1, /^Say what the step does: `do:` with /],
    ['an unknown key', ['do: manual', 'bugdet: 1m'], 1, 1, /^There is no key `bugdet` here\. Known are: do, id, budget, when, approve\.$/],
    ['a missing key', ['do: role'], 0, 1, /^This key is missing\.$/],
    ['an empty value', ['do: role', 'role:'], 1, 6, /^Nothing is written here/],
    ['a budget that is no duration', ['do: manual', 'budget: soon'], 1, 9, /^Write a duration such as .*, not `soon`\.$/],
    ['a budget that is a number', ['do: manual', 'budget: 5'], 1, 9, /^Write a duration such as .*, not `5`\.$/],
    ['a budget that is too short', ['do: manual', 'budget: 1s'], 1, 9, /^Too short: write 10s to 12h\.$/],
    ['a single option', ['do: choose', 'options: [One]'], 1, 10, /^Too short: the least is 2 entries\.$/],
    ['two options of one name', ['do: choose', 'options: [One, one]'], 1, 10, /^Two options have the same id/],
    ['an option nobody can type', ['do: choose', 'options: [é, 火, One]'], 1, 14, /^Write an `id` too/],
    ['an address that is no URL', ['do: http', 'url: shop.example'], 1, 6, /^Write a URL beginning with https/],
    ['a password in a URL', ['do: http', 'url: https://u:p@shop.example'], 1, 6, /without user name and password/],
    ['a file as URL', ['do: wait-for', 'url: file:///etc/passwd'], 1, 6, /^Write a URL beginning with https/],
    [
      'retries of what must not be repeated',
      ['do: http', 'method: POST', 'url: https://a.example', 'retries: 2'],
      3,
      10,
      /never repeated by itself/,
    ],
    ['a body of a GET', ['do: http', 'url: https://a.example', 'body: x'], 2, 7, /^A GET has no body/],
    ['a secret in a header', ['do: http', 'url: https://a.example', 'headers:', '  X-Api-Key: abc'], 3, 14, /^Secrets do not belong/],
    ['a badly named secret', ['do: http', 'url: https://a.example', 'headers:', '  X: secret:abc'], 3, 6, /^Name a secret in capitals/],
    ['a header that splits', ['do: http', 'url: https://a.example', 'headers:', '  X: "a\\r\\nb"'], 3, 6, /plain ASCII in one line/],
    [
      'a header of the connection',
      ['do: http', 'url: https://a.example', 'headers: { Host: b.example }'],
      2,
      18,
      /sets this header itself/,
    ],
    [
      'a level that is none',
      ['do: switch', 'switch: x', 'to: maybe', 'reason: because'],
      2,
      5,
      /^Write `on`, `off` or a level, not `maybe`\.$/,
    ],
    ['nobody who approves', ['do: approve', 'approve: { count: 0 }'], 1, 19, /^Too small: the least is 1\.$/],
    ['a list for a block', ['- do: manual'], 0, 1, /^Write keys with values, not a list/],
    ['a word for a block', ['manual'], 0, 1, /^Write keys with values, not `manual`/],
  ] as const)('complains of %s', (_what, yaml, line, column, sentence) => {
    expect(complaints(step(...yaml))).toEqual([
      [BLOCK_LINE + line, column, expect.stringContaining('steps.turn-it-on'), expect.stringMatching(sentence)],
    ]);
  });

  test.each([
    ['no YAML', ['do: "manual'], /^This is not valid YAML: /],
    ['a key twice', ['do: manual', 'do: role'], /^This key is written twice/],
    ['an alias', ['do: &kind manual', 'id: *kind'], /^Aliases \(`\*kind`\) are not used here/],
    ['a tag', ['do: !!js/function manual'], /^Tags \(`!…`\) are not used here/],
    ['a second document', ['do: manual', '---', 'do: role'], /^This is not valid YAML: .*multiple documents/],
    ['a tab', ['do: manual', '\tbudget: 1m'], /^This is not valid YAML: /],
  ] as const)('that is %s is refused with its line', (_what, yaml, sentence) => {
    const [first] = complaints(step(...yaml));
    expect(first?.[0]).toBeGreaterThanOrEqual(BLOCK_LINE);
    expect(first?.[0]).toBeLessThan(BLOCK_LINE + yaml.length + 1);
    expect(first?.[3]).toMatch(sentence);
  });

  test.each([
    ['nested lists', '['.repeat(4_000)],
    ['nested keys', '{a: '.repeat(2_000)],
    ['nested items', '- '.repeat(4_000)],
    ['explicit keys', '? '.repeat(4_000)],
  ])('with %s neither hangs nor overflows', (_what, yaml) => {
    const begin = performance.now();
    expect(complaints(step(yaml))).toEqual([
      [BLOCK_LINE, expect.any(Number), 'steps.turn-it-on', expect.stringMatching(/^More than 12 levels/)],
    ]);
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  test('with an exploding alias is refused before it explodes', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]',
      'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]',
      'd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]',
    ];
    const found = complaints(step(...bomb));
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(([, , , sentence]) => sentence.startsWith('Aliases'))).toBe(true);
  });

  test('that is too long is refused', () => {
    expect(complaints(step(`do: manual # ${'x'.repeat(9_000)}`))).toEqual([
      [BLOCK_LINE, 1, 'steps.turn-it-on', 'This block is longer than 8 KB.'],
    ]);
  });

  test('a key that means something else to JavaScript is only an unknown key', () => {
    expect(complaints(step('do: manual', '__proto__: { x: 1 }', 'constructor: 1'))).toEqual([
      [9, 1, 'steps.turn-it-on.__proto__', expect.stringMatching(/^There is no key `__proto__` here/)],
      [10, 1, 'steps.turn-it-on.constructor', expect.stringMatching(/^There is no key `constructor` here/)],
    ]);
  });
});

describe('a runbook', () => {
  test.each([
    ['without front matter', '## One', 1, /^Begin the file with front matter/],
    ['with front matter that never ends', '---\nid: a\n## One', 1, /^The front matter is never closed/],
    ['without steps', runbook('Only words.'), 1, /^There is no step here/],
    [
      'with a code block that never ends',
      runbook('## One', '', '```sh', 'x'),
      8,
      /^This code block is never closed; add a line of 3 backticks after it\.$/,
    ],
    ['with a step block that never ends', runbook('## One', '```step', 'do: manual', '## Two'), 7, /never closed/],
    [
      'with two blocks in a step',
      runbook('## One', '```step', 'do: manual', '```', '```step', 'do: role', '```'),
      10,
      /has two step blocks/,
    ],
    ['with a block before any heading', runbook('```step', 'do: manual', '```', '## One'), 6, /stands before the first `##` heading/],
    [
      'with a block that is nearly one',
      runbook('## One', '```Step', 'do: manual', '```'),
      7,
      /^Name the block `step`: as `Step` it is only shown, never run\.$/,
    ],
    ['with two steps of one id', runbook('## One', '## Two', '## one!'), 8, /^The step in line 6 has the id `one` already/],
    ['with a heading nobody can type', runbook('## 火事'), 6, /^The heading needs a letter/],
    ['with an empty heading', runbook('##'), 6, /^The heading needs a letter/],
    ['with a heading that is a chapter', runbook(`## ${'x'.repeat(141)}`), 6, /^The heading is longer than 140 characters/],
    ['that is a book', runbook('## One', 'x'.repeat(65_536)), 1, /^The runbook is longer than 64 KB/],
    ['with too many steps', runbook(...Array.from({ length: 51 }, (_, index) => `## Step ${index}`)), 56, /^More than 50 steps/],
  ] as const)('%s is refused', (_what, text, line, sentence) => {
    expect(complaints(text)).toEqual([[line, 1, expect.any(String), expect.stringMatching(sentence)]]);
  });

  test.each([
    [
      'a jump to nowhere',
      ['## One', '```step', 'do: choose', 'options: [A, { label: B, go: three }]', '```', '## Two'],
      9,
      /^There is no step `three`\. Steps are: one, two\.$/,
    ],
    [
      'a jump to itself',
      ['## One', '```step', 'do: choose', 'options: [A, { label: B, go: one }]', '```'],
      9,
      /^A step cannot lead to itself/,
    ],
    ['a condition on nothing', ['## One', '```step', 'do: manual', 'when: { step: zero, chose: a }', '```'], 9, /^There is no step `zero`/],
    [
      'a condition on a later step',
      [
        '## One',
        '```step',
        'do: manual',
        'when: { step: two, chose: a }',
        '```',
        '## Two',
        '```step',
        'do: choose',
        'options: [A, B]',
        '```',
      ],
      9,
      /does not come before/,
    ],
    [
      'a condition on what is no choice',
      ['## One', '## Two', '```step', 'do: manual', 'when: { step: one, chose: a }', '```'],
      10,
      /^Nothing is chosen in `one`/,
    ],
    [
      'a condition on an unknown option',
      [
        '## One',
        '```step',
        'do: choose',
        'options: [A, B]',
        '```',
        '## Two',
        '```step',
        'do: manual',
        'when: { step: one, chose: [a, c] }',
        '```',
      ],
      14,
      /^`one` has no option `c`; it has `a` or `b`\.$/,
    ],
  ] as const)('complains of %s', (_what, lines, line, sentence) => {
    expect(complaints(runbook(...lines))).toEqual([[line, expect.any(Number), expect.any(String), expect.stringMatching(sentence)]]);
  });

  test('a reference to a broken step is no second mistake', () => {
    const found = complaints(
      runbook(
        '## One',
        '```step',
        'id: first',
        'do: chose',
        '```',
        '## Two',
        '```step',
        'do: manual',
        'when: { step: first, chose: a }',
        '```',
      ),
    );
    expect(found).toHaveLength(1);
  });

  test('tells everything that is wrong at once, in reading order', () => {
    const text = [
      '---',
      'id: Lights',
      'clock: 15m',
      'colour: red',
      '---',
      '## One',
      '```step',
      'do: rol',
      '```',
      '## Two',
      '```step',
      'do: manual',
      'budget: x',
      '```',
    ].join('\n');
    expect(complaints(text).map(([line, , path]) => [line, path])).toEqual([
      [2, 'title'],
      [2, 'id'],
      [4, 'colour'],
      [8, 'steps.one.do'],
      [13, 'steps.two.budget'],
    ]);
  });

  test('its checkpoints come in order and within the clock, and lead to steps', () => {
    const front = (...checkpoints: string[]): string =>
      ['---', 'id: a', 'title: A', 'clock: 15m', 'checkpoints:', ...checkpoints, '---', '## One'].join('\n');
    const checkpoint = (at: string, option = 'Go on'): string => `  - { at: ${at}, ask: Well?, options: [${option}] }`;
    expect(complaints(front(checkpoint('5m'), checkpoint('5m')))).toEqual([
      [7, 11, 'checkpoints[1].at', expect.stringMatching(/^Checkpoints come in order/)],
    ]);
    expect(complaints(front(checkpoint('16m')))).toEqual([[6, 11, 'checkpoints[0].at', 'This is after the end of the clock (15m).']]);
    expect(complaints(front(checkpoint('5m', '{ label: Back, go: two }')))).toEqual([
      [6, 56, 'checkpoints[0].options[0].go', expect.stringMatching(/^There is no step `two`/)],
    ]);
    expect(complaints(front('  - { at: 5m, ask: Well?, options: [A, B, C, D, E, F] }'))).toEqual([
      [6, 36, 'checkpoints[0].options', 'Too long: the most is 5 entries.'],
    ]);
  });
});
