import { arg, defineCommand, optional } from '../src/command.ts';

const DONE = /^done\s+#?(\d{1,6})$/i;

export default defineCommand({
  name: 'action',
  aliases: ['followup'],
  summary: 'Keep an action item for after the incident, or tick one off with `done 3`.',
  example: 'action alert on replica lag @cy by 2026-12-01 09:00',
  group: 'finish',
  args: {
    kind: optional(arg.choice('what it is for', ['prevent', 'detect', 'mitigate', 'process'])),
    owner: optional(arg.person('who')),
    due: optional(arg.moment('by when', { keyword: 'by' })),
    text: arg.text('what is to be done'),
    incident: arg.incident(),
  },
  act: ({ incident, kind, owner, due, text }) => {
    const [, item] = DONE.exec(text) ?? [];
    if (item !== undefined) return { type: 'followup.done', incident, item: Number(item) };
    return { type: 'followup.add', incident, text, owner, dueAt: due, kind: kind ?? 'prevent' };
  },
});
