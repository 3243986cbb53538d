import type { RefusalCatalogue } from '../kernel.ts';

export const incidentRefusals: RefusalCatalogue = {
  no_such_incident: ({ incident }) => `There is no inc-${incident}. Try \`/inc list\`.`,
  incident_over: ({ incident, status }) => `inc-${incident} is ${status}. If it is back, say \`/inc reopen inc-${incident} <reason>\`.`,
  unknown_severity: ({ severity, known }) => `There is no severity ${severity}. Use one of ${known}.`,
  unknown_service: ({ service, known }) => `The catalog has no service ${service}. Known: ${known}.`,
  unknown_role: ({ role, known }) => `There is no role ${role}. Use one of ${known}.`,
  unknown_person: ({ person }) => `${person} is not in allclear.yaml. Ask an admin to add them, or name somebody else.`,
  person_observes: ({ person, phone }) =>
    `${person} is an observer and could not act on it. Name a responder, ask an admin to change the rank, or call them: ${phone}.`,
  unknown_policy: ({ policy, known }) => `There is no escalation policy ${policy}. Known: ${known}.`,
  severity_unchanged: ({ severity }) => `It is ${severity} already. Nothing changed.`,
  service_unchanged: ({ service }) => `The service is ${service} already. Nothing changed.`,
  status_not_reachable: ({ from, to, next }) =>
    `From ${from} it cannot become ${to}. ${next === '' ? 'Use `/inc reopen` with a reason.' : `Possible now: ${next}.`}`,
  nobody_to_page: () => 'Name a person or an escalation policy: `/inc page @bo` or `/inc page payments`.',
  role_held: ({ role, holder }) =>
    `${holder} is ${role}. Ask them to hand over: \`/inc handover ${role} @you\`; a commander may assign it outright.`,
  role_unchanged: ({ role, holder }) => `${holder} is ${role} already. Nothing changed.`,
  role_vacant: ({ role }) => `Nobody holds ${role}. Take it: \`/inc role ${role} @you\`.`,
  not_yours_to_hand_over: ({ role, holder }) => `Only ${holder} or a commander can hand over ${role}.`,
  no_handover_for_you: ({ role }) => `Nobody is handing ${role} to you. See \`/inc status\`.`,
  already_pinned: () => 'That message is in the timeline already.',
  not_pinned: () => 'That message is not in the timeline.',
  merge_into_itself: () => 'An incident cannot be merged into itself. Name the other one: `/inc merge inc-7`.',
  merge_drill: ({ incident }) =>
    `One of the two is a drill, and inc-${incident} must not be mixed with it. Resolve or cancel the one that is not needed.`,
  not_over: ({ incident, status }) => `inc-${incident} is ${status}, so there is nothing to reopen.`,
};
