import type { Domain } from '../kernel.ts';
import { type AlertAct, alertActs } from './acts.ts';
import { decideAlerts } from './decide.ts';
import { type AlertEvent, alertEvents } from './events.ts';
import { reactAlerts } from './react.ts';
import { alertRefusals } from './refusals.ts';
import { type AlertGroupState, evolveAlertGroup, firingCount, initialAlertGroup } from './state.ts';

/** Alerts that share an incident: `alerts/<group>`. */
export const alertDomain: Domain<AlertGroupState, AlertEvent, AlertAct> = {
  kind: 'alerts',
  fold: 1,
  events: alertEvents,
  acts: alertActs,
  refusals: alertRefusals,
  initial: initialAlertGroup,
  evolve: evolveAlertGroup,
  decide: decideAlerts,
  react: reactAlerts,
  summary: (state) => ({ open: state.incident !== null || state.askedAt !== null || firingCount(state) > 0, incident: state.incident }),
};
