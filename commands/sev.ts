import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  name: 'sev',
  aliases: ['severity', 'regrade'],
  summary: 'Set the severity; getting worse starts paging if nobody was paged.',
  example: 'sev sev1',
  group: 'lead',
  args: { severity: arg.severity('the new severity'), incident: arg.incident() },
  act: ({ incident, severity }) => ({ type: 'incident.regrade', incident, severity }),
});
