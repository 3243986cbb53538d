import { expect, it, vi } from 'vitest';
import { superviseThread } from '../../src/chat/supervised-thread.ts';
import { systemClock } from '../../src/kit/clock.ts';

it('a thread knows the way out through a proxy, and no secret of the environment', async () => {
  vi.stubEnv('SLACK_BOT_TOKEN', 'xoxb-secret');
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9');
  vi.stubEnv('no_proxy', 'localhost');
  vi.stubEnv('NODE_USE_ENV_PROXY', '1');
  const seen = Promise.withResolvers<readonly string[]>();
  const thread = superviseThread<readonly string[], 'goodbye'>({
    name: 'environment',
    module: new URL('../support/environment-worker.ts', import.meta.url),
    order: () => null,
    hear: seen.resolve,
    clock: systemClock,
    bug: seen.reject,
  });
  expect(await seen.promise).toEqual(expect.arrayContaining(['HTTPS_PROXY', 'NODE_USE_ENV_PROXY', 'no_proxy']));
  expect((await seen.promise).filter((name) => !/proxy/i.test(name))).toEqual([]);
  await thread.stop('goodbye');
  vi.unstubAllEnvs();
});
