import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'oncall',
  aliases: ['who'],
  summary: 'See who is on call, until when, and who is next.',
  example: 'oncall payments',
  group: 'look',
  args: { schedule: optional(arg.schedule('one schedule only')), at: optional(arg.moment('at another time', { keyword: 'at' })) },
  answer: async ({ schedule, at }, { now }, readings) => {
    const rows = await readings.onCall(at ?? now);
    return { message: 'oncall', model: { at: at ?? now, rows: rows.filter((row) => schedule === null || row.schedule === schedule) } };
  },
});
