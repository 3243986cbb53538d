import { chmodSync } from 'node:fs';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { type RedisServer, startRedis } from '../../support/redis.ts';

/** A PostgreSQL and a Redis of our own (or those of DATABASE_URL and REDIS_URL), kept as production would keep them. */
export interface Servers {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
}

/** Their data lies below `directory`, on a real disk. */
export async function withServers<T>(directory: string, work: (servers: Servers) => Promise<T>): Promise<T> {
  process.env['TMPDIR'] = directory;
  // PostgreSQL is another user where this one is root.
  chmodSync(directory, 0o755);
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  try {
    return await work({ postgres, redis });
  } finally {
    await Promise.all([postgres.stop(), redis.stop()]);
  }
}
