import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface Writing {
  readonly round: number;
  readonly notes: number;
  /** Writers at once. */
  readonly writers: number;
}

/** Replicas on one database, each in a process of its own and with an incident of its own, as two rooms have. */
export async function startWritingReplicas(url: string, incidents: readonly number[]) {
  const program = new URL('./writing-replica.ts', import.meta.url).pathname;
  const children = await Promise.all(
    incidents.map(async (incident) => {
      const child = fork(program, [url, String(incident)]);
      await once(child, 'message');
      return child;
    }),
  );
  return {
    /** Notes per second of the first so many of them, all together, until the last is durable. */
    async rateOf(replicas: number, { round, notes, writers }: Writing): Promise<number> {
      const from = performance.now();
      const share = { round, notes: notes / replicas, writers: writers / replicas };
      await Promise.all(
        children.slice(0, replicas).map(async (child) => {
          child.send(share);
          await once(child, 'message');
        }),
      );
      return (notes / (performance.now() - from)) * 1_000;
    },
    async stop() {
      await Promise.all(
        children.map(async (child) => {
          child.disconnect();
          await once(child, 'exit');
        }),
      );
    },
  };
}
