import type { FollowupState } from '../../domain/followups/state.ts';
import type { IncidentState } from '../../domain/incidents/state.ts';
import type { AskedAct, Effect } from '../../domain/kernel.ts';
import { TEXT_CHARS_MAX } from '../../domain/limits.ts';
import { shorten } from '../../kit/shorten.ts';
import type { Document } from '../../readings/document.ts';
import { roomName, topicOf } from '../../readings/room.ts';
import type { Failure, Performer } from '../deliver.ts';
import { eventOf } from '../history.ts';
import type { Messages } from '../messages.ts';
import { sayActor } from '../messages.ts';
import type { Attempt, ChatPromise, CurrentCatalog, Outcome, Platform } from '../ports.ts';
import type { States } from '../states.ts';
import type { Store } from '../store-port.ts';
import { inTime } from './in-time.ts';

type Letter = Extract<Effect, { kind: 'direct.say' }>;
type RoomEffect = Extract<Effect, { kind: 'room.open' | 'room.keep' | 'room.say' | 'room.invite' | 'room.archive' }>;

interface Cards {
  readonly card: Document;
  readonly digest: Document;
}
export interface RoomPorts {
  readonly store: Store;
  readonly states: States;
  readonly catalog: CurrentCatalog;
  readonly messages: Messages;
  readonly platforms: Readonly<Record<string, Platform>>;
  /** The living card and the digest line of an incident. */
  readonly cards: (incident: number) => Promise<Cards | null>;
  /** Address of an incident in the console. */
  readonly consoleUrl: (incident: number) => string;
}

/** A room that is not open yet is waited for this long at a time. */
const ROOM_WAIT_MS = 1_000;

/** Keeps rooms: opens them, keeps cards current, says once, invites, writes to people. */
export function createRoomPerformer(ports: RoomPorts): Performer {
  return {
    async perform(effect, attempt, row) {
      const promise = effect as RoomEffect | Letter;
      const platform = ports.platforms[promise.platform];
      if (platform === undefined) return { outcome: 'dead', reason: 'client', detail: `${promise.platform} is not configured` };
      const asked = await promiseOf(ports, promise, row.id);
      if ('outcome' in asked) return asked;
      return deliver(platform, asked, attempt);
    },
    buried: (effect, failure) => (effect.kind === 'direct.say' ? null : buried(effect as RoomEffect, failure)),
    unknown: () => 'repeat',
  };
}

/** What can never be done in a room is told, once for each thing it then lacks. Who has no account there reads letters elsewhere. */
function buried(effect: RoomEffect, { reason, detail }: Failure): AskedAct {
  const { incident, platform } = effect;
  if (effect.kind === 'room.open') return { type: 'incident.room-failed', incident, platform, reason, detail };
  const what = effect.kind === 'room.archive' ? (effect.archived ? 'its archive' : 'its messages, it is archived') : LACKING[effect.kind];
  return { type: 'incident.room-degraded', incident, platform, what, detail: shorten(detail, TEXT_CHARS_MAX) };
}

const LACKING = { 'room.keep': 'its card', 'room.say': 'its messages', 'room.invite': 'some people' } as const;

async function deliver(platform: Platform, promise: ChatPromise, attempt: Attempt): Promise<Outcome> {
  return inTime(attempt, () => platform.deliver(promise, attempt));
}

async function promiseOf(ports: RoomPorts, effect: RoomEffect | Letter, id: string): Promise<ChatPromise | Outcome> {
  if (effect.kind !== 'direct.say') return roomPromise(ports, effect, await incidentOf(ports, effect.incident), id);
  const incident = effect.incident === null ? null : await incidentOf(ports, effect.incident);
  return { kind: 'direct', person: effect.person, document: await said(ports, effect.message, incident, id) };
}

async function incidentOf({ states }: RoomPorts, incident: number): Promise<IncidentState> {
  return (await states.fresh(`incident/${incident}`)).state as IncidentState;
}

async function roomPromise(ports: RoomPorts, effect: RoomEffect, incident: IncidentState, id: string): Promise<ChatPromise | Outcome> {
  if (effect.kind === 'room.open') return { kind: 'open', incident: incident.number, name: roomName(incident), title: incident.title };
  const room = incident.rooms[effect.platform]?.room;
  if (room === undefined) {
    // Nowhere to say it: for good when the room could not be opened, else not yet.
    if (incident.roomless[effect.platform] !== undefined || effect.kind === 'room.keep') return { outcome: 'done' };
    return { outcome: 'later', reason: 'unreachable', detail: 'the room is not open yet', afterMs: ROOM_WAIT_MS };
  }
  const place = { incident: incident.number, room };
  if (effect.kind === 'room.archive') return { kind: 'archive', ...place, archived: effect.archived };
  // Nobody reads there any more.
  if (incident.archive?.archived === true) return { outcome: 'done' };
  const rules = ports.catalog().chat[effect.platform];
  if (effect.kind === 'room.invite') return { kind: 'invite', ...place, people: effect.people, groups: rules?.invite ?? [] };
  if (effect.kind === 'room.say') return { kind: 'say', ...place, document: await said(ports, effect.message, incident, id) };
  const cards = await ports.cards(incident.number);
  if (cards === null) return { outcome: 'done' };
  const channel = incident.severity === null ? undefined : rules?.announce[incident.severity];
  const announcement = channel === undefined ? null : { channel, document: cards.digest };
  return {
    kind: 'keep',
    ...place,
    topic: topicOf(incident, ports.catalog()),
    ...cards,
    links: await linksOf(ports, incident),
    announcement,
  };
}

/** Where people look next: the console, the runbook in it, dashboards, and the postmortem once it is written. */
async function linksOf(ports: RoomPorts, incident: IncidentState): Promise<NonNullable<Extract<ChatPromise, { kind: 'keep' }>['links']>> {
  const catalog = ports.catalog();
  const { published } = (await ports.states.fresh(`followup/${incident.number}`)).state as FollowupState;
  const console = ports.consoleUrl(incident.number);
  const runbook = incident.runbooks.find((id) => catalog.runbooks[id] !== undefined) ?? catalog.incidents.runbook;
  const dashboards = incident.service === null ? [] : (catalog.services[incident.service]?.dashboards ?? []);
  return [
    { label: 'Console', url: console },
    ...(runbook === null ? [] : [{ label: `Runbook: ${catalog.runbooks[runbook]?.title ?? runbook}`, url: `${console}#runbook` }]),
    ...dashboards.map((url, index) => ({ label: index === 0 ? 'Dashboard' : `Dashboard ${index + 1}`, url })),
    ...(published?.url == null ? [] : [{ label: 'Postmortem', url: published.url }]),
  ];
}

/** The message of an event: its template, filled with the event and the incident, if it is of one, as it is now. */
async function said(ports: RoomPorts, message: string, incident: IncidentState | null, id: string): Promise<Document> {
  const position = Number(id.slice(0, id.indexOf('-')));
  const [entry] = await ports.store.entries({ after: position - 1, limit: 1 });
  const event = entry === undefined ? null : eventOf(entry);
  // What was redacted before it was said stays unsaid.
  if (event === null) return ports.messages.document('redacted', { incident });
  const { type, data, at, actor } = event;
  return ports.messages.document(message, { type, event: data, at, actor: sayActor(actor), incident });
}
