import { type Pool, type PoolClient, Query, type QueryResultRow } from 'pg';
import { ANSWER_MS_MAX } from './postgres-pool.ts';

export interface KeptConnection {
  /** One at a time. When the work fails, the connection is thrown away, and the next work gets another one. */
  use<T>(work: (client: PoolClient) => Promise<T>): Promise<T>;
  /** Gives the connection back to the pool, once nobody uses it any more. */
  end(): void;
}

/**
 * The one connection of `pool`, kept from one work to the next: giving it back and asking for it again costs as much as deciding what
 * is appended. One that is lost meanwhile is let go, so that the next work does not fail for it.
 */
export function keptConnection(pool: Pool): KeptConnection {
  let idle: PoolClient | null = null;
  let isEnding = false;
  // The driver sets a timer for every question. Node keeps timers of one length in a list, and makes and files that list anew for a lone one.
  const ofSameLength = setInterval(() => undefined, ANSWER_MS_MAX).unref();

  function lost(client: PoolClient, fault?: Error): void {
    // Who is working with it hears of it by its work.
    if (idle !== client) return;
    idle = null;
    client.release(true);
    if (fault !== undefined) pool.emit('error', fault, client);
  }
  async function take(): Promise<PoolClient> {
    if (idle === null) return pool.connect();
    const client = idle;
    idle = null;
    return client;
  }
  function giveBack(client: PoolClient): void {
    if (isEnding || pool.waitingCount > 0) client.release();
    else idle = client;
  }
  pool.on('connect', (client) => {
    client.on('error', (fault) => lost(client as PoolClient, fault));
    client.on('end', () => lost(client as PoolClient));
  });
  return {
    async use(work) {
      const client = await take();
      try {
        const done = await work(client);
        giveBack(client);
        return done;
      } catch (fault) {
        client.release(true);
        throw fault;
      }
    },
    end() {
      isEnding = true;
      clearInterval(ofSameLength);
      idle?.release();
      idle = null;
    },
  };
}

/**
 * Asks a prepared statement. As `client.query` does with a description of it; that one copies the description property by property and
 * passes the answer through two more promises, which is a twentieth of the time of a lone append.
 */
export function ask<Row extends QueryResultRow>(
  client: PoolClient,
  { name, text }: Named,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const query = new Query<Row>(text, [...values], (fault, answer) => (fault ? reject(fault) : resolve(answer.rows)));
    client.query(Object.assign(query, { name }));
  });
}

/** What each connection prepares once, under its name. */
export interface Named {
  readonly name: string;
  readonly text: string;
}
