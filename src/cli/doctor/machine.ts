import { MINUTE_MS, SECOND_MS, sayDuration } from '../../kit/duration.ts';
import { broken, type Finding, good, warning } from './finding.ts';

/** How long the two clocks are watched. */
const WATCH_MS = 250;
/** Slewing by NTP is at most 0.05 % of that; more means that somebody sets the clock. */
const DRIFT_MS_MAX = 50;
/** No machine that runs this release lives before it. */
const RELEASED_AT = Date.parse('2026-01-01T00:00:00Z');
/** An entry from further ahead than this was written by a clock that is wrong, or this one is. */
const AHEAD_MS_MAX = MINUTE_MS;

export function lookAtNode(): Finding {
  return good('node', `Node ${process.versions.node} on ${process.platform} ${process.arch}`);
}

/** Wall time and monotonic time go equally fast, and wall time is plausible. */
export async function lookAtClock(): Promise<Finding> {
  const [wall, monotonic] = [Date.now(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
  const driftMs = Date.now() - wall - (performance.now() - monotonic);
  const time = new Date().toISOString();
  if (Date.now() < RELEASED_AT)
    return broken('clock', `The clock says ${time}.`, 'Set the time, best by NTP: who is on call depends on it.');
  if (Math.abs(driftMs) > DRIFT_MS_MAX) {
    return warning(
      'clock',
      `The clock was moved by ${Math.round(driftMs)} ms while it was watched.`,
      'Let NTP slew it instead of stepping it.',
    );
  }
  return good('clock', `${time}, steady`);
}

/** Nothing in the ledger comes from the future. */
export function lookAtLastEntry(at: number): Finding {
  const aheadMs = at - Date.now();
  if (aheadMs <= AHEAD_MS_MAX) return good('last entry', `${sayDuration(Math.max(0, Math.round(-aheadMs / SECOND_MS) * SECOND_MS))} ago`);
  return warning(
    'last entry',
    `The newest entry is ${sayDuration(aheadMs)} in the future.`,
    'The clock went back. Set it right before the next incident.',
  );
}

/** Rules of daylight saving change a few times a year; who is on call follows them. */
export function lookAtZones(): Finding {
  const { tz, icu } = process.versions;
  return good('time zones', `data ${tz ?? 'of unknown version'}, ICU ${icu ?? 'unknown'}`);
}
