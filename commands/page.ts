import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'page',
  summary: 'Wake a person or an escalation policy for this incident.',
  example: 'page @bo we need the payments database',
  group: 'page',
  args: {
    person: optional(arg.person('who')),
    policy: optional(arg.policy('or which escalation policy')),
    reason: optional(arg.text('why')),
    incident: arg.incident(),
  },
  act: ({ incident, person, policy, reason }) => ({ type: 'incident.page', incident, person, policy, reason }),
});
