import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'role',
  aliases: ['assign'],
  summary: 'Give somebody a role, or take it yourself.',
  example: 'role ic @ana',
  group: 'lead',
  args: { role: arg.role('which role'), person: optional(arg.person('who; you when left out')), incident: arg.incident() },
  act: ({ incident, role, person }, asking) => ({ type: 'incident.assign', incident, role, person: person ?? asking.person }),
});
