import type { PageState } from '../../domain/paging/state.ts';
import type { IncidentView } from '../../readings/incident-view.ts';
import type { OnCallRow } from '../../readings/on-call.ts';
import { badges, peopleOf } from './room-model.ts';
import { ago, moment, nameOf, namesOf, since, until, type Viewer } from './viewer.ts';

/** Rows of incidents, for `incidents.html.hbs`. */
export function incidentsModel(
  open: readonly IncidentView['incident'][],
  latest: readonly IncidentView['incident'][],
  pages: readonly PageState[],
  viewer: Viewer,
): object {
  const over = latest.filter(({ number }) => !open.some((one) => one.number === number));
  // The worst first, and what has no severity yet before all that has: nobody has looked at it.
  const rank = ({ severity }: IncidentView['incident']): number => viewer.catalog.severities.find(({ id }) => id === severity)?.rank ?? 0;
  return {
    open: open
      .toSorted((one, other) => rank(one) - rank(other) || other.number - one.number)
      .map((incident) => incidentRow(incident, pages, viewer)),
    over: over.map((incident) => incidentRow(incident, [], viewer)),
  };
}

function incidentRow(incident: IncidentView['incident'], pages: readonly PageState[], viewer: Viewer): object {
  const [leading] = Object.values(viewer.catalog.roles);
  const lead = leading === undefined ? undefined : incident.roles[leading.id]?.person;
  const ringing = pages.find((page) => page.incident === incident.number);
  const { nextUpdateAt } = incident;
  return {
    ...badges(incident, viewer),
    number: incident.number,
    title: incident.title,
    service: incident.service === null ? '' : (viewer.catalog.services[incident.service]?.name ?? incident.service),
    declared: moment(incident.declaredAt, viewer),
    elapsed: since(incident.startedAt ?? incident.declaredAt, viewer),
    ended: incident.resolvedAt === null ? null : moment(incident.resolvedAt, viewer),
    lead: lead === undefined ? '' : nameOf(viewer, lead),
    ringing: ringing === undefined ? '' : namesOf(viewer, peopleOf(ringing)),
    nextUpdate: nextUpdateAt === null ? null : until(nextUpdateAt, viewer),
    lastUpdate: incident.lastUpdate === null ? null : { text: incident.lastUpdate.text, at: ago(incident.lastUpdate.at, viewer) },
  };
}

/** Pages that ring for this person now, for `my-pages.html.hbs`. */
export function myPagesModel(pages: readonly PageState[], incidents: readonly IncidentView['incident'][], viewer: Viewer): object {
  const mine = pages.filter((page) => peopleOf(page).includes(viewer.person.id));
  return {
    pages: mine.map((page) => ({
      page: page.page,
      incident: page.incident,
      title: incidents.find(({ number }) => number === page.incident)?.title ?? page.reason,
      startedAt: ago(page.startedAt, viewer),
      escalates: page.escalatesAt === null ? null : until(page.escalatesAt, viewer),
    })),
  };
}

/** Roles this person holds in open incidents, and what is offered to them. */
export function myRolesModel(open: readonly IncidentView['incident'][], viewer: Viewer): object {
  const { roles } = viewer.catalog;
  const held = open.flatMap((incident) =>
    Object.entries(incident.roles)
      .filter(([, { person }]) => person === viewer.person.id)
      .map(([role]) => ({
        role: roles[role]?.name ?? role,
        number: incident.number,
        title: incident.title,
        duties: roles[role]?.duties ?? [],
      })),
  );
  return { roles: held };
}

/** Who is on call now, for `on-call-now.html.hbs`. */
export function onCallModel(rows: readonly OnCallRow[], viewer: Viewer): object {
  return {
    rows: rows.map(({ schedule, name, people, untilAt, next }) => ({
      schedule,
      name,
      people: people.map((id) => ({ name: nameOf(viewer, id), isMe: id === viewer.person.id })),
      until: untilAt === null ? null : moment(untilAt, viewer),
      next: namesOf(viewer, next),
    })),
  };
}
