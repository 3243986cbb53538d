import type { RefusalCatalogue } from '../kernel.ts';

export const followupRefusals: RefusalCatalogue = {
  nothing_to_follow_up: ({ incident }) => `There is no inc-${incident}. Try \`/inc list\`.`,
  followed_up_elsewhere: ({ incident, into }) => `inc-${incident} was merged into inc-${into}. Say it there: name inc-${into}.`,
  unknown_owner: ({ owner }) => `${owner} is not in allclear.yaml, so nobody would own it. Name somebody else, or nobody.`,
  due_in_the_past: () => 'That due date is over already. Name a day from today on.',
  too_many_followups: ({ limit }) => `There are ${limit} action items already. Finish some, or keep the others in your issue tracker.`,
  too_many_remarks: ({ limit }) => `There are ${limit} remarks already. Publish the postmortem and go on in its text.`,
  no_such_followup: ({ item, open }) => `There is no action item ${item}. ${open === '' ? 'None is open.' : `Open: ${open}.`}`,
  followup_done_already: ({ item }) => `Action item ${item} is done already. Nothing changed.`,
  too_early_to_publish: ({ incident, status }) =>
    `inc-${incident} is still ${status}. Set it to mitigated or resolve it first; notes and remarks are kept until then.`,
};
