import { describe, expect, it } from 'vitest';
import { parseMoment } from '../../src/kit/moment.ts';

/** Saturday evening in Berlin, before the clocks go forward at 02:00. */
const NOW = Date.parse('2026-03-28T19:00:00Z');
const berlin = (text: string): string | null => {
  const moment = parseMoment(text, NOW, 'Europe/Berlin');
  return moment === null ? null : new Date(moment).toISOString();
};

describe('a moment as people write it', () => {
  it.each([
    ['21:30', '2026-03-28T20:30:00.000Z', 'later today'],
    ['09:00', '2026-03-29T07:00:00.000Z', 'the next one, on the other side of the change'],
    ['9:00', '2026-03-29T07:00:00.000Z', 'with one digit'],
    ['today 23:00', '2026-03-28T22:00:00.000Z', 'by the name of the day'],
    ['tomorrow 09:00', '2026-03-29T07:00:00.000Z', 'on the day after, not 24 hours on'],
    ['Tomorrow', '2026-03-28T23:00:00.000Z', 'as the beginning of a day'],
    ['2026-12-01', '2026-11-30T23:00:00.000Z', 'as the beginning of a date'],
    ['2026-12-01 09:00', '2026-12-01T08:00:00.000Z', 'as date and time'],
    ['2026-12-01T09:00', '2026-12-01T08:00:00.000Z', 'as ISO 8601 has it'],
    ['2026-03-29 02:30', '2026-03-29T01:30:00.000Z', 'in the hour that is skipped: after the gap'],
    ['2026-10-25 02:30', '2026-10-25T00:30:00.000Z', 'in the hour that comes twice: the first'],
    ['2h', '2026-03-28T21:00:00.000Z', 'as a span from now'],
    ['in 2h', '2026-03-28T21:00:00.000Z', 'as a span from now, in words'],
  ])('%s is %s (%s)', (text, expected) => {
    expect(berlin(text)).toBe(expected);
  });

  it.each(['25:00', '09:60', '2026-02-31 09:00', '2026-13-01', 'soon', 'in', '', 'yesterday 09:00', 'tomorrow 9'])('%s is none', (text) => {
    expect(berlin(text)).toBeNull();
  });
});
