import type { Effect, Recorded } from '../kernel.ts';
import type { IncidentEvent } from './events.ts';
import type { IncidentState } from './state.ts';

/** Every change brings the card up to date; a new message only when somebody must look. */
export function reactIncident(event: Recorded<IncidentEvent>, state: IncidentState): readonly Effect[] {
  return [...followUps(event, state), ...rooms(event, state)];
}

function followUps(event: Recorded<IncidentEvent>, state: IncidentState): readonly Effect[] {
  const incident = state.number;
  switch (event.type) {
    case 'incident.declared':
      return [...bound(state), ...reminder(state)];
    case 'incident.paging':
      return [{ kind: 'ask', act: { type: 'page.start', incident, ...event.data } }];
    case 'incident.regraded':
      return [...reminder(state), ...(event.data.worse ? louder(state) : [])];
    case 'incident.updated':
    case 'incident.update-overdue':
    case 'incident.reopened':
      return reminder(state);
    case 'incident.merged':
      return [
        { kind: 'ask', act: { type: 'incident.absorb', incident: event.data.into, number: incident, title: state.title } },
        ...ended(state, event.at, `merged into inc-${event.data.into}`),
      ];
    case 'incident.archive-planned':
      return [shelving('incident.archive-remind', incident, event.data.archiveAt, event.data.remindAt)];
    case 'incident.archive-due':
      return [shelving('incident.archive', incident, event.data.archiveAt, event.data.archiveAt)];
    case 'incident.resolved':
      return ended(state, event.at, 'the incident is resolved');
    case 'incident.canceled':
      return ended(state, event.at, 'the incident was canceled');
    case 'incident.status-changed':
      return event.data.to === 'declined' ? ended(state, event.at, 'the incident was declined') : [];
    default:
      return [];
  }
}

function shelving(type: string, incident: number, archiveAt: number, dueAt: number): Effect {
  return { kind: 'ask', act: { type, incident, archiveAt }, actor: 'clock', dueAt };
}

/** An incident that an alert group opened tells the group its number. */
function bound(state: IncidentState): Effect[] {
  if (state.alertGroup === null) return [];
  const act = { type: 'alert.bind', group: state.alertGroup, incident: state.number, platforms: state.platforms };
  return [{ kind: 'ask', act }];
}

function reminder(state: IncidentState): Effect[] {
  if (state.nextUpdateAt === null) return [];
  const act = { type: 'incident.remind', incident: state.number, number: state.updates, dueAt: state.nextUpdateAt };
  return [{ kind: 'ask', act, actor: 'clock', dueAt: state.nextUpdateAt }];
}

function louder(state: IncidentState): Effect[] {
  return state.pages.map((page) => ({ kind: 'ask', act: { type: 'page.raise', page } }));
}

/** Nobody is woken for what is over, and the next alert of the group is a new incident. */
function ended(state: IncidentState, endedAt: number, reason: string): Effect[] {
  const pages = state.pages.map((page): Effect => ({ kind: 'ask', act: { type: 'page.stop', page, reason } }));
  if (state.alertGroup === null) return pages;
  return [...pages, { kind: 'ask', act: { type: 'alert.release', group: state.alertGroup, endedAt } }];
}

function rooms(event: Recorded<IncidentEvent>, state: IncidentState): readonly Effect[] {
  const incident = state.number;
  if (event.type === 'incident.declared') return state.platforms.map((platform) => ({ kind: 'room.open', platform, incident }));
  if (event.type === 'incident.room-opened') return moveIn(event.data.platform, state);
  if (event.type === 'incident.archived' || event.type === 'incident.unarchived') {
    const archived = event.type === 'incident.archived';
    return Object.keys(state.rooms).map((platform) => ({ kind: 'room.archive', platform, incident, archived }));
  }
  const loud = LOUD[event.type]?.(event as never) ?? null;
  return state.platforms.flatMap((platform): Effect[] => [
    { kind: 'room.keep', platform, incident },
    ...(loud === null ? [] : [{ kind: 'room.say', platform, incident, message: loud } as const]),
    ...addressed(event, platform, state),
  ]);
}

/** Those who are in it already are invited; later ones as they come. */
function moveIn(platform: string, state: IncidentState): Effect[] {
  const people = [...new Set([...declarer(state), ...Object.values(state.roles).map(({ person }) => person)])];
  const incident = state.number;
  const invitation: Effect[] = people.length === 0 ? [] : [{ kind: 'room.invite', platform, incident, people }];
  return [{ kind: 'room.keep', platform, incident }, ...invitation];
}

/** Whoever leads, or declared it: what is said in a room that lacks its messages reaches nobody. */
function lead(state: IncidentState): string[] {
  const commander = state.roles['ic']?.person;
  return commander === undefined ? declarer(state) : [commander];
}

function declarer({ declaredBy }: IncidentState): string[] {
  return declaredBy.startsWith('person:') ? [declaredBy.slice('person:'.length)] : [];
}

type Loud = (event: never) => string | null;

/** Event type → the template that is said in the room. */
const LOUD: Readonly<Partial<Record<IncidentEvent['type'], Loud>>> = {
  'incident.nobody-paged': () => 'nobody-paged',
  'incident.regraded': (event: { data: { worse: boolean } }) => (event.data.worse ? 'regraded' : null),
  'incident.status-changed': () => 'status-changed',
  'incident.updated': () => 'updated',
  'incident.update-overdue': () => 'update-overdue',
  'incident.role-assigned': () => 'role-assigned',
  'incident.handover-offered': () => 'handover-offered',
  'incident.handover-accepted': () => 'handover-accepted',
  'incident.room-failed': () => 'room-failed',
  'incident.room-degraded': () => 'room-degraded',
  'incident.archive-due': () => 'archive-due',
  'incident.alerts-resolved': () => 'alerts-resolved',
  'incident.absorbed': () => 'absorbed',
  'incident.merged': () => 'merged',
  'incident.resolved': () => 'resolved',
  'incident.reopened': () => 'reopened',
  'incident.canceled': () => 'canceled',
  'incident.spooled': () => 'spooled',
  'incident.replayed': () => 'replayed',
};

/** Duties and briefings go to the person, and the person comes to the room. Without a room the declarer is told at least. */
function addressed(event: Recorded<IncidentEvent>, platform: string, state: IncidentState): Effect[] {
  const incident = state.number;
  const letter = (person: string, message: string): Effect[] => [
    { kind: 'room.invite', platform, incident, people: [person] },
    { kind: 'direct.say', platform, person, incident, message },
  ];
  if (event.type === 'incident.role-assigned') return letter(event.data.person, 'duties');
  if (event.type === 'incident.handover-offered') return letter(event.data.to, 'handover-briefing');
  if (event.type === 'incident.handover-accepted') return letter(event.data.to, 'duties');
  if (event.type === 'incident.room-degraded' && event.data.platform === platform) {
    return lead(state).map((person) => ({ kind: 'direct.say', platform, person, incident, message: 'room-degraded' }));
  }
  if (event.type !== 'incident.room-failed' || event.data.platform !== platform) return [];
  return declarer(state).map((person) => ({ kind: 'direct.say', platform, person, incident, message: 'room-failed' }));
}
