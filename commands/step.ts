import { arg, defineCommand, optional } from '../src/command.ts';
import { findStep } from '../src/readings/find-step.ts';

export default defineCommand({
  name: 'step',
  summary: 'Tick a runbook step: done, choose, approve, skip, retry, or decide at a checkpoint.',
  example: 'step choose roll-back',
  group: 'recover',
  args: {
    do: arg.choice('what to do with it', ['done', 'choose', 'approve', 'skip', 'retry', 'decide']),
    words: optional(arg.text('which step (the one that waits when left out), then an option, note or reason')),
    incident: arg.incident(),
  },
  act: ({ do: wanted, words, incident }, { view }) => {
    const found = findStep(view?.run ?? null, wanted, words ?? '');
    if (found === null) return { refused: view?.run ? 'no_step' : 'no_run', values: {} };
    const { step, rest, options } = found;
    if (rest === '' && (wanted === 'choose' || wanted === 'decide') && options.length > 0) {
      return { refused: 'which_option', values: { step, options: options.map(({ id }) => id).join(', ') } };
    }
    if (rest === '' && wanted === 'skip') return { refused: 'skip_why', values: { step } };
    switch (wanted) {
      case 'done':
        return { type: 'run.complete-step', incident, step, note: rest === '' ? null : rest };
      case 'choose':
        return { type: 'run.choose', incident, step, option: rest };
      case 'approve':
        return { type: 'run.approve-step', incident, step };
      case 'skip':
        return { type: 'run.skip', incident, step, reason: rest };
      case 'retry':
        return { type: 'run.retry', incident, step };
      case 'decide':
        return { type: 'run.decide', incident, checkpoint: step, option: rest };
    }
  },
});
