import type { RefusalCatalogue } from '../kernel.ts';

export const alertRefusals: RefusalCatalogue = {
  alert_group_full: ({ route, max }) =>
    `${max} alerts of this group fire already, so this one is not counted; their incident is open. Give the route ${route} a narrower \`groupBy\`.`,
};
