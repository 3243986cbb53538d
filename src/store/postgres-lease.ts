import { Client } from 'pg';
import type { Lease } from '../engine/store-port.ts';
import { connectionLimits } from './postgres-pool.ts';

interface LeaseRules {
  /** The lock's number; the same in every release. */
  readonly lock: number;
  /** A holder that does not ask for so long is thought frozen, and loses it; null waits for its connection to end. */
  readonly silenceMs: number | null;
}

/** What replicas take turns at. Who holds a chat connection asks every four seconds; checkpoints are signed once a minute. */
export const LEASES = {
  checkpoints: { lock: 7_264_002, silenceMs: null },
  slack: { lock: 7_264_003, silenceMs: 10_000 },
  discord: { lock: 7_264_004, silenceMs: 10_000 },
} as const satisfies Record<string, LeaseRules>;

/**
 * An advisory lock on a connection of its own: PostgreSQL frees it with the connection, so nothing stale can stay behind. The
 * server itself ends the connection of a holder that is silent (`idle_session_timeout`): a frozen process would keep it for ever.
 */
export function openLease(url: string, name: keyof typeof LEASES, broken: (fault: Error) => void): Lease {
  const { lock, silenceMs }: LeaseRules = LEASES[name];
  let holding: Client | null = null;

  async function take(): Promise<'ours' | 'theirs' | 'unknown'> {
    const client = new Client({ connectionString: url, ...connectionLimits });
    client.on('error', broken);
    try {
      await client.connect();
      const { rows } = await client.query<{ ours: boolean }>('select pg_try_advisory_lock($1) as ours', [lock]);
      if (rows[0]?.ours === true) {
        if (silenceMs !== null) await client.query(`set idle_session_timeout = ${silenceMs}`);
        holding = client;
        return 'ours';
      }
      await client.end().catch(() => undefined);
      return 'theirs';
    } catch (fault) {
      broken(fault instanceof Error ? fault : new Error(String(fault)));
      await client.end().catch(() => undefined);
      return 'unknown';
    }
  }
  async function ask(): Promise<'ours' | 'theirs' | 'unknown'> {
    if (holding === null) return take();
    try {
      await holding.query('select 1');
      return 'ours';
    } catch {
      const lost = holding;
      holding = null;
      await lost.end().catch(() => undefined);
      return take();
    }
  }
  return {
    ask,
    held: async () => (await ask()) === 'ours',
    async release() {
      const ours = holding;
      holding = null;
      await ours?.end().catch(() => undefined);
    },
  };
}
