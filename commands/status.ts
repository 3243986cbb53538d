import { arg, defineCommand, optional } from '../src/command.ts';
import { card } from '../src/readings/card.ts';

const STATUSES = ['investigating', 'identified', 'mitigated', 'declined', 'closed'] as const;

export default defineCommand({
  name: 'status',
  summary: 'Look at the incident, or say how far it is.',
  example: 'status mitigated rolled back to v41',
  group: 'lead',
  args: {
    status: optional(arg.choice('the new status', STATUSES)),
    reason: optional(arg.text('why, or how')),
    incident: arg.incident(),
  },
  act: ({ incident, status, reason }) => {
    if (status !== null) return { type: 'incident.status', incident, status, reason };
    return reason === null ? null : { refused: 'which_status', values: { words: reason, known: STATUSES.join(', ') } };
  },
  answer: async ({ incident }, { catalog, view }) => {
    if (view === null) return { refused: 'no_such_incident', values: { incident: String(incident) } };
    return { message: 'card', model: { ...card(view, catalog) } };
  },
});
