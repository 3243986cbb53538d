import type { IncidentState } from '../../domain/incidents/state.ts';
import { isLive } from '../../domain/incidents/status.ts';
import type { PageState } from '../../domain/paging/state.ts';
import type { Button, Document } from '../../readings/document.ts';
import type { IncidentView } from '../../readings/incident-view.ts';
import type { SwitchBoardRow } from '../../readings/switch-board.ts';
import type { TimelineLine } from '../../readings/timeline.ts';
import { buttonsHtml, buttonsIn, lineHtml } from './draw.ts';
import { nextThing } from './next-thing.ts';
import { actorName, ago, moment, nameOf, namesOf, since, until, type Viewer } from './viewer.ts';

/** Severity and status of an incident, as badges say them. */
export function badges(incident: IncidentState, viewer: Viewer): object {
  const severity = viewer.catalog.severities.find(({ id }) => id === incident.severity);
  return {
    severity: severity?.label ?? 'No severity',
    rank: severity?.rank ?? 0,
    status: incident.status,
    isLive: isLive(incident.status),
    isDrill: incident.kind === 'drill',
  };
}

/** The top of a room: what is wrong, who has it, what to do next. */
export function situationModel(view: IncidentView, switches: readonly SwitchBoardRow[], card: Document | null, viewer: Viewer): object {
  const { incident } = view;
  const next = nextThing({ view, switches, viewer });
  const { lastUpdate, nextUpdateAt } = incident;
  return {
    ...badges(incident, viewer),
    ...serviceModel(incident, viewer),
    ...timesModel(incident, viewer),
    number: incident.number,
    title: incident.title,
    description: incident.description ?? '',
    declaredBy: actorName(viewer, incident.declaredBy),
    who: whoModel(view, viewer),
    switchesOn: switches.filter(({ isOn }) => isOn).map(({ name, standing }) => ({ name, standing })),
    nextUpdate: nextUpdateAt === null ? null : until(nextUpdateAt, viewer),
    lastUpdate: lastUpdate === null ? null : { text: lastUpdate.text, at: ago(lastUpdate.at, viewer) },
    next: next === null ? null : { ...next, buttons: buttonsHtml(next.buttons) },
    actions: buttonsHtml(otherButtons(card, next?.buttons ?? [])),
    missing: Object.entries(incident.roomless).map(([platform, detail]) => ({ platform, detail })),
  };
}

function serviceModel({ service: id, tier }: IncidentState, viewer: Viewer): object {
  const service = id === null ? null : (viewer.catalog.services[id] ?? null);
  const dashboards = (service?.dashboards ?? []).map((url) => ({ url, label: lastPart(url) }));
  return { service: service?.name ?? id ?? '', tier: tier === null ? '' : `tier ${tier}`, dashboards };
}

function timesModel({ status, declaredAt, startedAt, mitigatedAt, resolvedAt, rtoMs }: IncidentState, viewer: Viewer): object {
  const live = isLive(status);
  const beganAt = startedAt ?? declaredAt;
  return {
    declared: moment(declaredAt, viewer),
    elapsed: live ? since(beganAt, viewer) : null,
    ended: resolvedAt === null ? null : moment(resolvedAt, viewer),
    recoverBy: live && rtoMs !== null && mitigatedAt === null ? until(beganAt + rtoMs, viewer) : null,
  };
}

/** What tells the addresses of one service apart. */
function lastPart(url: string): string {
  const { host, pathname } = new URL(url);
  return pathname.split('/').findLast((part) => part !== '') ?? host;
}

/** Who leads and who was woken. */
function whoModel(view: IncidentView, viewer: Viewer): object {
  const [leading] = Object.values(viewer.catalog.roles);
  const lead = leading === undefined ? undefined : view.incident.roles[leading.id]?.person;
  const acknowledged = view.pages.findLast(({ status }) => status === 'acknowledged')?.acknowledgedBy ?? null;
  const ringing = view.pages.findLast(({ status }) => status === 'active');
  return {
    leadRole: leading?.name ?? 'Lead',
    lead: lead === undefined ? '' : nameOf(viewer, lead),
    acknowledgedBy: acknowledged === null ? '' : nameOf(viewer, acknowledged),
    ringing: ringing === undefined ? '' : namesOf(viewer, peopleOf(ringing)),
  };
}

/** What the living card offers besides what already stands under "next". */
function otherButtons(card: Document | null, shown: readonly Button[]): readonly Button[] {
  if (card === null) return [];
  const commands = new Set(shown.map(({ command }) => command.replace(/ @?me$/, '')));
  return (
    buttonsIn(card)
      .filter(({ command }) => !commands.has(command.replace(/ @?me$/, '')))
      // What the step needs stands with the step.
      .filter(({ command }) => !command.startsWith('step '))
      .map((button) => (button.style === 'danger' ? button : { ...button, style: 'plain' }))
  );
}

export function rolesModel({ incident }: IncidentView, viewer: Viewer): object {
  const roles = Object.values(viewer.catalog.roles).map(({ id, name, duties }) => {
    const holder = incident.roles[id]?.person;
    const offered = incident.handovers[id];
    return {
      id,
      name,
      duties,
      person: holder === undefined ? '' : nameOf(viewer, holder),
      isMine: holder === viewer.person.id,
      offeredTo: offered === undefined ? '' : nameOf(viewer, offered.to),
      isOfferedToMe: offered?.to === viewer.person.id,
    };
  });
  return { live: isLive(incident.status), roles };
}

export function pagesModel({ pages }: IncidentView, viewer: Viewer): object {
  return {
    pages: pages.toReversed().map((page) => ({
      page: page.page,
      status: page.status,
      isRinging: page.status === 'active',
      reason: page.reason,
      level: page.level + 1,
      levels: page.levels.length,
      people: namesOf(viewer, peopleOf(page)),
      acknowledgedBy: page.acknowledgedBy === null ? '' : nameOf(viewer, page.acknowledgedBy),
      acknowledgedAt: page.acknowledgedAt === null ? null : moment(page.acknowledgedAt, viewer),
      startedAt: moment(page.startedAt, viewer),
      escalates: page.escalatesAt === null ? null : until(page.escalatesAt, viewer),
      phones:
        page.status === 'exhausted'
          ? page.tried.map((id) => ({ name: nameOf(viewer, id), phone: viewer.catalog.people[id]?.phone ?? '' }))
          : [],
    })),
  };
}

/** Whom the level reached now rings. */
export function peopleOf(page: PageState): readonly string[] {
  const now = Object.values(page.notifications).filter(({ level, round }) => level === page.level && round === page.round);
  return [...new Set(now.map(({ person }) => person))];
}

/** Newest last, as it happened; `limit` keeps the last ones. */
export function timelineModel({ number }: IncidentState, lines: readonly TimelineLine[], limit: number, viewer: Viewer): object {
  return {
    number,
    earlier: Math.max(0, lines.length - limit),
    lines: lines.slice(-limit).map((line) => ({
      position: line.position,
      at: moment(line.at, viewer),
      kind: line.type.split('.')[0] ?? '',
      type: line.type,
      html: lineHtml(line.text, viewer),
      actor: actorOf(line, viewer),
    })),
  };
}

/** Who did it, unless the line begins with them anyway; what Allclear does by itself needs no name. */
function actorOf({ actor, text }: TimelineLine, viewer: Viewer): string {
  if (actor === 'allclear' || text.startsWith(`<@${actor.slice('person:'.length)}>`)) return '';
  return actorName(viewer, actor);
}
