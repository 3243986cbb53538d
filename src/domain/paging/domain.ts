import type { Domain } from '../kernel.ts';
import { type PageAct, pageActs } from './acts.ts';
import { decidePage } from './decide.ts';
import { type PageEvent, pageEvents } from './events.ts';
import { reactPage } from './react.ts';
import { pageRefusals } from './refusals.ts';
import { evolvePage, initialPage, type PageState } from './state.ts';

export const pageDomain: Domain<PageState, PageEvent, PageAct> = {
  kind: 'page',
  fold: 1,
  events: pageEvents,
  acts: pageActs,
  refusals: pageRefusals,
  initial: initialPage,
  evolve: evolvePage,
  decide: decidePage,
  react: reactPage,
  summary: (state) => ({ open: state.status === 'active', incident: state.incident === 0 ? null : state.incident }),
};
