import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { Randomness } from '../../src/kit/randomness.ts';
import { type KeptReplica, pauseMs } from './replicas.ts';

/** What somebody was told is done. */
export interface Acknowledged {
  readonly key: string;
  readonly kind: 'declare' | 'note';
}
export interface Clients {
  readonly acknowledged: readonly Acknowledged[];
  /** Requests that were not answered, or with a failure: each was repeated under its key. */
  unanswered(): number;
  stop(): Promise<void>;
}
export interface ClientOptions {
  readonly replicas: readonly KeptReplica[];
  readonly chance: Randomness;
  /** Each acknowledged command is a line there, on the disk before the next one is given. */
  readonly witness: string;
  readonly name: string;
  /** Each delivery is sent so often at once, to any replica. */
  readonly copies: number;
  /** Of the commands, this share declares; the others write into what was declared. */
  readonly declares: number;
}

const CLIENTS = 10;
const THINK_MS = 40;
const ANSWER_MS_MAX = 20_000;

interface Reply {
  readonly ok: boolean;
  readonly incident?: number;
}

/** People who give commands and repeat each under its key until it is answered, by whichever replica answers. */
export function startClients({ replicas, chance, witness, name, copies, declares }: ClientOptions): Clients {
  const file = openSync(witness, 'a');
  const acknowledged: Acknowledged[] = [];
  const open: number[] = [];
  let stopped = false;
  let unanswered = 0;
  let given = 0;
  const any = <T>(all: readonly T[]): T => all[Math.floor(chance.fraction() * all.length)] as T;

  async function ask(body: object): Promise<Reply | null> {
    const place = any(replicas).place();
    if (place === null) return null;
    try {
      const response = await fetch(`${place.url}/api/v1/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${place.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      return response.ok ? ((await response.json()) as Reply) : null;
    } catch {
      return null;
    }
  }
  function think(): { readonly kind: Acknowledged['kind']; readonly key: string; readonly body: object } {
    given += 1;
    const key = `${name}-${given}`;
    if (open.length === 0 || chance.fraction() < declares)
      return { kind: 'declare', key, body: { words: `declare sev1 Checkout is down ${key}.`, as: 'ana', key } };
    return { kind: 'note', key, body: { words: `note seen ${key}.`, as: 'ana', key, incident: any(open) } };
  }
  function witnessed(kind: Acknowledged['kind'], key: string, incident: number | undefined): void {
    writeSync(file, `${key}\n`);
    fsyncSync(file);
    acknowledged.push({ key, kind });
    if (incident !== undefined && kind === 'declare') open.push(incident);
  }
  async function one(): Promise<void> {
    const { kind, key, body } = think();
    for (;;) {
      const replies = await Promise.all(Array.from({ length: copies }, () => ask(body)));
      const reply = replies.find((each) => each?.ok === true);
      if (reply) return witnessed(kind, key, reply.incident);
      // Also a no: to words about an incident that this replica cannot see now. Asked again later.
      unanswered += 1;
      if (stopped) return;
      await pauseMs(THINK_MS);
    }
  }
  async function client(): Promise<void> {
    while (!stopped) {
      await one();
      await pauseMs(THINK_MS);
    }
  }
  const all = Array.from({ length: CLIENTS }, client);
  return {
    acknowledged,
    unanswered: () => unanswered,
    async stop() {
      stopped = true;
      await Promise.all(all);
      closeSync(file);
    },
  };
}
