import { parseArgs } from 'node:util';
import { FAULTS, type Fault } from './faults.ts';
import { MUTANTS } from './mutants.ts';
import { shrink } from './shrink.ts';
import { type Report, type Simulation, simulate } from './simulate.ts';

const USAGE = `npm run simulate -- [--seed N] [--seeds COUNT] [--hours H] [--trace] [--shrink] [--mutant NAME | --mutants] [--faults a,b,c]`;
const LINES_SHOWN = 40;
/** Over this many seeds everything here must have happened at least once. */
const SOMETIMES_SEEDS = 100;
const SOMETIMES: readonly string[] = [
  ...FAULTS,
  'paused longer than a lease',
  'page sent again after it arrived',
  'found by the sweeper',
  'claim whose answer was lost',
  'commit conflict',
  'commit fenced',
  'delivery fenced',
  'delivery late',
  'delivery unknown',
  'delivery dead',
  'event page.exhausted',
  'event page.rearmed',
  'event page.undelivered',
  'event page.level-empty',
  'event switch.flipped',
  'event switch.declined',
  'event switch.lapsed',
  'event switch.reviewed',
  'event switch.review-missed',
  'event incident.handover-accepted',
  'event incident.reopened',
  'event incident.merged',
  'event alert.released',
  ...['before-commit', 'after-commit', 'before-send', 'after-send', 'before-settle', 'after-settle'].map((moment) => `died: ${moment}`),
];
const DETAIL_CHARS = 160;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    hours: { type: 'string', default: '10' },
    trace: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    mutant: { type: 'string' },
    mutants: { type: 'boolean', default: false },
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

function replayOf({ seed, hours, faults }: Report, mutant: string | undefined): string {
  return `npm run simulate -- --seed ${seed} --hours ${hours}${mutant === undefined ? '' : ` --mutant ${mutant}`} --faults ${faults.join(',')}`;
}

function tell(report: Report): void {
  console.log(report.lastLines.slice(-LINES_SHOWN).join('\n'));
  console.log(`\nseed ${report.seed} broke a law after ${report.events} events:`);
  for (const { law, detail, atMs } of report.violations) console.log(`  ${law} (at ${atMs} ms): ${detail}`);
  console.log(`again: ${replayOf(report, values.mutant)}`);
}

/** Every planted bug must be found within so many seeds. */
async function huntMutants(seedsMax: number): Promise<void> {
  for (const mutant of Object.keys(MUTANTS)) {
    let found: string | null = null;
    for (let seed = 1; seed <= seedsMax && found === null; seed += 1) {
      const { violations } = await simulate({ seed, hours: Number(values.hours), mutant });
      if (violations[0] !== undefined) found = `seed ${seed}: ${violations[0].law}: ${violations[0].detail.slice(0, DETAIL_CHARS)}`;
    }
    console.log(`${mutant.padEnd(22)} ${found ?? `NOT FOUND in ${seedsMax} seeds`}`);
    if (found === null) process.exitCode = 1;
  }
}

async function playNights(first: number, seeds: number): Promise<void> {
  const total = new Map<string, number>();
  const startedAt = performance.now();
  let events = 0;
  let entries = 0;
  let count = 0;
  let failed: Report | null = null;
  for (let seed = first; seed < first + seeds && failed === null; seed += 1) {
    const report = await simulate(settingsOf(seed));
    count += 1;
    events += report.events;
    entries += report.entries;
    for (const [what, times] of report.counts) total.set(what, (total.get(what) ?? 0) + times);
    if (seeds === 1) console.log(`seed ${seed}: digest ${report.digest}, faults ${report.faults.join(' ')}`);
    if (report.violations.length > 0) failed = report;
  }
  const tookMs = performance.now() - startedAt;
  for (const [what, times] of [...total].sort()) console.log(`${String(times).padStart(8)}  ${what}`);
  const never = SOMETIMES.filter((what) => !total.has(what));
  if (failed === null && seeds >= SOMETIMES_SEEDS && never.length > 0) {
    console.log(`never happened in ${seeds} seeds, so nothing is proved about: ${never.join(', ')}`);
    process.exitCode = 1;
  }
  const pace = `${(tookMs / 1000).toFixed(1)} s: ${(tookMs / count).toFixed(0)} ms a seed`;
  console.log(`${count} seeds of ${values.hours} h, ${entries} entries, ${events} events in ${pace}`);
  if (failed === null) return;
  process.exitCode = 1;
  tell(values.shrink ? await shrink(settingsOf(failed.seed), failed) : failed);
}

if (values.help) {
  console.log(USAGE);
  for (const [name, make] of Object.entries(MUTANTS)) console.log(`  --mutant ${name}: ${make(undefined as never).about}`);
} else if (values.mutants) await huntMutants(Number(values.seeds));
else await playNights(Number(values.seed), Number(values.seeds));
