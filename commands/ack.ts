import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'ack',
  aliases: ['acknowledge'],
  summary: 'Acknowledge a page: it stops ringing, and everybody sees that you have it.',
  example: 'ack',
  group: 'page',
  args: { page: optional(arg.page('which page; the one that is ringing when left out')), incident: optional(arg.incident()) },
  act: ({ page }, { view, platform }) => {
    const ringing = page ?? view?.pages.findLast(({ status }) => status === 'active' || status === 'exhausted')?.page ?? null;
    if (ringing === null) return { refused: 'nothing_to_acknowledge', values: {} };
    return { type: 'page.acknowledge', page: ringing, via: platform };
  },
});
