import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'ack',
  aliases: ['acknowledge'],
  summary: 'Acknowledge a page: it stops ringing, and everybody sees that you have it.',
  example: 'ack',
  group: 'page',
  args: { page: optional(arg.page('which page; the one that is ringing when left out')), incident: arg.incident() },
  act: ({ page }, { view, person, platform }) => {
    const waiting = view?.pages.filter(({ status }) => status === 'active' || status === 'exhausted') ?? [];
    const mine = waiting.findLast(({ tried }) => tried.includes(person)) ?? waiting.at(-1);
    const ringing = page ?? mine?.page ?? null;
    if (ringing === null) return { refused: 'nothing_to_acknowledge', values: {} };
    return { type: 'page.acknowledge', page: ringing, via: platform };
  },
});
