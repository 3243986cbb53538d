import type { Catalog } from '../domain/catalog.ts';
import { isLive } from '../domain/incidents/status.ts';
import type { PageState } from '../domain/paging/state.ts';
import { sayDuration } from '../kit/duration.ts';
import { wallClock, zoneName } from '../kit/wall-time.ts';
import type { IncidentView } from '../readings/incident-view.ts';
import type { AcknowledgeClaims } from './links.ts';

/** A page somebody looks at through their link. */
export interface Asked {
  readonly claims: AcknowledgeClaims;
  readonly page: PageState;
  readonly incident: IncidentView['incident'];
  readonly catalog: Catalog;
  readonly now: number;
  readonly consoleUrl: string;
}
/** What a template of `templates/pages` shows. */
export type AcknowledgeView = AskView | NoticeView;
interface AskView {
  readonly template: 'acknowledge';
  readonly title: string;
  readonly headline: string;
  readonly severity: string;
  readonly drill: boolean;
  readonly incident: number;
  readonly ageMs: number;
  /** With its zone, "04:02 GMT+1". */
  readonly startedAt: string;
  readonly name: string;
  readonly pagedMs: number;
  readonly level: number;
  readonly others: readonly string[];
  readonly status: string;
  readonly service: string | null;
  /** Until the next level is woken; null when nobody will be. */
  readonly nextMs: number | null;
  readonly consoleUrl: string;
}
interface NoticeView {
  readonly template: 'notice';
  readonly title: string;
  readonly headline: string;
  readonly label: string | null;
  readonly sentence: string;
  readonly next: string;
  readonly consoleUrl: string | null;
}

const ASK_IN_CHAT = 'You can always acknowledge in chat: type “/inc ack”.';

/** Whether there is nothing left to take: somebody has it, or it is over. An exhausted page still wants somebody. */
export function isSettled({ page, incident }: Asked): boolean {
  return page.status === 'acknowledged' || page.status === 'stopped' || !isLive(incident.status);
}

export function askView(asked: Asked): AskView {
  const { claims, page, incident, catalog, now } = asked;
  const startedAt = incident.startedAt ?? incident.declaredAt;
  return {
    template: 'acknowledge',
    title: `${subjectOf(asked)}: acknowledge`,
    headline: incident.title,
    severity: severityOf(asked),
    drill: incident.kind === 'drill',
    incident: incident.number,
    ageMs: now - startedAt,
    startedAt: clockOf(asked, startedAt),
    name: nameOf(catalog, claims.person),
    pagedMs: now - page.startedAt,
    level: page.level + 1,
    others: page.tried.filter((person) => person !== claims.person).map((person) => nameOf(catalog, person)),
    status: incident.status,
    service: incident.service === null ? null : (catalog.services[incident.service]?.name ?? incident.service),
    nextMs: page.escalatesAt === null ? null : Math.max(0, page.escalatesAt - now),
    consoleUrl: asked.consoleUrl,
  };
}

/** It is theirs now. */
export function takenView(asked: Asked): NoticeView {
  const name = nameOf(asked.catalog, asked.claims.person);
  return {
    template: 'notice',
    title: `${subjectOf(asked)}: acknowledged`,
    label: labelOf(asked),
    headline: 'It is yours',
    sentence: `${name}, the ringing has stopped and the room knows that you are on it.`,
    next: 'Open the incident and say in its room what you see. If you need somebody, page them from there.',
    consoleUrl: asked.consoleUrl,
  };
}

/** How it stands, when there is nothing left to take. */
export function standingView(asked: Asked): NoticeView {
  const { page, incident, claims, catalog, now, consoleUrl } = asked;
  const about = { template: 'notice', label: labelOf(asked), consoleUrl } as const;
  if (page.status === 'acknowledged' && isLive(incident.status)) {
    const isOwn = page.acknowledgedBy === claims.person;
    const name = nameOf(catalog, page.acknowledgedBy ?? '');
    const at = page.acknowledgedAt ?? now;
    const since = `${sayDuration(now - at)} ago, at ${clockOf(asked, at)}`;
    return {
      ...about,
      title: `${subjectOf(asked)}: acknowledged`,
      headline: isOwn ? 'You have it' : `${name} has it`,
      sentence: isOwn
        ? `You acknowledged this page ${since}.`
        : `${name} acknowledged this page ${since}. Nothing more rings, and there is nothing you must do.`,
      next: isOwn
        ? 'Open the incident and say in its room what you see.'
        : 'If you want to help, open the incident and say so in its room.',
    };
  }
  return {
    ...about,
    title: `${subjectOf(asked)}: over`,
    headline: 'This page is over',
    sentence: isLive(incident.status)
      ? 'It was stopped, and nothing rings any more.'
      : `The incident is ${incident.status}, and nothing rings any more.`,
    next: 'There is nothing to acknowledge. If it is not over for you, open the incident and say so in its room.',
  };
}

export function forgedView(why: 'forged' | 'expired'): NoticeView {
  const isOld = why === 'expired';
  return {
    template: 'notice',
    title: isOld ? 'This link is too old' : 'This link does not work',
    label: null,
    headline: isOld ? 'This link is too old' : 'This link does not work',
    sentence: isOld
      ? 'Links in pages are good for one day. Nothing was changed.'
      : 'It is incomplete, or not one of ours. Nothing was changed.',
    next: `${isOld ? 'If it still rings, use the newest message.' : 'Open the link in the message itself, or copy all of it.'} ${ASK_IN_CHAT}`,
    consoleUrl: null,
  };
}

export function noPageView({ page }: AcknowledgeClaims): NoticeView {
  const headline = 'There is no such page';
  const sentence = `Page ${page} is not in this ledger. Nothing was changed.`;
  return { template: 'notice', title: headline, label: null, headline, sentence, next: ASK_IN_CHAT, consoleUrl: null };
}

/** `sentence` says why, when somebody knows. */
export function failedView(sentence: string | null): NoticeView {
  const headline = 'That did not work';
  return {
    template: 'notice',
    title: headline,
    label: null,
    headline,
    sentence: sentence ?? 'Allclear cannot read or write its ledger just now. Nothing was changed, and the page goes on ringing.',
    next: `Try again in a moment. ${ASK_IN_CHAT} If nothing works, call the others directly.`,
    consoleUrl: null,
  };
}

function subjectOf({ incident }: Asked): string {
  return `inc-${incident.number} ${incident.title}`;
}

function labelOf(asked: Asked): string {
  return `${asked.incident.kind === 'drill' ? 'DRILL · ' : ''}${severityOf(asked)} · ${subjectOf(asked)}`;
}

function severityOf({ incident, catalog }: Asked): string {
  return catalog.severities.find(({ id }) => id === incident.severity)?.label ?? 'Severity unset';
}

function nameOf(catalog: Catalog, person: string): string {
  return catalog.people[person]?.name ?? person;
}

/** On the clock of the person who was woken. */
function clockOf({ catalog, claims }: Asked, at: number): string {
  const timeZone = catalog.people[claims.person]?.timeZone ?? catalog.timeZone;
  return `${wallClock(at, timeZone)} ${zoneName(at, timeZone)}`;
}
