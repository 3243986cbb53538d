import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  name: 'merge',
  aliases: ['duplicate'],
  summary: 'Merge this incident into another one.',
  example: 'merge inc-7',
  group: 'finish',
  args: { into: arg.otherIncident('into which incident'), incident: arg.incident('which incident is the duplicate') },
  act: ({ incident, into }) => ({ type: 'incident.merge', incident, into }),
});
