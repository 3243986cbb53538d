import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  name: 'cancel',
  summary: 'It was no incident: stop everything, keep the record.',
  example: 'cancel a test alert',
  group: 'finish',
  args: { reason: arg.text('why'), incident: arg.incident() },
  act: ({ incident, reason }) => ({ type: 'incident.cancel', incident, reason }),
});
