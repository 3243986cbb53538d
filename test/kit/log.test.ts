import { describe, expect, it } from 'vitest';
import { createLog, type Log, type LogOptions } from '../../src/kit/log.ts';
import { fakeClock } from '../support/fake-clock.ts';

const AT = Date.parse('2026-03-02T03:00:00Z');
/** A token shape nobody ever issued, and a password as people paste them. */
const TOKEN = `ghp_${'aB3d'.repeat(9)}`;

function logged(options: Partial<LogOptions>, say: (log: Log) => void): readonly string[] {
  const lines: string[] = [];
  say(createLog({ level: 'debug', form: 'json', clock: fakeClock(AT), write: (line) => lines.push(line), ...options }));
  return lines;
}

describe('the log', () => {
  it('writes one object a line, with a word for the level and the time of the clock', () => {
    const lines = logged({}, (log) =>
      log.child({ request: 'r1' }).warn({ effect: '12-0', reason: 'timeout' }, 'a promise will be tried again'),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/\n$/);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'warn',
      time: '2026-03-02T03:00:00.000Z',
      request: 'r1',
      effect: '12-0',
      reason: 'timeout',
      msg: 'a promise will be tried again',
    });
  });

  it('leaves out what is below its level', () => {
    expect(logged({ level: 'warn' }, (log) => log.info('quiet'))).toEqual([]);
    expect(logged({ level: 'silent' }, (log) => log.fatal('quiet'))).toEqual([]);
  });

  it.each<[string, (log: Log) => void]>([
    ['a message', (log) => log.info(`posted with ${TOKEN}`)],
    ['data', (log) => log.info({ detail: `got ${TOKEN}` }, 'x')],
    ['nested data', (log) => log.info({ a: { b: [{ c: TOKEN }] } }, 'x')],
    ['data deeper than is shown', (log) => log.info({ a: { b: { c: { d: { e: { f: TOKEN } } } } } }, 'x')],
    ['an error', (log) => log.error({ err: new Error(`401 for ${TOKEN}`) }, 'x')],
    ['an error alone', (log) => log.error(new Error(`401 for ${TOKEN}`))],
    ['an error under another name', (log) => log.error({ fault: new Error(`401 for ${TOKEN}`) }, 'x')],
    ['the cause of an error', (log) => log.error({ err: new Error('outer', { cause: new Error(TOKEN) }) }, 'x')],
    ['what an error carries along', (log) => log.error({ err: Object.assign(new Error('x'), { config: { headers: TOKEN } }) }, 'x')],
    ['what a child carries', (log) => log.child({ note: TOKEN }).info('x')],
  ])('never holds a secret that stands in %s', (_where, say) => {
    const text = logged({}, say).join('');
    expect(text).not.toBe('');
    expect(text).not.toContain(TOKEN);
  });

  it.each(['authorization', 'Cookie', 'set-cookie', 'password', 'smtpPassword', 'client_secret', 'token', 'apiKey', 'x-api-key'])(
    'never holds what stands under the name %s, whatever it looks like',
    (name) => {
      expect(logged({}, (log) => log.info({ request: { headers: { [name]: 'teapot' } } }, 'x')).join('')).not.toContain('teapot');
    },
  );

  it('keeps what an error says, where it was made and why', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const [line = ''] = logged({}, (log) => log.error({ err: new TypeError('not sent', { cause }) }, 'x'));
    const { err } = JSON.parse(line) as { err: { type: string; message: string; stack: string; cause: { code: string } } };
    expect(err).toMatchObject({ type: 'TypeError', message: 'not sent', cause: { code: 'ECONNREFUSED' } });
    expect(err.stack).toContain('log.test.ts');
  });

  it('survives a circle and a huge value, and stays short', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const lines = logged({}, (log) => log.info({ circle, many: Array(10_000).fill('word'), long: 'word '.repeat(100_000) }, 'x'));
    expect(lines.join('').length).toBeLessThan(10_000);
  });

  it('is readable at a terminal, and no control character reaches it', () => {
    const [line = ''] = logged({ form: 'text' }, (log) =>
      log.warn({ reason: 'timeout', word: 'a\u001b[31m\u0007b', more: { a: 1 } }, 'a promise will be tried again'),
    );
    expect(line).toBe('03:00:00.000 warn  a promise will be tried again reason=timeout word=a[31mb more={"a":1}\n');
  });
});
