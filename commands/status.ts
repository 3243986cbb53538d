import { arg, defineCommand, optional } from '../src/command.ts';
import { card } from '../src/readings/card.ts';

export default defineCommand({
  name: 'status',
  summary: 'Look at the incident, or say how far it is.',
  example: 'status mitigated rolled back to v41',
  group: 'lead',
  args: {
    status: optional(arg.choice('the new status', ['investigating', 'identified', 'mitigated', 'declined', 'closed'])),
    reason: optional(arg.text('why, or how')),
    incident: arg.incident(),
  },
  act: ({ incident, status, reason }) => (status === null ? null : { type: 'incident.status', incident, status, reason }),
  answer: async ({ incident }, { catalog, view }) => {
    if (view === null) return { refused: 'no_such_incident', values: { incident: String(incident) } };
    return { message: 'card', model: { ...card(view, catalog) } };
  },
});
