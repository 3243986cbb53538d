import type { Domain } from '../kernel.ts';
import { type FollowupAct, followupActs } from './acts.ts';
import { decideFollowups } from './decide.ts';
import { type FollowupEvent, followupEvents } from './events.ts';
import { reactFollowups } from './react.ts';
import { followupRefusals } from './refusals.ts';
import { evolveFollowups, type FollowupState, initialFollowups } from './state.ts';

export const followupDomain: Domain<FollowupState, FollowupEvent, FollowupAct> = {
  kind: 'followup',
  fold: 1,
  events: followupEvents,
  acts: followupActs,
  refusals: followupRefusals,
  initial: initialFollowups,
  evolve: evolveFollowups,
  decide: decideFollowups,
  react: reactFollowups,
  summary: (state) => ({ open: state.items.some(({ doneAt }) => doneAt === null), incident: state.incident }),
};
