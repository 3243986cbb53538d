import { Client } from 'pg';
import { connectionLimits } from './postgres-pool.ts';

/** Something that only one replica may do at a time. */
export interface Lease {
  /** Is it ours now. Takes it when nobody has it; a holder that died or lost the database has lost it too. */
  held(): Promise<boolean>;
  release(): Promise<void>;
}

/** What replicas take turns at; the numbers are the locks' and stay the same in every release. */
export const LEASES = { checkpoints: 7_264_002, chat: 7_264_003 } as const;

/** An advisory lock on a connection of its own: PostgreSQL frees it with the connection, so nothing stale can stay behind. */
export function openLease(url: string, name: keyof typeof LEASES, broken: (fault: Error) => void): Lease {
  let holding: Client | null = null;

  async function take(): Promise<boolean> {
    const client = new Client({ connectionString: url, ...connectionLimits });
    client.on('error', broken);
    try {
      await client.connect();
      const { rows } = await client.query<{ ours: boolean }>('select pg_try_advisory_lock($1) as ours', [LEASES[name]]);
      if (rows[0]?.ours === true) {
        holding = client;
        return true;
      }
    } catch (fault) {
      broken(fault instanceof Error ? fault : new Error(String(fault)));
    }
    await client.end().catch(() => undefined);
    return false;
  }
  return {
    async held() {
      if (holding === null) return take();
      try {
        await holding.query('select 1');
        return true;
      } catch {
        const lost = holding;
        holding = null;
        await lost.end().catch(() => undefined);
        return take();
      }
    },
    async release() {
      const ours = holding;
      holding = null;
      await ours?.end().catch(() => undefined);
    },
  };
}
