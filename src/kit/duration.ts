export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: 24 * HOUR_MS };
const WHOLE = /^(?:\d{1,6}[smhd])+$/;
const PART = /(\d{1,6})([smhd])/g;

/**
 * Reads "90s", "15m", "1h30m" or "2d" as milliseconds, or answers null when the text is no duration.
 * A day here is 24 hours: schedules, where a day may have 23, never use this.
 */
export function parseDuration(text: string): number | null {
  if (!WHOLE.test(text)) return null;
  let totalMs = 0;
  for (const [, digits, unit] of text.matchAll(PART)) totalMs += Number(digits) * (UNIT_MS[unit as string] as number);
  return totalMs;
}

/** Spells whole seconds so that `parseDuration` reads exactly the same: "1d2h", "20m", "90s" as "1m30s". Parts of a second are cut. */
export function spellDuration(ms: number): string {
  let seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  let spelled = '';
  for (const [unit, unitMs] of Object.entries(UNIT_MS).reverse()) {
    const count = Math.floor((seconds * SECOND_MS) / unitMs);
    if (count > 0) spelled += `${count}${unit}`;
    seconds -= (count * unitMs) / SECOND_MS;
  }
  return spelled === '' ? '0s' : spelled;
}

/** Says milliseconds as people do: "45s", "12m", "1h 5m", "2d 3h". Rounds down; negative becomes "0s". */
export function sayDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 || minutes >= 10 ? `${minutes}m` : `${minutes}m ${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours}h` : `${hours}h ${minutes % 60}m`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)}d` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** Says milliseconds on a clock face: "07:30", "1:02:03". Negative times carry a minus sign. */
export function sayClock(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / SECOND_MS);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${ms < 0 ? '-' : ''}${hours > 0 ? `${hours}:` : ''}${rest}`;
}
