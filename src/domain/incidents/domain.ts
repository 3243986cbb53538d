import type { Domain } from '../kernel.ts';
import { type IncidentAct, incidentActs } from './acts.ts';
import { decideIncident } from './decide.ts';
import { type IncidentEvent, incidentEvents } from './events.ts';
import { reactIncident } from './react.ts';
import { incidentRefusals } from './refusals.ts';
import { evolveIncident, type IncidentState, initialIncident } from './state.ts';
import { isLive } from './status.ts';

export const incidentDomain: Domain<IncidentState, IncidentEvent, IncidentAct> = {
  kind: 'incident',
  fold: 2,
  events: incidentEvents,
  acts: incidentActs,
  refusals: incidentRefusals,
  initial: initialIncident,
  evolve: evolveIncident,
  decide: decideIncident,
  react: reactIncident,
  summary: (state) => ({ open: isLive(state.status), incident: state.number }),
};
