import { builtIn } from '../compose.ts';
import { loadConfiguration } from '../config/load.ts';
import { sayProblem } from '../config/problem.ts';
import { gaps, shifts } from '../domain/oncall/schedule.ts';
import { HOUR_MS } from '../kit/duration.ts';
import { wallClock, wallDate } from '../kit/wall-time.ts';
import type { Flags } from './flags.ts';
import { settingsOrComplain } from './settings.ts';

const DAYS_DEFAULT = 14;
const DAYS_MAX = 366;

/** `allclear oncall`: the shifts of every schedule as the files say them; overrides are known only to the running bot. */
export async function run(_words: readonly string[], flags: Flags): Promise<number> {
  const settings = settingsOrComplain();
  if (settings === null) return 1;
  const loaded = await loadConfiguration({ file: settings.configFile, builtIn: builtIn(settings) });
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(sayProblem(problem));
    return 1;
  }
  const days = Math.min(DAYS_MAX, Math.max(1, Number(flags['days'] ?? DAYS_DEFAULT) || DAYS_DEFAULT));
  const from = Date.now();
  const until = from + days * 24 * HOUR_MS;
  for (const schedule of Object.values(loaded.catalog.schedules)) {
    const at = (ms: number): string => `${wallDate(ms, schedule.timeZone)} ${wallClock(ms, schedule.timeZone)}`;
    console.log(`${schedule.name} (${schedule.timeZone})`);
    for (const shift of shifts(schedule, [], from, until)) {
      console.log(`  ${at(shift.from)} – ${at(shift.until)}  ${loaded.catalog.people[shift.person]?.name ?? shift.person}`);
    }
    for (const gap of gaps(schedule, [], from, until)) console.log(`  ${at(gap.from)} – ${at(gap.until)}  NOBODY`);
  }
  return 0;
}
