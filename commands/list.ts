import { defineCommand } from '../src/command.ts';

const LISTED_MAX = 15;

export default defineCommand({
  name: 'list',
  aliases: ['ls'],
  summary: 'List the incidents that are open, or the latest when none is.',
  example: 'list',
  group: 'look',
  args: {},
  answer: async (_values, _asking, readings) => {
    const open = await readings.incidents({ open: true, limit: LISTED_MAX });
    const incidents = open.length > 0 ? open : await readings.incidents({ open: false, limit: LISTED_MAX });
    return { message: 'list', model: { anyOpen: open.length > 0, incidents } };
  },
});
