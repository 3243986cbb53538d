import { arg, defineCommand } from '../src/command.ts';

const REMARK = /^(factor|well|badly|lucky|impact|summary):\s*(.+)$/is;

export default defineCommand({
  name: 'note',
  aliases: ['log'],
  summary: 'Put a line into the timeline; `factor:`, `well:`, `badly:`, `lucky:`, `impact:` and `summary:` go into the postmortem.',
  example: 'note factor: the cache had no time to live',
  group: 'record',
  args: { text: arg.text('what happened or was learnt'), incident: arg.incident() },
  act: ({ incident, text }) => {
    const [, kind, remark] = REMARK.exec(text) ?? [];
    if (kind === undefined || remark === undefined) return { type: 'incident.note', incident, text };
    return { type: 'followup.remark', incident, kind: kind.toLowerCase(), text: remark };
  },
});
