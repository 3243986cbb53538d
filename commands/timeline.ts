import { arg, defineCommand } from '../src/command.ts';

/** A screen or two on a phone; the console and the postmortem have all of it. */
const LINES_MAX = 20;

export default defineCommand({
  name: 'timeline',
  summary: 'Read the last lines of the timeline.',
  example: 'timeline',
  group: 'record',
  args: { incident: arg.incident() },
  answer: async ({ incident }, _asking, readings) => {
    const lines = await readings.timeline(incident);
    return { message: 'timeline', model: { incident, earlier: Math.max(0, lines.length - LINES_MAX), lines: lines.slice(-LINES_MAX) } };
  },
});
