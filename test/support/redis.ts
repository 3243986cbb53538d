import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';

/** A real Redis for tests: the one of REDIS_URL, or one of our own, kept as production would: every write logged, nothing evicted. */
export interface RedisServer {
  readonly url: string;
  /** What may be killed and frozen; null for a server that is not ours. */
  readonly own: OwnRedis | null;
  flush(): Promise<void>;
  /** Every hash whose key matches. */
  hashes(pattern: string): Promise<readonly Readonly<Record<string, string>>[]>;
  stop(): Promise<void>;
}
export interface OwnRedis {
  start(): Promise<void>;
  /** `kill -9`. */
  crash(): Promise<void>;
  /** SIGSTOP: connections stand, nothing is answered. */
  freeze(): void;
  thaw(): void;
}

const START_MS_MAX = 10_000;
export const PRUDENT = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'];

/** Why there is no Redis here, or null. In CI there must be one: then starting it fails aloud instead. */
export function noRedis(): string | null {
  if (process.env['REDIS_URL'] !== undefined || process.env['CI'] === 'true' || spawnSync('redis-server', ['--version']).status === 0)
    return null;
  const reason = 'NOT TESTED: BullMQ on Redis (install the package redis-server or set REDIS_URL)';
  console.warn(reason);
  return reason;
}

export async function startRedis(words: readonly string[] = PRUDENT): Promise<RedisServer> {
  const given = process.env['REDIS_URL'];
  if (given !== undefined && words === PRUDENT)
    return { url: given, own: null, flush: () => flush(given), hashes: (pattern) => hashes(given, pattern), stop: async () => undefined };
  const home = mkdtempSync(join(tmpdir(), 'allclear-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const own = createOwnRedis(home, ['--port', String(port), '--bind', '127.0.0.1', '--dir', home, '--save', '', ...words], url);
  await own.start();
  return {
    url,
    own,
    flush: () => flush(url),
    hashes: (pattern) => hashes(url, pattern),
    async stop() {
      await own.crash();
      rmSync(home, { recursive: true });
    },
  };
}

function createOwnRedis(home: string, words: readonly string[], url: string): OwnRedis {
  let keeper: ChildProcess | null = null;
  let pid = 0;
  return {
    async start() {
      // The shell waits for the end of its input, which is ours: when this process dies, however it dies, Redis does too.
      const script = '"$@" </dev/null & read -r _; kill -9 $!; wait $!';
      keeper = spawn('sh', ['-c', script, 'sh', 'redis-server', ...words], { cwd: home, stdio: ['pipe', 'ignore', 'ignore'] });
      pid = await answering(url);
    },
    async crash() {
      const ending = keeper;
      keeper = null;
      if (ending === null) return;
      const gone = once(ending, 'exit');
      ending.stdin?.end('\n');
      await gone;
    },
    freeze: () => void process.kill(pid, 'SIGSTOP'),
    thaw: () => void process.kill(pid, 'SIGCONT'),
  };
}

/** Answers the server's process id once it is there. */
async function answering(url: string): Promise<number> {
  const until = Date.now() + START_MS_MAX;
  for (;;) {
    try {
      return await askRedis(url, async (redis) => Number(/^process_id:(\d+)/m.exec(await redis.info('server'))?.[1]));
    } catch (fault) {
      if (Date.now() > until) throw new Error('Redis did not start', { cause: fault });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function flush(url: string): Promise<void> {
  await askRedis(url, (redis) => redis.flushall());
}

function hashes(url: string, pattern: string): Promise<readonly Readonly<Record<string, string>>[]> {
  return askRedis(url, async (redis) => Promise.all((await redis.keys(pattern)).map((key) => redis.hgetall(key))));
}

/** Asks on a connection of its own. Rejects at once when nobody is there. */
export async function askRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null, commandTimeout: 5_000 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
