import { parseArgs } from 'node:util';
import { FAULTS, type Fault } from './faults.ts';
import { MUTANTS } from './mutants.ts';
import { shrink } from './shrink.ts';
import { type Report, type Simulation, simulate } from './simulate.ts';

const USAGE = `npm run simulate -- [--seed N] [--seeds COUNT] [--hours H] [--trace] [--shrink] [--mutant NAME] [--faults a,b,c]`;
const LINES_SHOWN = 40;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    hours: { type: 'string', default: '10' },
    trace: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    mutant: { type: 'string' },
    faults: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function settingsOf(seed: number): Simulation {
  const { mutant, faults } = values;
  return {
    seed,
    hours: Number(values.hours),
    ...(mutant === undefined ? {} : { mutant }),
    ...(faults === undefined ? {} : { faults: new Set(faults.split(',').filter((name): name is Fault => FAULTS.includes(name as Fault))) }),
    ...(values.trace ? { told: (line: string) => console.log(line) } : {}),
  };
}

export function replayOf({ seed, hours, faults }: Report, mutant: string | undefined): string {
  return `npm run simulate -- --seed ${seed} --hours ${hours}${mutant === undefined ? '' : ` --mutant ${mutant}`} --faults ${faults.join(',')}`;
}

function tell(report: Report): void {
  console.log(report.lastLines.slice(-LINES_SHOWN).join('\n'));
  console.log(`\nseed ${report.seed} broke a law after ${report.events} events:`);
  for (const { law, detail, atMs } of report.violations) console.log(`  ${law} (at ${atMs} ms): ${detail}`);
  console.log(`again: ${replayOf(report, values.mutant)}`);
}

async function main(): Promise<void> {
  if (values.help) {
    console.log(USAGE);
    for (const [name, make] of Object.entries(MUTANTS)) console.log(`  --mutant ${name}: ${make(undefined as never).about}`);
    return;
  }
  const first = Number(values.seed);
  const total = new Map<string, number>();
  const startedAt = performance.now();
  let events = 0;
  let entries = 0;
  let count = 0;
  for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
    const report = await simulate(settingsOf(seed));
    count += 1;
    events += report.events;
    entries += report.entries;
    for (const [what, times] of report.counts) total.set(what, (total.get(what) ?? 0) + times);
    if (Number(values.seeds) === 1) console.log(`seed ${seed}: digest ${report.digest}, faults ${report.faults.join(' ')}`);
    if (report.violations.length > 0) {
      tell(values.shrink ? await shrink(settingsOf(seed), report) : report);
      console.log(`found at seed number ${count}`);
      process.exitCode = 1;
      break;
    }
  }
  const tookMs = performance.now() - startedAt;
  for (const [what, times] of [...total].sort()) console.log(`${String(times).padStart(8)}  ${what}`);
  console.log(
    `${count} seeds of ${values.hours} h, ${entries} entries, ${events} events in ${(tookMs / 1000).toFixed(1)} s: ${(tookMs / count).toFixed(0)} ms a seed`,
  );
}

await main();
