import type { RefusalCatalogue } from '../kernel.ts';

export const runRefusals: RefusalCatalogue = {
  run_incident_unknown: ({ incident }) => `There is no inc-${incident}. Try \`/inc list\`.`,
  run_incident_over: ({ incident, status }) =>
    `inc-${incident} is ${status}, so its runbook rests. Reopen it with \`/inc reopen inc-${incident} <reason>\`, or end the run with \`/inc runbook abort <reason>\`.`,
  run_active: ({ title }) => `“${title}” is under way; one runbook at a time. Finish it, or \`/inc runbook abort <reason>\`.`,
  run_unknown_runbook: ({ runbook, known }) => `There is no runbook ${runbook}. Known: ${known}.`,
  run_none: ({ incident }) => `No runbook is under way in inc-${incident}. Start one with \`/inc runbook start <name>\`.`,
  run_needs_person: () => 'This needs a person who answers for it. Ask somebody of the catalog to say it.',
  run_paused: () => 'The runbook is paused. Go on with `/inc runbook resume`.',
  run_not_paused: () => 'The runbook is not paused. Nothing changed.',
  run_no_such_step: ({ step, known }) => `There is no step ${step}. Steps: ${known}.`,
  run_step_behind: ({ step, status, by }) => `${step} is ${status} already${by}. To go back to it: \`/inc step retry ${step}\`.`,
  run_step_not_begun: ({ step, current }) => `The run is not at ${step} yet; it is at ${current}. Do that, or skip it with a reason.`,
  run_step_automatic: ({ step }) => `${step} is under way by itself. Wait for it, or \`/inc step skip ${step} <reason>\`.`,
  run_step_under_way: ({ step }) =>
    `${step} is under way and may be changing something, so it is not sent twice. Wait for its answer, or \`/inc step skip ${step} <reason>\`.`,
  run_nothing_to_retry: ({ step }) =>
    `${step} waits for people, so there is nothing to try again. When it is done: \`/inc step done ${step}\`.`,
  run_approval_first: ({ step }) => `${step} waits for approval. Approve it with \`/inc step approve ${step}\`, or skip it with a reason.`,
  run_no_approval_wanted: ({ step }) => `${step} waits for no approval. Nothing changed.`,
  run_approved_already: ({ step }) => `You have approved ${step} already; it needs somebody else too.`,
  run_approval_needs_role: ({ step, role, holder }) =>
    `${step} needs the approval of ${role}, who is ${holder}. Ask them, or fill the role: \`/inc role ${role} @you\`.`,
  run_nothing_to_choose: ({ step }) => `Nothing is chosen at ${step}. When it is done: \`/inc step done ${step}\`.`,
  run_choice_wanted: ({ step, options }) => `${step} is a choice: ${options}. Choose with \`/inc step choose ${step} <option>\`.`,
  run_no_such_option: ({ option, options }) => `There is no option ${option}. Choose one of ${options}.`,
  run_no_such_checkpoint: ({ checkpoint, known }) => `There is no checkpoint ${checkpoint}. Checkpoints: ${known === '' ? 'none' : known}.`,
  run_checkpoint_not_reached: ({ checkpoint }) => `The clock has not reached ${checkpoint} yet. You will be asked then.`,
  run_checkpoint_decided: ({ checkpoint, label, by }) =>
    `${by} decided at ${checkpoint} already: ${label}. To change course: \`/inc step retry <step>\`.`,
};
