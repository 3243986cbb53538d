import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

/** Children share two cores with everything else. */
const CHILD_MS_MAX = 60_000;
const home = mkdtempSync(join(tmpdir(), 'allclear-lazy-'));
const watcher = join(home, 'watch.mjs');
/** Tells of the first file of each library that is loaded, by whichever kind of import. */
writeFileSync(
  watcher,
  `import { registerHooks } from 'node:module';
const seen = new Set();
registerHooks({
  load(url, context, next) {
    const library = /node_modules\\/(@slack\\/bolt|discord\\.js|bullmq|@bull-board\\/fastify)\\//.exec(url)?.[1];
    if (library !== undefined && !seen.has(library)) { seen.add(library); process.stderr.write('LOADED ' + library + '\\n'); }
    return next(url, context);
  },
});
`,
);
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Starts the bot, stops it when it is ready, and answers which libraries were loaded. */
async function loadedBy(variables: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const env = { ...process.env, ALLCLEAR_DATA: join(home, `data-${Object.keys(variables).length}`), PORT: '0', LOG_LEVEL: 'silent' };
  const args = ['--import', watcher, 'src/bin.js', 'start', '--json'];
  const child = spawn(process.execPath, args, { env: { ...env, ...variables }, stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  child.stderr.on('data', (chunk) => (told += String(chunk)));
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, told: told.replaceAll(/^LOADED .*\n/gm, '') }).toEqual({ code: 0, told: '' });
  return [...told.matchAll(/^LOADED (.*)$/gm)].map(([, library = '']) => library);
}

describe('starting', () => {
  it('loads no chat library and no queue that nothing is configured for', { timeout: CHILD_MS_MAX }, async () => {
    expect(await loadedBy({})).toEqual([]);
  });

  it('loads the library of a platform there is a token for', { timeout: CHILD_MS_MAX }, async () => {
    // Nobody listens there: the bot starts all the same.
    const slack = {
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_SIGNING_SECRET: 'a-signing-secret-of-this-test',
      SLACK_API_URL: 'http://127.0.0.1:9/',
    };
    expect(await loadedBy(slack)).toEqual(['@slack/bolt']);
  });
});
