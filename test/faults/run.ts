import { type Count, isGood, sumOf } from './count.ts';
import { cannotRun, FAULTS, type Fault } from './matrix.ts';
import { type Scene, startWorld } from './world.ts';

export interface FaultRun {
  readonly fault: string;
  readonly does: string;
  readonly injected: number;
  readonly count: Count;
  readonly isGood: boolean;
}
export interface Chosen {
  readonly seed: number;
  /** How often a replica dies. */
  readonly kills: number;
  /** People go on after a fault until so many commands were acknowledged, or for half a minute. */
  readonly commands: number;
  /** Names of some faults; none are all that this machine can make. */
  readonly only: readonly string[];
  readonly tell: (run: FaultRun) => void;
}

const SCENES: readonly Scene[] = ['plain', 'slack', 'clock'];
const ALL = 'all of them, counted again at the end';

/** Plays faults one after another, on one installation for each scene, and counts everything once more at the end. */
export async function runFaults({ seed, kills, commands, only, tell }: Chosen): Promise<readonly FaultRun[]> {
  const chosen = choose(only);
  const runs: FaultRun[] = [];
  const counts: Count[] = [];
  for (const scene of SCENES) {
    const its = chosen.filter((fault) => (fault.scene ?? 'plain') === scene);
    if (its.length === 0) continue;
    const world = await startWorld(seed, scene, commands);
    try {
      for (const { name, does, copies, inject } of its) {
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
      counts.push(await world.recount());
    } finally {
      await world.stop();
    }
  }
  const count = sumOf(counts);
  const injected = runs.reduce((sum, run) => sum + run.injected, 0);
  const all = { fault: 'all', does: ALL, injected, count, isGood: isGood(count) };
  tell(all);
  return [...runs, all];
}

function choose(only: readonly string[]): readonly Fault[] {
  const cannot = cannotRun();
  const chosen = FAULTS.filter(({ name }) => (only.length === 0 ? !cannot.has(name) : only.includes(name)));
  if (chosen.length === 0) throw new Error(`there is no such fault; known: ${FAULTS.map(({ name }) => name).join(', ')}`);
  return chosen;
}

const HEAD =
  '| fault | times | acknowledged | lost | doubled | pages due | delivered | early | duplicated | worst lateness | rooms, once |';
const RULE = '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |';

export function tableHead(): readonly string[] {
  return [HEAD, RULE];
}

export function tableLine({ does, injected, count, isGood: good }: FaultRun): string {
  const { acknowledged, lost, doubled, pagesDue, pagesDelivered, early, pagesDuplicated, latestMs, rooms } = count;
  const kept = [injected, acknowledged, lost, doubled, pagesDue, pagesDelivered, early, pagesDuplicated];
  const cells = [...kept, `${(latestMs / 1_000).toFixed(2)} s`, rooms === null ? '' : `${rooms.once} of ${rooms.due}`];
  return `| ${does}${good ? '' : ' **FAILED**'} | ${cells.join(' | ')} |`;
}

export function notRunLines(): readonly string[] {
  return [...cannotRun()].map(([name, why]) => `NOT RUN: ${name}: ${why}`);
}
