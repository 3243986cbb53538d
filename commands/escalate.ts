import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'escalate',
  summary: 'Do not wait for the timeout: page the next level now.',
  example: 'escalate',
  group: 'page',
  args: { page: optional(arg.page('which page; the one that is ringing when left out')), incident: arg.incident() },
  act: ({ page }, { view }) => {
    const ringing = page ?? view?.pages.findLast(({ status }) => status === 'active')?.page ?? null;
    if (ringing === null) return { refused: 'nothing_to_acknowledge', values: {} };
    return { type: 'page.escalate-now', page: ringing };
  },
});
