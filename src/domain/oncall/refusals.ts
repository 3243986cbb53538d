import type { RefusalCatalogue } from '../kernel.ts';

export const oncallRefusals: RefusalCatalogue = {
  override_schedule_unknown: ({ schedule, known }) =>
    known === ''
      ? `There is no schedule ${schedule}, nor any other: add one to allclear.yaml.`
      : `There is no schedule ${schedule}. Use one of ${known}.`,
  override_person_unknown: ({ person }) => `${person} is not in allclear.yaml. Name somebody who is, or ask an admin to add them.`,
  override_same_person: ({ person }) => `${person} cannot stand in for themselves. Name two different people.`,
  override_observer: ({ person }) =>
    `${person} is an observer and could not acknowledge a page. Name a responder, or ask an admin to change the rank.`,
  override_ends_before_start: () => 'It would end before it starts. Swap the two times, or check the dates.',
  override_past: () => 'That time is over already. Choose one that ends in the future.',
  override_too_long: ({ asked, most }) =>
    `${asked} is too long for an override; at most ${most}. Split it up, or change the schedule in allclear.yaml.`,
  override_too_far: ({ most }) => `That is more than ${most} ahead. Check the year, or come back later.`,
  override_limit: ({ schedule, most }) =>
    `${schedule} has ${most} overrides ahead, which is the most. Remove some, or change the schedule in allclear.yaml.`,
  override_replaces_absent: ({ schedule, replaces }) =>
    `${replaces} is not on call for ${schedule} in that time. Look with \`/inc oncall ${schedule}\`, or take the whole time by replacing nobody in particular.`,
  override_unknown: ({ schedule, override }) => `${schedule} has no override ${override}. \`/inc oncall ${schedule}\` lists them.`,
  override_over: ({ schedule, override }) => `Override ${override} of ${schedule} is over already; there is nothing to remove.`,
};
