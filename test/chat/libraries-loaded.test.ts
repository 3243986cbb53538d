import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** In a process of its own: this one has loaded much for other tests. Nobody listens at the addresses. */
const SCRIPT = `
  import { createRequire } from 'node:module';
  import { choosePlatforms } from './src/chat-platforms.ts';
  import { systemClock } from './src/kit/clock.ts';
  await import('./src/main.ts');
  const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => /@slack|discord/.test(path));
  const threads = [];
  process.on('worker', ({ threadName }) => threads.push(threadName));
  const catalog = { people: { bo: { id: 'bo', name: 'Bo', identities: { slack: 'U1', discord: '1' } } } };
  const notes = () => ({ get: async () => null, put: async () => undefined, list: async () => [] });
  const parts = { clock: systemClock, secret: 'secret', catalog: () => catalog, notes, commands: [], readings: () => null, trouble: console.error };
  const page = { kind: 'direct', person: 'bo', document: { blocks: [] } };
  const paged = async (settings) => {
    const { slack, discord, others } = choosePlatforms(settings, parts);
    const attempt = { key: '1-0', number: 1, signal: new AbortController().signal };
    const outcomes = await Promise.all(others.map((platform) => platform.deliver(page, attempt)));
    await Promise.all([slack?.close(), discord?.close()]);
    return outcomes.map(({ reason }) => reason);
  };
  const slack = { token: 'xoxb-1', appToken: null, signingSecret: 'secret', apiUrl: 'http://127.0.0.1:9/api/', digestChannel: null };
  const discord = { token: '1', guild: '1', apiUrl: 'http://127.0.0.1:9/api' };
  const without = { outcomes: await paged({ slack: null, discord: null }), threads: [...threads] };
  const outcomes = await paged({ slack, discord });
  const inMainThread = loaded();
  await import('./src/chat/slack/library.ts');
  console.log(JSON.stringify({ without, outcomes, threads, inMainThread, asked: loaded() }));`;
/** Two libraries are loaded, on a busy machine slowly. */
const TEST_MS_MAX = 60_000;

it('the libraries of Slack and Discord are loaded where there is a token, and never in the main thread', {
  timeout: TEST_MS_MAX,
}, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', SCRIPT]);
  expect(JSON.parse(stdout)).toEqual({
    without: { outcomes: [], threads: [] },
    outcomes: ['unreachable', 'unreachable'],
    threads: ['slack', 'discord'],
    inMainThread: false,
    asked: true,
  });
});
