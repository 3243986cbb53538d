import { arg, defineCommand, optional } from '../src/command.ts';

export default defineCommand({
  name: 'runbook',
  aliases: ['run'],
  summary: 'Start a runbook against its clock, pause, resume or abort it.',
  example: 'runbook start recover-in-15',
  group: 'recover',
  args: {
    do: optional(arg.choice('what to do; start when left out', ['start', 'dry-run', 'pause', 'resume', 'abort'])),
    runbook: optional(arg.runbook('which runbook; the one of the service when left out')),
    reason: optional(arg.text('why, when aborting')),
    incident: arg.incident(),
  },
  act: ({ do: wanted, runbook, reason, incident }, { view, catalog }) => {
    if (wanted === 'pause') return { type: 'run.pause', incident };
    if (wanted === 'resume') return { type: 'run.resume', incident };
    if (wanted === 'abort') return { type: 'run.abort', incident, reason: reason ?? 'aborted by hand' };
    const usual = view?.incident.runbooks.find((id) => catalog.runbooks[id] !== undefined) ?? catalog.incidents.runbook;
    const chosen = runbook ?? usual;
    if (chosen === null) return { refused: 'name_a_runbook', values: { known: Object.keys(catalog.runbooks).join(', ') } };
    return { type: 'run.start', incident, runbook: chosen, dry: wanted === 'dry-run' };
  },
});
