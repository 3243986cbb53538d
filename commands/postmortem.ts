import { arg, defineCommand } from '../src/command.ts';

export default defineCommand({
  name: 'postmortem',
  aliases: ['pm', 'retro'],
  summary: 'Write the postmortem from the ledger and publish it; again to bring it up to date.',
  example: 'postmortem',
  group: 'finish',
  args: { incident: arg.incident() },
  act: ({ incident }) => ({ type: 'followup.publish', incident }),
});
