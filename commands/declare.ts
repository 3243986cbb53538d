import { arg, defineCommand, optional } from '../src/command.ts';
import { headline } from '../src/readings/headline.ts';
import { inferService } from '../src/readings/infer-service.ts';

export default defineCommand({
  name: 'declare',
  aliases: ['new', 'open'],
  summary: 'Declare an incident: opens the room and pages.',
  example: 'declare sev1 Checkout is down',
  group: 'declare',
  args: {
    severity: optional(arg.severity('how bad; may stay unset')),
    service: optional(arg.service('which service', { keyword: 'on' })),
    title: arg.title('what is happening, in a few words'),
    description: optional(arg.text('what else is known', { keyword: 'because' })),
  },
  act: ({ severity, service, title, description }, { catalog }) => ({
    type: 'incident.declare',
    ...headline(title, description),
    severity,
    service: service ?? inferService(title, catalog),
    kind: 'incident',
    triage: false,
    alertGroup: null,
    startedAt: null,
  }),
  next: (incident) => `Next: take command with \`/inc role ic @me inc-${incident}\`.`,
  aloud: true,
});
