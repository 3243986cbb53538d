import type { RefusalCatalogue } from './kernel.ts';

/** Refusals of words that never became an act. */
export const askingRefusals: RefusalCatalogue = {
  unknown_person_asking: ({ user }) =>
    `I do not know ${user} yet. Ask an admin to add you to allclear.yaml; anybody who is in it can act for you now.`,
  not_kept: () =>
    'That could not be written down, so nothing was changed. Try again; if it keeps failing, call people directly and tell an operator.',
  database_away: ({ subject }) =>
    `The database is away, so ${subject} has to wait. Works meanwhile: declaring, and paging, acknowledging and noting in what was declared since.`,
  which_incident: ({ open }) =>
    open === ''
      ? 'No incident is open. Declare one: `/incident Checkout is down`.'
      : `Which incident? Open now: ${open}. Name it, or ask in its room.`,
  nothing_to_acknowledge: () => 'No page is waiting for anybody here. `/inc status` shows what is going on.',
  no_run: () => 'No runbook is running in this incident. Start one: `/inc runbook recover-in-15`.',
  no_step: () => 'The runbook waits for no step now. `/inc status` shows where it stands.',
  nothing_to_approve: ({ switch: id }) => `Nobody asks for ${id} to be switched now. Ask yourself: \`/inc switch ${id} on because …\`.`,
  nothing_to_review: ({ switch: id }) => `No broken glass of ${id} waits for a review.`,
  which_option: ({ step, options }) => `${step} is a choice: ${options}. Say which one.`,
  skip_why: ({ step }) => `Why? Whoever reads the timeline needs to know: \`/inc step skip ${step} <reason>\`.`,
  which_status: ({ words, known }) =>
    `“${words}” begins with no status. Use one of ${known}; to declare it as an incident: \`/inc declare status ${words}\`.`,
  name_a_runbook: ({ known }) => `Which runbook? Known: ${known}.`,
  handover_to_whom: ({ role }) => `To whom? \`/inc handover ${role} @name what they must know\`.`,
  override_until_when: ({ schedule }) => `Until when? \`/inc override ${schedule} @name until 22:00\`, or \`for 4h\`.`,
  extend_for_how_long: ({ switch: id }) => `For how long? \`/inc switch ${id} extend for 30m because …\`.`,
};
