import { lookUp } from '../../kit/look-up.ts';
import type { Catalog, Service } from '../catalog.ts';
import { type Context, type Decision, refuse } from '../kernel.ts';
import type { IncidentActOf } from './acts.ts';
import type { IncidentEvent } from './events.ts';

type EventDataOf<T extends IncidentEvent['type']> = Extract<IncidentEvent, { type: T }>['data'];

/** Declares at once, whatever is missing: an unset severity or service never stops the room or the page. */
export function decideDeclare(act: IncidentActOf<'incident.declare'>, context: Context): Decision<IncidentEvent> {
  const { catalog } = context;
  const severity = catalog.severities.find(({ id }) => id === act.severity) ?? null;
  if (act.severity !== null && severity === null) {
    return refuse('unknown_severity', { severity: act.severity, known: catalog.severities.map(({ id }) => id).join(', ') });
  }
  const service = act.service === null ? null : lookUp(catalog.services, act.service);
  if (service === undefined) {
    return refuse('unknown_service', { service: act.service ?? '', known: Object.keys(catalog.services).join(', ') });
  }
  const declared: IncidentEvent = {
    type: 'incident.declared',
    data: {
      title: act.title,
      description: act.description,
      kind: act.kind,
      severity: act.severity,
      status: act.triage ? 'triage' : 'investigating',
      service: act.service,
      ...(service === null ? NO_SERVICE : serviceFacts(service)),
      platforms: [...catalog.incidents.platforms],
      alertGroup: act.alertGroup,
      startedAt: act.startedAt,
      updateEveryMs: severity?.updateEveryMs ?? null,
    },
  };
  if (!hasToPage(act.severity, catalog)) return [declared];
  return [declared, summons({ pages: [], severity: act.severity, title: act.title }, act.service, context)];
}

/** Does an incident of this severity wake people. */
export function hasToPage(severity: string | null, catalog: Catalog): boolean {
  const known = catalog.severities.find(({ id }) => id === severity);
  return known === undefined ? catalog.incidents.unsetSeverityPages : known.pages;
}

/** Calls whoever is responsible, or says aloud that nobody is. */
export function summons(
  state: { readonly pages: readonly string[]; readonly severity: string | null; readonly title: string },
  service: string | null,
  context: Context,
): IncidentEvent {
  const { services, incidents } = context.catalog;
  const policy = (service === null ? null : lookUp(services, service)?.policy) ?? incidents.policy;
  if (policy !== null) return pageRequest(state, { policy, person: null, reason: state.title }, context);
  const reason = service === null ? 'no service was named and there is no default policy' : `${service} has no escalation policy`;
  return { type: 'incident.nobody-paged', data: { reason } };
}

/** The event that starts one more page of an incident, numbered after those before. */
export function pageRequest(
  state: { readonly pages: readonly string[]; readonly severity: string | null },
  request: { readonly policy: string | null; readonly person: string | null; readonly reason: string },
  context: Context,
): Extract<IncidentEvent, { type: 'incident.paging' }> {
  const incident = context.stream.slice(context.stream.indexOf('/') + 1);
  const severity = context.catalog.severities.find(({ id }) => id === state.severity);
  return {
    type: 'incident.paging',
    data: { ...request, page: `${incident}-${state.pages.length + 1}`, urgency: severity?.urgency ?? 'high' },
  };
}

const NO_SERVICE = { owner: null, tier: null, rtoMs: null, runbooks: [], switches: [] };

/** What an incident keeps of the catalog's service, so that the past does not depend on today's file. */
export function serviceFacts(service: Service): Omit<EventDataOf<'incident.service-set'>, 'service'> {
  return {
    owner: service.owner,
    tier: service.tier,
    rtoMs: service.rtoMs,
    runbooks: [...service.runbooks],
    switches: [...service.switches],
  };
}
