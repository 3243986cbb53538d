import { describe, expect, test } from 'vitest';
import { parseRunbook } from '../../src/domain/runbooks/parse.ts';
import type { Runbook } from '../../src/domain/runbooks/runbook.ts';

const FRONT = ['---', 'id: lights', 'title: Lights out', 'clock: 15m', '---'];

function runbook(...lines: readonly string[]): string {
  return [...FRONT, ...lines].join('\n');
}
function parsed(text: string): Runbook {
  const read = parseRunbook(text, 'lights.md');
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.runbook;
}
function step(...yaml: readonly string[]): string {
  return runbook('## Turn it on', '```step', ...yaml, '```');
}

/** Everything a runbook may have, with the line ends of another world. */
const WHOLE = [
  '---',
  'id: lights',
  'title: Lights out',
  'clock: 15m',
  'match: { severity: [sev1], alert: [NoLight] }',
  'checkpoints:',
  '  - at: 5m',
  '    ask: Is it light?',
  '    options:',
  '      - Go on',
  '      - { label: Candles, go: light-candles }',
  '---',
  '',
  '# Lights out',
  '',
  'Introduction.',
  '',
  '## Look at the fuse',
  '',
  'It is in the **cellar**.',
  '',
  '```step',
  'do: choose',
  'budget: 90s',
  'options: [It is out, { label: It is in, id: in }]',
  '```',
  '',
  'Take a torch.',
  '',
  '## Light candles',
  '```step',
  'do: manual',
  'when: { step: look-at-the-fuse, chose: in }',
  'approve: { role: ic }',
  '```',
].join('\r\n');

describe('parseRunbook', () => {
  test('reads a runbook whole', () => {
    expect(parsed(WHOLE)).toEqual({
      id: 'lights',
      title: 'Lights out',
      clockMs: 900_000,
      match: { severity: ['sev1'], service: [], alert: ['NoLight'] },
      checkpoints: [
        {
          id: '5m',
          afterMs: 300_000,
          question: 'Is it light?',
          options: [
            { id: 'go-on', label: 'Go on', go: null },
            { id: 'candles', label: 'Candles', go: 'light-candles' },
          ],
        },
      ],
      steps: [
        {
          id: 'look-at-the-fuse',
          title: 'Look at the fuse',
          prose: 'It is in the **cellar**.\n\n\nTake a torch.',
          line: 18,
          budgetMs: 90_000,
          retries: 0,
          when: null,
          approve: null,
          does: {
            do: 'choose',
            options: [
              { id: 'it-is-out', label: 'It is out', go: null },
              { id: 'in', label: 'It is in', go: null },
            ],
          },
        },
        {
          id: 'light-candles',
          title: 'Light candles',
          prose: '',
          line: 30,
          budgetMs: null,
          retries: 0,
          when: { step: 'look-at-the-fuse', chose: ['in'] },
          approve: { role: 'ic', count: 1 },
          does: { do: 'manual' },
        },
      ],
      file: 'lights.md',
    });
  });

  test('takes a step without a block as work for people', () => {
    expect(parsed(runbook('## Call the landlord', 'His number is on the door.')).steps[0]).toMatchObject({
      id: 'call-the-landlord',
      prose: 'His number is on the door.',
      does: { do: 'manual' },
      budgetMs: null,
    });
  });

  test.each([
    ['wait-for', ['url: https://a.example/up'], { url: 'https://a.example/up', status: 200, everyMs: 5_000, timeoutMs: 120_000 }],
    ['http', ['url: https://a.example/x'], { method: 'GET', headers: {}, body: null, expectStatus: [], timeoutMs: 5_000 }],
    [
      'http',
      [
        'method: POST',
        'url: https://a.example/x',
        'headers: { Authorization: "secret:TOKEN" }',
        'body: go',
        'expect: [202]',
        'timeout: 3s',
      ],
      { method: 'POST', headers: { Authorization: 'secret:TOKEN' }, body: 'go', expectStatus: [202], timeoutMs: 3_000 },
    ],
    ['switch', ['switch: read-only', 'to: on', 'reason: stop writes', 'for: 1h'], { switch: 'read-only', to: 1, ttlMs: 3_600_000 }],
    ['switch', ['switch: search', 'to: 2', 'reason: less load'], { to: 2, ttlMs: null }],
    ['switch', ['switch: search', 'to: off', 'reason: it is over'], { to: 0 }],
    ['role', ['role: ic'], { role: 'ic' }],
    ['update', ['text: We are on it'], { text: 'We are on it' }],
    ['approve', [], {}],
  ])('reads a step that does %s', (kind, yaml, does) => {
    expect(parsed(step(`do: ${kind}`, ...yaml)).steps[0]?.does).toMatchObject({ do: kind, ...does });
  });

  test('gives a request that may be repeated its retries', () => {
    expect(parsed(step('do: http', 'url: https://a.example/x', 'retries: 3')).steps[0]?.retries).toBe(3);
  });

  test('lets one person approve when nothing else is written', () => {
    expect(parsed(step('do: approve')).steps[0]?.approve).toEqual({ role: null, count: 1 });
    expect(parsed(step('do: approve', 'approve: { count: 2 }')).steps[0]?.approve).toEqual({ role: null, count: 2 });
  });
});

describe('parseRunbook keeps code in the prose', () => {
  test.each([
    ['a backtick fence', ['```sh', '## no heading', '```']],
    ['a tilde fence', ['~~~', '## no heading', '```', '~~~']],
    ['a longer fence around a step block', ['````markdown', '## no heading', '```step', 'do: manual', '```', '````']],
    ['an indented fence', ['- like this:', '', '  ```', '  ## no heading', '  ```']],
    ['an HTML comment', ['<!-- hidden', '## no heading', '-->']],
  ])('%s', (_what, lines) => {
    const { steps } = parsed(runbook('## One', ...lines, '## Two', 'End.'));
    expect(steps.map(({ id }) => id)).toEqual(['one', 'two']);
    expect(steps[0]?.prose).toBe(lines.join('\n'));
  });

  test('inline code with three backticks opens no fence', () => {
    expect(parsed(runbook('## One', '```not a fence``` here', '## Two')).steps).toHaveLength(2);
  });

  test('a block indented in a list is still a step block', () => {
    expect(parsed(runbook('## One', '- so:', '  ```step', '  do: role', '  role: ic', '  ```')).steps[0]?.does).toEqual({
      do: 'role',
      role: 'ic',
    });
  });

  test('headings of other levels stay in the prose', () => {
    const { steps } = parsed(runbook('## One', '### Part', '# Title', '##no heading', '    ## code'));
    expect(steps).toHaveLength(1);
    expect(steps[0]?.prose).toBe('### Part\n# Title\n##no heading\n    ## code');
  });

  test('closing hashes of a heading are not its text, others are', () => {
    expect(parsed(runbook('## One ##', '## C#', '##  Two  ')).steps.map(({ title }) => title)).toEqual(['One', 'C#', 'Two']);
  });

  test('accents and signs fall out of the id', () => {
    expect(parsed(runbook('## Rôle – “Übergabe” (now!)')).steps[0]?.id).toBe('role-ubergabe-now');
  });
});
