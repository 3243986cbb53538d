import { systemClock } from '../kit/clock.ts';
import { systemRandomness } from '../kit/randomness.ts';
import { type RunningBot, startBot } from '../main.ts';
import type { Flags } from './flags.ts';
import { readFile, settingsOrComplain } from './settings.ts';
import { trimWhenQuiet } from './trim-memory.ts';

/** `allclear start`: runs until SIGTERM or SIGINT, then drains. SIGHUP reads the configuration again. */
export async function run(_words: readonly string[], flags: Flags): Promise<number> {
  const settings = settingsOrComplain();
  if (settings === null) return 1;
  // Listening from here on: a signal that comes while it starts, or right after the ready line, ends it properly too.
  const lastSignal = signalled();
  const started = await startBot(settings, {
    clock: systemClock,
    randomness: systemRandomness,
    variables: process.env,
    readFile,
    write: (line) => void process.stderr.write(line),
    isTerminal: process.stderr.isTTY === true,
  });
  if (!started.ok) {
    for (const problem of started.problems) console.error(problem);
    return 1;
  }
  const { running } = started;
  const reload = (): void => void sayReload(running);
  process.on('SIGHUP', reload);
  console.log(flags['json'] === true ? readyLine(running) : welcome(running));
  const endTrimming = trimWhenQuiet((see) => running.composed.bot.onCommit(see), systemClock);
  await lastSignal;
  endTrimming();
  process.off('SIGHUP', reload);
  await running.stop();
  // A delivery that was left to its lease is made at the next start: what is still open of it must not hold this process.
  setTimeout(() => process.exit(0), LEFTOVERS_MS).unref();
  return 0;
}

/** Time for the log to be written out. */
const LEFTOVERS_MS = 250;

/** For programs: one line of JSON once everything works. */
function readyLine({ url }: RunningBot): string {
  return JSON.stringify({ ready: true, url, pid: process.pid });
}

function welcome({ url, composed }: RunningBot): string {
  const { people, schedules, switches, runbooks } = composed.catalog();
  const count = (record: object, one: string, many: string): string => {
    const { length } = Object.keys(record);
    return `${length} ${length === 1 ? one : many}`;
  };
  return [
    `Allclear is on. Console: ${url}`,
    `  ${count(people, 'person', 'people')}, ${count(schedules, 'schedule', 'schedules')}, ${count(switches, 'switch', 'switches')}, ${count(runbooks, 'runbook', 'runbooks')} from allclear.yaml`,
    '  First thing to type, in the console: sev1 Checkout is down',
  ].join('\n');
}

async function sayReload({ composed, log }: RunningBot): Promise<void> {
  const problems = await composed.reload();
  if (problems.length === 0) log.info('the configuration was read again');
  else log.error({ problems }, 'the new configuration has problems, the old one stays in force');
}

/** SIGHUP is not among them: it means "read again". */
const LAST_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of LAST_SIGNALS) process.once(signal, () => resolve());
  });
}
