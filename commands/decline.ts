import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'decline',
  summary: 'Block the flip somebody asked for; they must ask anew.',
  example: 'decline read-only because the failover is almost done',
  group: 'recover',
  args: {
    switch: arg.switch('which switch'),
    request: optional(arg.request('which request; the one that waits when left out')),
    reason: arg.text('why not', { keyword: 'because' }),
  },
  act: ({ switch: id, request, reason }, { switches }) => {
    const waiting = request ?? switches[id]?.pending?.request ?? null;
    if (waiting === null) return { refused: 'nothing_to_approve', values: { switch: id } };
    return { type: 'switch.decline', switch: id, request: waiting, reason };
  },
});
