import { expect, it } from 'vitest';
import { redact } from '../../src/kit/redaction.ts';

const CHARS = 32_768;
/** A pattern that backtracks would need minutes; the slowest of these needs a few milliseconds on an idle machine. */
const MS_MAX = 150;

/** Each is repeated to full length, with an end that makes a match fail at the last moment. */
const HOSTILE: readonly (readonly [repeated: string, end: string])[] = [
  ...['a', 'A', '0', '-', '_', '.', '/', '+', '=', ' ', '\t', '\n', '\\', '"', "'", '`', ':', ';', ',', '<', '>', '[', '@', '#'].map(
    (letter): [string, string] => [letter, '!'],
  ),
  ...[
    ['aB3', '!'],
    ['a.', '@'],
    ['a-', '!'],
    ['eyJ', '.'],
    ['eyJaaaaaa.', '!'],
    ['://', '@'],
    ['://a:', '/'],
    ['://a:b', '/'],
    ['a://b:c@', '/'],
    ['password', ' '],
    ['password=', ' '],
    ['password="', ' '],
    ['password=\\"', '\\'],
    ['password: ', ' '],
    ['password is ', ' '],
    ['token_', '='],
    ['token_a', '='],
    ['secretA', '='],
    ['--token ', '-'],
    ['authorization:', ' '],
    ['authorization: basic ', ' '],
    ['authorization: digest a', '"'],
    ['bearer  ', ' '],
    ['cookie:a=', '\n'],
    ['-u a:', ' '],
    ['-----BEGIN ', '-'],
    ['-----BEGIN A-----\n', '-'],
    ['-----BEGIN A-----END ', '-'],
    ['xoxb-', '!'],
    ['MTIzNDU2Nzg5MDEyMzQ1Njc4.', '!'],
    ['sha256:', '!'],
    ['https://docs.google.com/', '?'],
    ['[redacted: ', ']'],
    ['[redacted: token]', '!'],
    ['a,b=', ','],
    [',,,,', 'x'],
    ['key=,', ' '],
    ['1:AA', '!'],
    ['00000000-0000-0000-0000-00000000000', 'x'],
    ['💥', '!'],
  ].map(([repeated = '', end = '']): [string, string] => [repeated, end]),
];

it('knows at least fifty hostile texts', () => expect(HOSTILE.length).toBeGreaterThanOrEqual(50));

it.each(HOSTILE)('is done with %j … %j in time that grows with the text alone', (repeated, end) => {
  const text = repeated.repeat(Math.ceil(CHARS / repeated.length)) + end;
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    redact(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  // Time on the processor, and the best of three: what else a machine does is not the pattern's doing.
  expect(Math.min(...times)).toBeLessThan(MS_MAX);
});
