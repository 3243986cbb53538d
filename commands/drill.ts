import { arg, defineCommand, optional } from '../src/command.ts';
import { headline } from '../src/readings/headline.ts';
import { inferService } from '../src/readings/infer-service.ts';

export default defineCommand({
  name: 'drill',
  aliases: ['gameday'],
  summary: 'Start a drill: everything as in an incident, marked, outside the metrics; switches only rehearse.',
  example: 'drill sev2 Search is slow',
  group: 'declare',
  args: {
    severity: optional(arg.severity('how bad it pretends to be')),
    service: optional(arg.service('which service', { keyword: 'on' })),
    title: arg.title('what is rehearsed'),
  },
  act: ({ severity, service, title }, { catalog }) => ({
    type: 'incident.declare',
    ...headline(title, null),
    severity,
    service: service ?? inferService(title, catalog),
    kind: 'drill',
    triage: false,
    alertGroup: null,
    startedAt: null,
  }),
  aloud: true,
});
