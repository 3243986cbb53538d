import type { Recorded } from '../kernel.ts';
import type { IncidentEvent } from './events.ts';
import { type IncidentKind, isLive, type Status } from './status.ts';

export interface IncidentState {
  readonly number: number;
  readonly title: string;
  readonly description: string | null;
  readonly kind: IncidentKind;
  readonly severity: string | null;
  readonly status: Status;
  readonly service: string | null;
  readonly owner: string | null;
  readonly tier: number | null;
  readonly rtoMs: number | null;
  readonly runbooks: readonly string[];
  readonly switches: readonly string[];
  readonly platforms: readonly string[];
  /** Platform → its room. */
  readonly rooms: Readonly<Record<string, { readonly room: string; readonly url: string | null }>>;
  /** Platform → why it has no room. */
  readonly roomless: Readonly<Record<string, string>>;
  readonly roles: Readonly<Record<string, { readonly person: string; readonly since: number }>>;
  /** Role → handover waiting for the incoming person. */
  readonly handovers: Readonly<Record<string, { readonly from: string; readonly to: string; readonly briefing: string | null }>>;
  readonly alertGroup: string | null;
  readonly declaredBy: string;
  readonly declaredAt: number;
  readonly startedAt: number | null;
  readonly mitigatedAt: number | null;
  readonly resolvedAt: number | null;
  readonly updateEveryMs: number | null;
  readonly updates: number;
  readonly lastUpdate: { readonly text: string; readonly at: number; readonly by: string } | null;
  readonly nextUpdateAt: number | null;
  /** How many pages were started, and their names. */
  readonly pages: readonly string[];
  /** `<platform> <message>` of what is pinned now. */
  readonly pins: readonly string[];
  readonly mergedInto: number | null;
  /** `<platform> <what>` of what rooms lack and people were told of. */
  readonly degraded: readonly string[];
  /** When the rooms are archived, once it is over; null for never. */
  readonly archive: { readonly archiveAt: number; readonly archived: boolean } | null;
}

export function initialIncident(stream: string): IncidentState {
  return {
    number: Number(stream.slice(stream.indexOf('/') + 1)),
    title: '',
    description: null,
    kind: 'incident',
    severity: null,
    status: 'none',
    service: null,
    owner: null,
    tier: null,
    rtoMs: null,
    runbooks: [],
    switches: [],
    platforms: [],
    rooms: {},
    roomless: {},
    roles: {},
    handovers: {},
    alertGroup: null,
    declaredBy: '',
    declaredAt: 0,
    startedAt: null,
    mitigatedAt: null,
    resolvedAt: null,
    updateEveryMs: null,
    updates: 0,
    lastUpdate: null,
    nextUpdateAt: null,
    pages: [],
    pins: [],
    mergedInto: null,
    degraded: [],
    archive: null,
  };
}

/** The past never refuses: any event folds. */
export function evolveIncident(state: IncidentState, event: Recorded<IncidentEvent>): IncidentState {
  switch (event.type) {
    case 'incident.declared':
      return declared(state, event);
    case 'incident.paging':
      return { ...state, pages: [...state.pages, event.data.page] };
    case 'incident.regraded':
      return { ...state, severity: event.data.to, ...rhythm(state, event) };
    case 'incident.status-changed':
      return moved(state, event);
    case 'incident.service-set':
      return { ...state, ...event.data };
    case 'incident.updated':
    case 'incident.update-overdue':
      return updated(state, event);
    case 'incident.role-assigned':
    case 'incident.handover-offered':
    case 'incident.handover-accepted':
      return cast(state, event);
    case 'incident.pinned':
      return { ...state, pins: [...state.pins, pinKey(event.data)] };
    case 'incident.unpinned':
      return { ...state, pins: state.pins.filter((pin) => pin !== pinKey(event.data)) };
    case 'incident.room-opened':
    case 'incident.room-failed':
      return housed(state, event);
    case 'incident.merged':
      return { ...state, status: 'merged', mergedInto: event.data.into, nextUpdateAt: null };
    case 'incident.resolved':
      return { ...state, status: 'resolved', resolvedAt: event.at, mitigatedAt: state.mitigatedAt ?? event.at, nextUpdateAt: null };
    case 'incident.reopened':
      return {
        ...state,
        status: 'investigating',
        resolvedAt: null,
        mitigatedAt: null,
        mergedInto: null,
        archive: null,
        nextUpdateAt: state.updateEveryMs === null ? null : event.at + state.updateEveryMs,
      };
    case 'incident.canceled':
      return { ...state, status: 'canceled', nextUpdateAt: null };
    case 'incident.closed':
      return { ...state, status: 'closed' };
    case 'incident.room-degraded':
      return { ...state, degraded: [...state.degraded, `${event.data.platform} ${event.data.what}`] };
    case 'incident.archive-planned':
    case 'incident.archived':
    case 'incident.unarchived':
      return { ...state, archive: shelved(state, event) };
    case 'incident.pin-edited':
    case 'incident.pin-deleted':
    case 'incident.archive-due':
    case 'incident.nobody-paged':
    case 'incident.noted':
    case 'incident.alerts-resolved':
    case 'incident.absorbed':
    case 'incident.spooled':
    case 'incident.replayed':
      return state;
  }
}

type EventOfType<T extends IncidentEvent['type']> = Recorded<Extract<IncidentEvent, { type: T }>>;

function declared(state: IncidentState, event: EventOfType<'incident.declared'>): IncidentState {
  const { data } = event;
  return {
    ...state,
    ...data,
    declaredBy: event.actor,
    declaredAt: event.at,
    nextUpdateAt: data.updateEveryMs === null ? null : event.at + data.updateEveryMs,
  };
}

/** What is not mitigated any more has to be mitigated anew; what is over needs no update. */
function moved(state: IncidentState, { data, at }: EventOfType<'incident.status-changed'>): IncidentState {
  const mitigatedAt = data.to === 'mitigated' ? at : null;
  return { ...state, status: data.to, mitigatedAt, nextUpdateAt: isLive(data.to) ? state.nextUpdateAt : null };
}

/** A new severity brings its own rhythm; an update that is due sooner stays due. */
function rhythm(
  state: IncidentState,
  { data, at }: EventOfType<'incident.regraded'>,
): Pick<IncidentState, 'updateEveryMs' | 'nextUpdateAt'> {
  const { updateEveryMs } = data;
  if (updateEveryMs === null || !isLive(state.status)) return { updateEveryMs, nextUpdateAt: null };
  return { updateEveryMs, nextUpdateAt: Math.min(state.nextUpdateAt ?? Number.POSITIVE_INFINITY, at + updateEveryMs) };
}

function updated(state: IncidentState, event: EventOfType<'incident.updated' | 'incident.update-overdue'>): IncidentState {
  if (event.type === 'incident.update-overdue') return { ...state, nextUpdateAt: event.data.againAt };
  const { number, text, nextAt } = event.data;
  return { ...state, updates: number, lastUpdate: { text, at: event.at, by: event.actor }, nextUpdateAt: nextAt };
}

function cast(
  state: IncidentState,
  event: EventOfType<'incident.role-assigned' | 'incident.handover-offered' | 'incident.handover-accepted'>,
): IncidentState {
  const { role } = event.data;
  if (event.type === 'incident.handover-offered') {
    const { from, to, briefing } = event.data;
    return { ...state, handovers: { ...state.handovers, [role]: { from, to, briefing } } };
  }
  const person = event.type === 'incident.role-assigned' ? event.data.person : event.data.to;
  const { [role]: _settled, ...handovers } = state.handovers;
  return { ...state, roles: { ...state.roles, [role]: { person, since: event.at } }, handovers };
}

function housed(state: IncidentState, event: EventOfType<'incident.room-opened' | 'incident.room-failed'>): IncidentState {
  const { platform } = event.data;
  if (event.type === 'incident.room-failed') return { ...state, roomless: { ...state.roomless, [platform]: event.data.detail } };
  const { [platform]: _recovered, ...roomless } = state.roomless;
  return { ...state, roomless, rooms: { ...state.rooms, [platform]: { room: event.data.room, url: event.data.url } } };
}

type Shelving = EventOfType<'incident.archive-planned' | 'incident.archived' | 'incident.unarchived'>;

function shelved({ archive }: IncidentState, event: Shelving): IncidentState['archive'] {
  if (event.type === 'incident.unarchived') return null;
  if (event.type === 'incident.archive-planned') return { archiveAt: event.data.archiveAt, archived: false };
  return { archiveAt: archive?.archiveAt ?? event.at, archived: true };
}

/** How a pinned message is remembered. */
export function pinKey(pin: { readonly platform: string; readonly message: string }): string {
  return `${pin.platform} ${pin.message}`;
}
