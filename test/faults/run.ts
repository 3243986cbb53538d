import { type Count, isGood } from './count.ts';
import { FAULTS, NOT_RUN } from './matrix.ts';
import { startWorld } from './world.ts';

export interface FaultRun {
  readonly fault: string;
  readonly does: string;
  readonly injected: number;
  readonly count: Count;
  readonly isGood: boolean;
}

/** Plays faults one after another on one installation. `only` names some of them; `kills` is how often a replica dies. */
export async function runFaults(options: { seed: number; kills: number; only: readonly string[]; tell: (run: FaultRun) => void }) {
  const { seed, kills, only, tell } = options;
  const chosen = FAULTS.filter(({ name }) => only.length === 0 || only.includes(name));
  if (chosen.length === 0) throw new Error(`there is no such fault; known: ${FAULTS.map(({ name }) => name).join(', ')}`);
  const world = await startWorld(seed);
  try {
    const runs: FaultRun[] = [];
    for (const { name, does, copies, inject } of chosen) {
      let injected = 0;
      const inject1 = async (): Promise<void> => {
        injected = await inject(world, kills);
      };
      const count = await world.during(name, inject1, copies);
      // A run that injected nothing is red: it proved nothing.
      const run = { fault: name, does, injected, count, isGood: isGood(count) && injected > 0 };
      tell(run);
      runs.push(run);
    }
    return runs;
  } finally {
    await world.stop();
  }
}

const HEAD = '| fault | times | acknowledged | lost | doubled | pages due | delivered | duplicated | worst lateness |';
const RULE = '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |';

export function tableHead(): readonly string[] {
  return [HEAD, RULE];
}

export function tableLine({ does, injected, count, isGood: good }: FaultRun): string {
  const { acknowledged, lost, doubled, pagesDue, pagesDelivered, pagesDuplicated, latestMs } = count;
  const cells = [injected, acknowledged, lost, doubled, pagesDue, pagesDelivered, pagesDuplicated, `${(latestMs / 1_000).toFixed(2)} s`];
  return `| ${does}${good ? '' : ' **FAILED**'} | ${cells.join(' | ')} |`;
}

export function notRunLines(): readonly string[] {
  return NOT_RUN.map(([name, why]) => `not run: ${name}: ${why}`);
}
