import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  name: 'service',
  summary: 'Say which service it is: brings owner, recovery time, runbooks and switches.',
  example: 'service checkout',
  group: 'lead',
  args: { service: arg.service('which service'), incident: arg.incident() },
  act: ({ incident, service }) => ({ type: 'incident.set-service', incident, service }),
});
