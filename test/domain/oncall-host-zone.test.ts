import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { exampleCatalog } from '../support/catalog.ts';

const FROM = Date.parse('2026-01-10T00:00:00Z');
const UNTIL = Date.parse('2027-02-14T00:00:00Z');
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kolkata', 'UTC'];
const HOSTS = ['UTC', 'America/New_York', 'Pacific/Apia'];

const payments = exampleCatalog.schedules['payments'];
const weekly = payments?.layers[0];
const schedules = ZONES.map((timeZone) => ({
  ...payments,
  timeZone,
  layers: [
    { ...weekly, start: '2026-01-05T02:30' },
    { ...weekly, name: 'nights', rotation: { every: 12, unit: 'hours' }, restrictions: [{ days: [6, 7], from: '22:15', to: '02:30' }] },
  ],
}));

/** A program that says which zone its machine is in and who is on call; arguments come as JSON. */
const PROGRAM = `
  import { nextHandover, onCallAt, shifts } from './src/domain/oncall/schedule.ts';
  const { schedules, from, until } = JSON.parse(process.argv[1]);
  const answers = schedules.map((schedule) => [
    shifts(schedule, [], from, until),
    onCallAt(schedule, [], from + 1),
    nextHandover(schedule, [], from),
  ]);
  console.log(JSON.stringify({ offset: new Date(from).getTimezoneOffset(), answers }));
`;

async function answersOn(hostZone: string): Promise<{ readonly offset: number; readonly answers: unknown }> {
  const run = promisify(execFile);
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '--eval', PROGRAM, '--', JSON.stringify({ schedules, from: FROM, until: UNTIL })],
    { cwd: process.cwd(), env: { ...process.env, TZ: hostZone }, maxBuffer: 64 * 1024 * 1024 },
  );
  return JSON.parse(stdout) as { offset: number; answers: unknown };
}

describe('who is on call', () => {
  it('is the same on machines in different zones', async () => {
    const [utc, ...others] = await Promise.all(HOSTS.map(answersOn));
    expect([utc, ...others].map((host) => host?.offset)).toEqual([0, 300, -780]);
    expect(JSON.stringify(utc?.answers)).toContain('"person"');
    for (const other of others) expect(other.answers).toEqual(utc?.answers);
  });
});
