import type { RefusalCatalogue } from '../kernel.ts';

export const switchRefusals: RefusalCatalogue = {
  switch_needs_person: () => 'A switch is flipped by a person who answers for it. Ask somebody of the catalog to say it.',
  switch_unknown: ({ switch: id, known }) => `There is no switch ${id}. ${known === '' ? 'Add one to allclear.yaml.' : `Known: ${known}.`}`,
  switch_reason_too_short: ({ charsMin }) => `Say why in at least ${charsMin} characters: whoever reads this at night needs to know.`,
  switch_no_such_level: ({ switch: name, levels }) => `${name} has no such level. Use 0 (off) to ${levels}.`,
  switch_already_there: ({ switch: name, level }) => `${name} is ${level} already. Nothing changed.`,
  switch_conflict: ({ switch: name, other, otherName }) =>
    `${name} may not be on together with ${otherName}, which is on. Turn that off first: \`/inc switch ${other} off because <reason>\`.`,
  switch_too_short: ({ switch: name, least }) => `That is over before anybody sees what it does. Give ${name} at least ${least}.`,
  switch_too_long: ({ switch: name, most }) => `${name} stays on for at most ${most} at a time. Ask for that, and extend it later.`,
  switch_incident_unknown: ({ incident }) => `There is no inc-${incident} to flip it for. Try \`/inc list\`.`,
  switch_request_pending: ({ switch: name, request, change, by }) =>
    `${name} has an open request already (${request}: ${change}, by ${by}). Approve or decline that one first.`,
  switch_too_few_approvers: ({ switch: name, id, needed, have }) =>
    `${name} needs ${needed} approvals by others and only ${have} people could give one. In an emergency: \`/inc switch ${id} break-glass\`.`,
  switch_request_unknown: ({ request }) => `There is no open request ${request} for this switch. See \`/inc switch\`.`,
  switch_request_used: ({ request }) => `Request ${request} was approved and carried out already. Nothing changed.`,
  switch_request_declined: ({ request }) =>
    `Request ${request} was declined and cannot be approved any more. If it is still needed, ask anew.`,
  switch_request_lapsed: ({ request }) => `Request ${request} is too old to be approved. If it is still needed, ask anew.`,
  switch_request_void: ({ request }) =>
    `The switch has changed since ${request} was asked, so it is void. If it is still needed, ask anew.`,
  switch_own_request: ({ approvers }) =>
    `Nobody approves their own request. ${approvers === '' ? 'Somebody else must.' : `Who may: ${approvers}.`}`,
  switch_not_approver: ({ approvers }) => `You may not approve this switch. Who may: ${approvers}.`,
  switch_approved_already: ({ request }) => `You have approved ${request} already; it needs somebody else too.`,
  switch_may_not_decline: ({ approvers }) => `Only who asked or who may approve can decline this: ${approvers}.`,
  switch_not_confirmed: ({ id }) =>
    `To break the glass, type the switch's name again: \`/inc switch ${id} break-glass again ${id} because <reason>\`.`,
  switch_nothing_to_review: ({ switch: name, flip }) => `Flip ${flip} of ${name} waits for no review. See \`/inc switch\`.`,
  switch_own_review: () => 'You broke the glass yourself, so somebody else must review it. Ask in the room.',
  switch_may_not_review: ({ approvers }) => `You may not review this switch. Who may: ${approvers}.`,
  switch_is_off: ({ switch: name }) => `${name} is off, so there is nothing to extend.`,
  switch_may_not_extend: ({ approvers }) =>
    `How long it stays on was part of the approval, so somebody else who may approve extends it${approvers === '' ? '' : `: ${approvers}`}.`,
  switch_lasts_longer: ({ switch: name }) => `${name} stays on longer than that already. Nothing changed; turn it off to end it sooner.`,
};
