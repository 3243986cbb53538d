import type { Domain } from '../kernel.ts';
import { type SwitchAct, switchActs } from './acts.ts';
import { decideSwitch } from './decide.ts';
import { type SwitchEvent, switchEvents } from './events.ts';
import { reactSwitch } from './react.ts';
import { switchRefusals } from './refusals.ts';
import { evolveSwitch, initialSwitch, type SwitchState } from './state.ts';

/**
 * A switch people flip under two-person control. What always holds: the level is that of the last `switch.flipped`; a
 * flip had enough others agree to exactly it, or the policy asks for none, or it is broken glass that somebody else has
 * reviewed or still must; and no request flips twice, late, or on a switch that has changed since.
 */
export const switchDomain: Domain<SwitchState, SwitchEvent, SwitchAct> = {
  kind: 'switch',
  fold: 1,
  events: switchEvents,
  acts: switchActs,
  refusals: switchRefusals,
  initial: initialSwitch,
  evolve: evolveSwitch,
  decide: decideSwitch,
  react: reactSwitch,
  summary: (state) => ({
    open: state.level > 0 || state.pending !== null || state.reviews.length > 0,
    incident: state.latestIncident,
  }),
};
