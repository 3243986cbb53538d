import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'handover',
  aliases: ['handoff'],
  summary: 'Hand a role over with a briefing, or accept one that is handed to you.',
  example: 'handover ic @bo database failed over, waiting for replicas',
  group: 'lead',
  args: {
    accept: optional(arg.choice('accept what is handed to you', ['accept'])),
    role: arg.role('which role'),
    person: optional(arg.person('to whom')),
    briefing: optional(arg.briefing('state of play, open steps, what you would do next')),
    incident: arg.incident(),
  },
  act: ({ accept, incident, role, person, briefing }) => {
    if (accept !== null) return { type: 'incident.accept-handover', incident, role };
    if (person === null) return { refused: 'handover_to_whom', values: { role } };
    return { type: 'incident.handover', incident, role, person, briefing };
  },
});
