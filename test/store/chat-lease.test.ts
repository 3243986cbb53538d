import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';

const SLOW_MS_MAX = 90_000;
/** What the README promises, and a second for a busy machine. */
const TAKEOVER_MS_MAX = 16_000;
const LISTENER = fileURLToPath(new URL('../support/listener.ts', import.meta.url));

// Where no PostgreSQL can be had; said aloud, and never in CI.
describe.skipIf(noPostgres() !== null)('a chat connection among replicas', () => {
  let server: PostgresServer;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    server = await startPostgres();
  }, SLOW_MS_MAX);
  afterAll(() => server.stop());
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  async function listener(url: string): Promise<{ child: ChildProcess; said: string[] }> {
    const child = spawn(process.execPath, [LISTENER, url], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const said: string[] = [];
    child.stdout?.on('data', (text: Buffer) => said.push(...text.toString('utf8').trim().split('\n')));
    await vi.waitFor(() => expect(said).toContain('started'), { timeout: SLOW_MS_MAX / 3 });
    return { child, said };
  }

  it.each([
    ['killed', 'SIGKILL'],
    ['frozen', 'SIGSTOP'],
    ['stopped', 'SIGTERM'],
  ] as const)('is held by one, and taken over within 15 s when that one is %s', { timeout: SLOW_MS_MAX }, async (_how, signal) => {
    const url = await server.createDatabase();
    const [one, two] = [await listener(url), await listener(url)];
    expect([one.said.includes('listens'), two.said.includes('listens')]).toEqual([true, false]);
    const since = performance.now();
    one.child.kill(signal);
    await vi.waitFor(() => expect(two.said).toContain('listens'), { timeout: TAKEOVER_MS_MAX, interval: 50 });
    expect(performance.now() - since).toBeLessThan(TAKEOVER_MS_MAX);
    if (signal !== 'SIGSTOP') return;
    // It wakes up, finds that another one listens, and falls silent.
    one.child.kill('SIGCONT');
    await vi.waitFor(() => expect(one.said).toContain('silent'), { timeout: TAKEOVER_MS_MAX, interval: 50 });
    expect(two.said).not.toContain('silent');
  });

  it('is kept while the database is away, and given up to nobody', { timeout: SLOW_MS_MAX }, async (context) => {
    const { own } = server;
    if (own === null) return context.skip('the server of DATABASE_URL is not ours to kill');
    const one = await listener(await server.createDatabase());
    await own.crash();
    await own.start();
    const gone = once(one.child, 'exit');
    one.child.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);
    expect(one.said.filter((word) => word !== 'started')).toEqual(['listens', 'silent']);
  });
});
