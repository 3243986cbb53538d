import { arg, defineCommand, optional } from '../src/command.ts';

const MONTH_MS = 30 * 24 * 3_600_000;

export default defineCommand({
  name: 'report',
  summary: 'Count incidents and pages, with the median times; drills are left out.',
  example: 'report 30d',
  group: 'look',
  args: { since: optional(arg.duration('how far back; 30 days when left out')) },
  answer: async ({ since }, _asking, readings) => ({ message: 'report', model: { ...(await readings.report(since ?? MONTH_MS)) } }),
});
