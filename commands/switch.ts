import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'switch',
  aliases: ['switches', 'flip'],
  summary: 'Look at the switches, or ask to flip one: on, off, extend, or break the glass.',
  example: 'switch read-only on for 30m because the primary is losing writes',
  group: 'recover',
  args: {
    switch: optional(arg.switch('which switch; all are shown when left out')),
    do: optional(arg.choice('what to do', ['on', 'off', 'extend', 'break-glass', 'confirm', 'reject'])),
    level: optional(arg.number('level of a brownout, or number of the flip to review')),
    for: optional(arg.duration('for how long', { keyword: 'for' })),
    again: optional(arg.word('break-glass: the name of the switch, typed again', { keyword: 'again' })),
    reason: optional(arg.text('why; needed for every flip', { keyword: 'because' })),
    incident: optional(arg.incident()),
  },
  act: ({ switch: id, do: wanted, level, for: ttlMs, again, reason: given, incident: named }, { view, switches }) => {
    if (id === null || wanted === null) return null;
    const reason = given ?? '';
    const incident = named ?? view?.incident.number ?? null;
    switch (wanted) {
      case 'on':
        return { type: 'switch.request', switch: id, to: level ?? 1, reason, incident, ttlMs };
      case 'off':
        return { type: 'switch.revert', switch: id, reason };
      case 'extend':
        return ttlMs === null
          ? { refused: 'extend_for_how_long', values: { switch: id } }
          : { type: 'switch.extend', switch: id, ttlMs, reason };
      case 'break-glass':
        return { type: 'switch.break-glass', switch: id, to: level ?? 1, reason, confirm: again ?? '', incident, ttlMs };
      default: {
        const flip = level ?? switches[id]?.reviews[0]?.flip ?? null;
        if (flip === null) return { refused: 'nothing_to_review', values: { switch: id } };
        return { type: 'switch.review', switch: id, flip, verdict: wanted === 'confirm' ? 'confirm' : 'revert', note: given };
      }
    }
  },
  answer: async (_values, _asking, readings) => ({ message: 'switches', model: { rows: await readings.switches() } }),
});
