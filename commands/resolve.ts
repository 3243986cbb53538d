import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'resolve',
  aliases: ['fixed'],
  summary: 'Say that it is over; lists the switches that are still on.',
  example: 'resolve rolled back to v41',
  group: 'finish',
  args: { summary: optional(arg.text('what fixed it')), incident: arg.incident() },
  act: ({ incident, summary }) => ({ type: 'incident.resolve', incident, summary }),
  next: () => 'Next: `/inc postmortem` while it is fresh.',
});
