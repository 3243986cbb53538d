import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'override',
  aliases: ['cover'],
  summary: 'Take or give an on-call shift for a while.',
  example: 'override payments @bo from 18:00 until 22:00 because cy is on a train',
  group: 'page',
  args: {
    schedule: arg.schedule('which schedule'),
    person: optional(arg.person('who takes it; you when left out')),
    replacing: optional(arg.person('only the shifts of this person', { keyword: 'replacing' })),
    from: optional(arg.moment('from when; now when left out', { keyword: 'from' })),
    until: optional(arg.moment('until when', { keyword: 'until' })),
    for: optional(arg.duration('or for how long', { keyword: 'for' })),
    remove: optional(arg.word('take back this override', { keyword: 'remove' })),
    reason: optional(arg.text('why', { keyword: 'because' })),
  },
  act: (values, { person, now }) => {
    const { schedule, remove, replacing, reason } = values;
    if (remove !== null) return { type: 'oncall.remove-override', schedule, override: remove };
    const from = values.from ?? now;
    const until = values.until ?? (values.for === null ? null : from + values.for);
    if (until === null) return { refused: 'override_until_when', values: { schedule } };
    return { type: 'oncall.override', schedule, person: values.person ?? person, replaces: replacing, from, until, reason };
  },
});
