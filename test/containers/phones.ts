import { join } from 'node:path';
import type { Engine } from './engine.ts';
import { until } from './program.ts';

/** What a phone in a container said: it rings when it is sent a page, and answers later. */
export interface Ring {
  readonly page: string;
  /** The same on every repeat. */
  readonly key: string;
  /** Address of the container that called. */
  readonly from: string;
  readonly is: 'ringing' | 'answered';
}
export interface PhoneBeside {
  /** As the bots reach it. */
  readonly host: string;
  readonly url: string;
  /** Until there are rings that `those` are looked for. */
  rung(what: string, those: (ring: Ring) => boolean): Promise<Ring>;
}

const PORT = 8080;
/** A page that is owed rings within a lease and the looks of both replicas. */
const RING_MS_MAX = 45_000;

/** Starts a phone in a network of Compose; it answers `answerMs` after it rang. */
export async function startPhone(engine: Engine, name: string, network: string, answerMs: number): Promise<PhoneBeside> {
  const program = join(import.meta.dirname, 'phone.ts');
  const place = ['--detach', '--name', name, '--network', network, '--volume', `${program}:/phone.ts:ro`];
  await engine.podman(['run', ...place, 'docker.io/library/node:24-slim', 'node', '/phone.ts', String(PORT), String(answerMs)]);
  const rings = async (): Promise<readonly Ring[]> => {
    const said = await engine.podman(['logs', name]);
    return said
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Ring);
  };
  return {
    host: `${name}:${PORT}`,
    url: `http://${name}:${PORT}`,
    async rung(what, those) {
      let all: readonly Ring[] = [];
      const look = async () => {
        all = await rings();
        return all.find(those) ?? null;
      };
      return until(what, RING_MS_MAX, look).catch((fault: unknown) => {
        throw new Error(`${String(fault)}; it rang: ${JSON.stringify(all)}`);
      });
    },
  };
}

/** Pages are named after their incident and their number in it. */
export const isOf =
  (incident: number) =>
  ({ page }: Ring): boolean =>
    page.startsWith(`${incident}-`);
