import type { Catalog } from '../domain/catalog.ts';
import type { IncidentState } from '../domain/incidents/state.ts';

/** The shortest limit of any platform: Slack's channel names end at 80 characters (conversations.create). */
const ROOM_NAME_CHARS_MAX = 80;
/** Slack's topics end at 250 characters (conversations.setTopic). */
const TOPIC_CHARS_MAX = 250;

/** `inc-42-checkout-is-down`: the number first, so that cutting never makes two rooms one. Lower case, digits, dashes. */
export function roomName({ number, title, kind }: Pick<IncidentState, 'number' | 'title' | 'kind'>): string {
  const plain = title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[\u0300-\u036f]/g, '');
  const slug = plain.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  const prefix = `${kind === 'drill' ? 'drill' : 'inc'}-${number}`;
  return (slug === '' ? prefix : `${prefix}-${slug}`).slice(0, ROOM_NAME_CHARS_MAX).replace(/-+$/, '');
}

/** Severity, status, lead and title in one line. */
export function topicOf(incident: IncidentState, catalog: Catalog): string {
  const severity = catalog.severities.find(({ id }) => id === incident.severity)?.label ?? 'severity unset';
  const lead = incident.roles['ic']?.person;
  const name = lead === undefined ? 'no IC' : `IC ${catalog.people[lead]?.name ?? lead}`;
  const drill = incident.kind === 'drill' ? 'DRILL · ' : '';
  return `${drill}${severity} · ${incident.status} · ${name} · ${incident.title}`.slice(0, TOPIC_CHARS_MAX);
}
