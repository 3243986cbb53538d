import type { IncidentState } from '../incidents/state.ts';
import { isLive } from '../incidents/status.ts';
import type { Context } from '../kernel.ts';

/** The incident of a run, as it is now. */
export function incidentOf(incident: number, context: Context): IncidentState {
  return context.states.get(`incident/${incident}`) as IncidentState;
}

/** Nothing happens by itself once people have stopped working on the incident. */
export function isIncidentLive(incident: number, context: Context): boolean {
  return isLive(incidentOf(incident, context).status);
}

/** Who has a role in the incident, or null. */
export function holderOf(role: string, incident: number, context: Context): string | null {
  const { roles } = incidentOf(incident, context);
  return Object.hasOwn(roles, role) ? (roles[role]?.person ?? null) : null;
}

/** Where a switch is; null when the catalog does not know it (any more). */
export function switchLevel(id: string, context: Context): number | null {
  const state = context.states.get(`switch/${id}`) as { readonly level: number } | undefined;
  return state?.level ?? null;
}
