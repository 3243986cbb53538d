import { parseArgs } from 'node:util';
import { FAULTS, type Fault } from './faults.ts';
import { MUTANTS } from './mutants.ts';
import { hunt, type Nights, playNights } from './nights.ts';
import { type Players, startPlayers } from './players.ts';
import { addRegression } from './regressions.ts';
import { shrink } from './shrink.ts';
import { type Report, type Simulation, simulate } from './simulate.ts';
import { neverHappened } from './sometimes.ts';

const USAGE = `npm run simulate -- [--seed N] [--seeds COUNT] [--hours H] [--faults a,b,c] [--mutant NAME] [--trace]
npm run simulate -- --mutants [--seeds COUNT]     is every planted bug found within so many seeds
Seeds are played side by side, as many at once as there are cores. A night that breaks a law is shrunk and joins the list of
test/simulation/regressions.json.`;
const LINES_SHOWN = 40;
const DETAIL_CHARS = 160;
/** Over this many seeds everything in `sometimes.ts` must have happened at least once. */
const SOMETIMES_SEEDS = 100;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    hours: { type: 'string', default: '10' },
    trace: { type: 'boolean', default: false },
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
  };
}

function replayOf({ seed, hours, faults }: Report): string {
  const mutant = values.mutant === undefined ? '' : ` --mutant ${values.mutant}`;
  return `npm run simulate -- --seed ${seed} --hours ${hours}${mutant} --faults ${faults.join(',')}`;
}

function tell(report: Report): void {
  console.log(report.lastLines.slice(-LINES_SHOWN).join('\n'));
  console.log(`\nseed ${report.seed} broke a law after ${report.events} events:`);
  for (const { law, detail, atMs } of report.violations) console.log(`  ${law} (at ${atMs} ms): ${detail}`);
  console.log(`again: ${replayOf(report)}`);
}

async function tellFailure(failed: Report): Promise<void> {
  process.exitCode = 1;
  tell(failed);
  console.log('\nshrinking …');
  const least = await shrink(settingsOf(failed.seed), failed);
  tell(least);
  if (values.mutant === undefined && addRegression(least)) console.log('It is in test/simulation/regressions.json now.');
}

async function tellNights(nights: Nights, seeds: number, tookMs: number): Promise<void> {
  for (const [what, times] of [...nights.counts].sort()) console.log(`${String(times).padStart(8)}  ${what}`);
  const { played, entries, events, failed } = nights;
  const virtual = (played * Number(values.hours) * 3_600_000) / tookMs;
  const pace = `${(tookMs / 1_000).toFixed(1)} s, ${Math.round(virtual).toLocaleString('en')} times faster than they last`;
  console.log(`${played} nights of ${values.hours} h, ${entries} entries, ${events} events in ${pace}`);
  if (failed !== null) return tellFailure(failed);
  const never = neverHappened(nights.counts);
  if (seeds < SOMETIMES_SEEDS || never.length === 0) return;
  console.log(`never happened in ${seeds} seeds, so nothing is proved about: ${never.join(', ')}`);
  process.exitCode = 1;
}

async function playOne(seed: number): Promise<void> {
  const told = values.trace ? { told: (line: string) => console.log(line) } : {};
  const report = await simulate({ ...settingsOf(seed), ...told });
  const { digest, faults, entries, events, violations } = report;
  console.log(`seed ${seed}: digest ${digest}, ${entries} entries, ${events} events, faults ${faults.join(' ')}`);
  if (violations.length > 0) await tellFailure(report);
}

async function huntAll(players: Players, seeds: number): Promise<void> {
  const hunts = Object.keys(MUTANTS).map(async (mutant) => {
    const { played, failed } = await hunt(players, mutant, seeds, settingsOf);
    const [first] = failed?.violations ?? [];
    const how =
      first === undefined ? `NOT FOUND in ${played} seeds` : `seed ${played}: ${first.law}: ${first.detail.slice(0, DETAIL_CHARS)}`;
    console.log(`${mutant.padEnd(24)} ${how}`);
    return failed !== null;
  });
  const found = await Promise.all(hunts);
  console.log(`${found.filter(Boolean).length} of ${found.length} planted bugs found`);
  if (found.includes(false)) process.exitCode = 1;
}

async function playSeveral(): Promise<void> {
  const players = startPlayers();
  const seeds = Number(values.seeds);
  const startedAt = performance.now();
  try {
    if (values.mutants) await huntAll(players, seeds);
    else await tellNights(await playNights(players, Number(values.seed), seeds, settingsOf), seeds, performance.now() - startedAt);
  } finally {
    await players.end();
  }
}

if (values.help) {
  console.log(USAGE);
  for (const [name, make] of Object.entries(MUTANTS)) console.log(`  --mutant ${name}: ${make(undefined as never).about}`);
} else if (values.mutants || values.seeds !== '1') await playSeveral();
else await playOne(Number(values.seed));
