import type { IncidentState } from '../../domain/incidents/state.ts';
import { isLive } from '../../domain/incidents/status.ts';
import { type Effect, personOf } from '../../domain/kernel.ts';
import type { PageState } from '../../domain/paging/state.ts';
import type { Performer } from '../deliver.ts';
import type { Messages } from '../messages.ts';
import type { CurrentCatalog, Outcome, PageNotice, Pager } from '../ports.ts';
import type { States } from '../states.ts';
import { inTime } from './in-time.ts';

type Notify = Extract<Effect, { kind: 'page.notify' }>;

export interface NotifyPorts {
  readonly states: States;
  readonly catalog: CurrentCatalog;
  readonly messages: Messages;
  /** Pagers by name. */
  readonly pagers: Readonly<Record<string, Pager>>;
  /** Addresses of the signed page that acknowledges, and of the incident in the console. */
  readonly links: {
    readonly acknowledge: (page: string, person: string, notification: string) => string;
    readonly incident: (incident: number) => string;
  };
}

/** Wakes one person in one way, unless somebody acknowledged meanwhile. An unknown outcome rings again under the same key. */
export function createNotifyPerformer(ports: NotifyPorts): Performer {
  return {
    async perform(effect, attempt) {
      const notify = effect as Notify;
      const page = (await ports.states.fresh(`page/${notify.page}`)).state as PageState;
      const incident = (await ports.states.fresh(`incident/${page.incident}`)).state as IncidentState;
      // Asked again here, as late as can be: nobody is woken for what is over.
      if (page.status !== 'active' || !isLive(incident.status)) return { outcome: 'done' };
      const notice = noticeOf(ports, notify, page, incident);
      const pager = ports.pagers[notify.pager];
      if (notice === null || pager === undefined) return dead(`there is no pager ${notify.pager} or no person ${notify.person}`);
      const unreachable = pager.unreachable(notice.person);
      if (unreachable !== null) return dead(unreachable);
      const outcome = await inTime(attempt, () => pager.page(notice, attempt));
      if (outcome.outcome !== 'done') return outcome;
      return { outcome: 'done', acts: [{ type: 'page.delivered', page: notify.page, notification: notify.notification }] };
    },
    buried: (effect, { reason, detail }) => {
      const { page, notification } = effect as Notify;
      return { type: 'page.undelivered', page, notification, reason, detail };
    },
    unknown: () => 'repeat',
  };
}

function dead(detail: string): Outcome {
  return { outcome: 'dead', reason: 'client', detail };
}

function noticeOf(ports: NotifyPorts, notify: Notify, page: PageState, incident: IncidentState): PageNotice | null {
  const catalog = ports.catalog();
  const person = catalog.people[notify.person];
  if (person === undefined) return null;
  const severity = catalog.severities.find(({ id }) => id === incident.severity)?.label ?? 'severity unset';
  const drill = incident.kind === 'drill' ? 'DRILL ' : '';
  const acknowledgeUrl = ports.links.acknowledge(page.page, person.id, notify.notification);
  const consoleUrl = ports.links.incident(incident.number);
  const model = { page, incident, person: person.id, acknowledgeUrl, consoleUrl, drill, declarer: personOf(incident.declaredBy as never) };
  const { id, name, email, phone, webhook } = person;
  return {
    page: page.page,
    incident: incident.number,
    person: { id, name, email, phone, webhook },
    title: incident.title,
    subject: `${drill}[${severity}] inc-${incident.number} ${incident.title}`,
    document: ports.messages.document('page-notice', model),
    acknowledgeUrl,
    consoleUrl,
    level: page.level,
    startedAt: page.startedAt,
  };
}
