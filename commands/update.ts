import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'update',
  summary: 'Write a status update; the next one is then due in time for the severity.',
  example: 'update Card payments fail, we are rolling back. next 20m',
  group: 'lead',
  args: {
    next: optional(arg.duration('when the next one is due', { keyword: 'next' })),
    text: arg.text('what is broken, what happens next'),
    incident: arg.incident(),
  },
  act: ({ incident, text, next }) => ({ type: 'incident.update', incident, text, nextMs: next }),
});
