import { Redis, type RedisOptions } from 'ioredis';

/** A frozen Redis answers nothing and closes nothing: without this limit a command waits for ever. */
const COMMAND_MS_MAX = 5_000;
/** A worker's blocking read lasts up to ten seconds by itself (BullMQ's ceiling) and must not be cut off by its own connection. */
const WORKER_COMMAND_MS_MAX = 15_000;
const CONNECT_MS_MAX = 5_000;
const RECONNECT_MS_MAX = 1_000;
const RECONNECT_MS_STEP = 100;

/** A connection for asking: fails at once while Redis is away, and within five seconds when it is frozen. */
export function openRedis(url: string, broken: (fault: Error) => void): Redis {
  return open(url, { commandTimeout: COMMAND_MS_MAX, maxRetriesPerRequest: 0, enableOfflineQueue: false }, broken);
}

/** A connection for BullMQ's workers, which wait on it. BullMQ demands that it never gives a command up by itself. */
export function openWorkerRedis(url: string, broken: (fault: Error) => void): Redis {
  return open(url, { commandTimeout: WORKER_COMMAND_MS_MAX, maxRetriesPerRequest: null }, broken);
}

function open(url: string, options: RedisOptions, broken: (fault: Error) => void): Redis {
  const redis = new Redis(url, {
    connectTimeout: CONNECT_MS_MAX,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(times * RECONNECT_MS_STEP, RECONNECT_MS_MAX),
    ...options,
  });
  redis.on('error', broken);
  return redis;
}

/** What makes this Redis forget, as sentences for the operator; empty when nothing does. */
export async function forgetfulness(redis: Redis): Promise<readonly string[]> {
  const [memory, persistence] = await Promise.all([redis.info('memory'), redis.info('persistence')]);
  const problems: string[] = [];
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  if (policy !== undefined && policy !== 'noeviction')
    problems.push(`Redis drops keys when memory is full (maxmemory-policy ${policy}). Set maxmemory-policy noeviction.`);
  if (/^aof_enabled:0/m.test(persistence))
    problems.push('Redis forgets its jobs when it restarts (appendonly no). They are put back from the database; set appendonly yes.');
  return problems;
}
