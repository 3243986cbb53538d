import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  name: 'reopen',
  summary: 'Open it again, with a reason.',
  example: 'reopen it is back on half of the pods',
  group: 'finish',
  args: { reason: arg.text('why'), incident: arg.incident() },
  act: ({ incident, reason }) => ({ type: 'incident.reopen', incident, reason }),
});
