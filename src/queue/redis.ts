import { Redis, type RedisOptions } from 'ioredis';

/** A frozen Redis answers nothing and closes nothing: without this limit a command waits for ever. */
const COMMAND_MS_MAX = 5_000;
/** A worker's blocking read lasts up to ten seconds by itself (BullMQ's ceiling) and must not be cut off by its own connection. */
const WORKER_COMMAND_MS_MAX = 15_000;
const CONNECT_MS_MAX = 5_000;
const KEEP_ALIVE_MS = 10_000;
const RECONNECT_MS_MAX = 1_000;
const RECONNECT_MS_STEP = 100;

/** Connections that end together, also those that BullMQ copies from them. */
export interface RedisConnections {
  /** For asking: fails at once while Redis is away, and within five seconds when it is frozen. */
  readonly asking: Redis;
  /** One for BullMQ's workers, which wait on it. BullMQ demands that it never gives a command up by itself. */
  openWorking(): Redis;
  /** One for listening. Who subscribes does so whenever it is ready: of what ioredis repeats by itself nobody hears whether it worked. */
  openListening(): Redis;
  end(): void;
}

export function openRedis(url: string, broken: (fault: Error) => void): RedisConnections {
  const all = new Set<Redis>();
  let ended = false;
  // BullMQ may bring a connection back that it was waiting on while it was closed; that one would never end.
  const keep = (redis: Redis): Redis => {
    all.add(redis);
    redis.on('error', broken);
    redis.on('connect', () => ended && redis.disconnect());
    const duplicate = redis.duplicate.bind(redis);
    redis.duplicate = (override) => keep(duplicate(override));
    return redis;
  };
  const open = (options: RedisOptions): Redis =>
    keep(
      new Redis(url, {
        connectTimeout: CONNECT_MS_MAX,
        keepAlive: KEEP_ALIVE_MS,
        retryStrategy: (times) => (ended ? null : Math.min(times * RECONNECT_MS_STEP, RECONNECT_MS_MAX)),
        ...options,
      }),
    );
  const atOnce = { commandTimeout: COMMAND_MS_MAX, maxRetriesPerRequest: 0, enableOfflineQueue: false } as const;
  return {
    asking: open(atOnce),
    openListening: () => open({ ...atOnce, autoResubscribe: false }),
    openWorking: () => open({ commandTimeout: WORKER_COMMAND_MS_MAX, maxRetriesPerRequest: null }),
    end() {
      ended = true;
      for (const redis of all) redis.disconnect();
    },
  };
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
