import type { RefusalCatalogue } from '../kernel.ts';

export const pageRefusals: RefusalCatalogue = {
  no_such_page: ({ page }) => `There is no page ${page}. \`/inc status\` shows the pages of this incident.`,
  page_acknowledged: ({ page, person }) => `${person} has acknowledged page ${page} already. Nothing more will ring.`,
  page_over: ({ page, status }) => `Page ${page} is ${status}. To wake somebody now: \`/inc page @name\`.`,
  only_people_acknowledge: () => 'Only a person can acknowledge a page.',
};
