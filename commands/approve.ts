import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'approve',
  summary: 'Agree to the flip somebody else asked for.',
  example: 'approve read-only',
  group: 'recover',
  args: { switch: arg.switch('which switch'), request: optional(arg.request('which request; the one that waits when left out')) },
  act: ({ switch: id, request }, { switches }) => {
    const waiting = request ?? switches[id]?.pending?.request ?? null;
    if (waiting === null) return { refused: 'nothing_to_approve', values: { switch: id } };
    return { type: 'switch.approve', switch: id, request: waiting };
  },
});
