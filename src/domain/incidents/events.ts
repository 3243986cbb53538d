import { z } from 'zod';
import { type EventOf, event } from '../kernel.ts';
import { IncidentNumber, Instant, Milliseconds, Name, Title, Url, Words } from '../shapes.ts';
import { IncidentKind, Status } from './status.ts';

const Platforms = z.array(Name);

export const incidentEvents = {
  'incident.declared': event({
    schema: 1,
    data: z.strictObject({
      title: Title,
      description: Words.nullable(),
      kind: IncidentKind,
      severity: Name.nullable(),
      status: Status,
      service: Name.nullable(),
      /** What the catalog said of the service then. */
      owner: Name.nullable(),
      tier: z.int().min(0).max(3).nullable(),
      rtoMs: Milliseconds.nullable(),
      runbooks: z.array(Name),
      switches: z.array(Name),
      platforms: Platforms,
      alertGroup: Name.nullable(),
      /** When the trouble began, if an alert knows. */
      startedAt: Instant.nullable(),
      updateEveryMs: Milliseconds.nullable(),
    }),
    say: (data) =>
      `${data.status === 'triage' ? 'Opened for triage' : 'Declared'}${data.severity === null ? '' : ` at ${data.severity}`}: ${data.title}`,
  }),
  'incident.paging': event({
    schema: 1,
    data: z.strictObject({ page: Name, policy: Name.nullable(), person: Name.nullable(), urgency: z.enum(['high', 'low']), reason: Words }),
    say: (data) => `Paging ${data.person === null ? `policy ${data.policy ?? ''}` : `<@${data.person}>`}: ${data.reason}`,
  }),
  'incident.nobody-paged': event({
    schema: 1,
    data: z.strictObject({ reason: Words }),
    say: (data) => `Nobody was paged: ${data.reason}`,
  }),
  'incident.regraded': event({
    schema: 1,
    data: z.strictObject({ from: Name.nullable(), to: Name, worse: z.boolean(), updateEveryMs: Milliseconds.nullable() }),
    say: (data) => `Severity ${data.from ?? 'unset'} → ${data.to}`,
  }),
  'incident.status-changed': event({
    schema: 1,
    data: z.strictObject({ from: Status, to: Status, reason: Words.nullable() }),
    say: (data) => `Status ${data.from} → ${data.to}${data.reason === null ? '' : `: ${data.reason}`}`,
  }),
  'incident.service-set': event({
    schema: 1,
    data: z.strictObject({
      service: Name,
      owner: Name.nullable(),
      tier: z.int().min(0).max(3),
      rtoMs: Milliseconds.nullable(),
      runbooks: z.array(Name),
      switches: z.array(Name),
    }),
    say: (data) => `Service is ${data.service} (tier ${data.tier})`,
  }),
  'incident.updated': event({
    schema: 1,
    data: z.strictObject({ text: Words, number: z.int().positive(), nextAt: Instant.nullable() }),
    say: (data) => `Update: ${data.text}`,
  }),
  'incident.update-overdue': event({
    schema: 1,
    data: z.strictObject({ number: z.int().nonnegative(), dueAt: Instant, remind: z.array(Name), againAt: Instant }),
    say: () => 'The next status update is overdue',
  }),
  'incident.role-assigned': event({
    schema: 1,
    data: z.strictObject({ role: Name, roleName: Name, person: Name, replaced: Name.nullable() }),
    say: (data) => `<@${data.person}> is ${data.roleName}${data.replaced === null ? '' : `, in place of <@${data.replaced}>`}`,
  }),
  'incident.handover-offered': event({
    schema: 1,
    data: z.strictObject({ role: Name, roleName: Name, from: Name, to: Name, briefing: Words.nullable() }),
    say: (data) => `<@${data.from}> offers ${data.roleName} to <@${data.to}>${data.briefing === null ? '' : `: ${data.briefing}`}`,
  }),
  'incident.handover-accepted': event({
    schema: 1,
    data: z.strictObject({ role: Name, roleName: Name, from: Name, to: Name }),
    say: (data) => `<@${data.to}> took over ${data.roleName} from <@${data.from}>`,
  }),
  'incident.noted': event({ schema: 1, data: z.strictObject({ text: Words }), say: (data) => data.text }),
  'incident.pinned': event({
    schema: 1,
    data: z.strictObject({ platform: Name, message: Name, text: Words, author: Name, saidAt: Instant, url: Url.nullable() }),
    say: (data) => `📌 ${data.author}: ${data.text}`,
  }),
  'incident.unpinned': event({
    schema: 1,
    data: z.strictObject({ platform: Name, message: Name }),
    say: () => 'A pinned message was withdrawn from the timeline',
  }),
  /** Its author changed what had been pinned; the timeline shows the newest words, the ledger keeps all. */
  'incident.pin-edited': event({
    schema: 1,
    data: z.strictObject({ platform: Name, message: Name, text: Words }),
    say: (data) => `A pinned message was edited: ${data.text}`,
  }),
  /** It is gone there; what it said stays here. */
  'incident.pin-deleted': event({
    schema: 1,
    data: z.strictObject({ platform: Name, message: Name }),
    say: (data) => `A pinned message was deleted on ${data.platform}`,
  }),
  'incident.room-opened': event({
    schema: 1,
    data: z.strictObject({ platform: Name, room: Name, url: Url.nullable() }),
    say: (data) => `Room opened on ${data.platform}`,
  }),
  'incident.room-failed': event({
    schema: 1,
    data: z.strictObject({ platform: Name, reason: Name, detail: Words }),
    say: (data) => `No room on ${data.platform}: ${data.detail}`,
  }),
  /** The room stands, and something of it is missing: its topic, its pin, its messages. */
  'incident.room-degraded': event({
    schema: 1,
    data: z.strictObject({ platform: Name, what: Name, detail: Words }),
    say: (data) => `The room on ${data.platform} lacks ${data.what}: ${data.detail}`,
  }),
  'incident.archive-planned': event({
    schema: 1,
    data: z.strictObject({ remindAt: Instant, archiveAt: Instant }),
    say: () => 'The rooms are to be archived',
  }),
  'incident.archive-due': event({ schema: 1, data: z.strictObject({ archiveAt: Instant }), say: () => 'The rooms are archived soon' }),
  'incident.archived': event({ schema: 1, data: z.strictObject({}), say: () => 'The rooms were archived' }),
  'incident.unarchived': event({ schema: 1, data: z.strictObject({}), say: () => 'The rooms are to be opened again' }),
  'incident.alerts-resolved': event({
    schema: 1,
    data: z.strictObject({ group: Name }),
    say: () => 'Every alert of this incident is resolved',
  }),
  'incident.merged': event({
    schema: 1,
    data: z.strictObject({ into: IncidentNumber }),
    say: (data) => `Merged into inc-${data.into}`,
  }),
  'incident.absorbed': event({
    schema: 1,
    data: z.strictObject({ number: IncidentNumber, title: Title }),
    say: (data) => `inc-${data.number} was merged into this one: ${data.title}`,
  }),
  'incident.resolved': event({
    schema: 1,
    data: z.strictObject({ summary: Words.nullable(), switchesOn: z.array(Name) }),
    say: (data) =>
      `Resolved${data.summary === null ? '' : `: ${data.summary}`}${data.switchesOn.length === 0 ? '' : ` (still on: ${data.switchesOn.join(', ')})`}`,
  }),
  'incident.reopened': event({ schema: 1, data: z.strictObject({ reason: Words }), say: (data) => `Reopened: ${data.reason}` }),
  'incident.canceled': event({ schema: 1, data: z.strictObject({ reason: Words }), say: (data) => `Canceled: ${data.reason}` }),
  /** The database was away: these facts are on one replica's disk first. */
  'incident.spooled': event({
    schema: 1,
    data: z.strictObject({ spool: Name }),
    say: (data) => `The database is away: kept on one replica's disk for now (spool ${data.spool})`,
  }),
  /** The facts before this one were written when they say and have stood in the ledger only since this one. */
  'incident.replayed': event({
    schema: 1,
    data: z.strictObject({ spool: Name, entries: z.int().positive(), head: Name, spooledAt: Instant }),
    say: (data) => `The database is back: ${data.entries} entries of spool ${data.spool} are in the ledger now, with the times they had`,
  }),
  'incident.closed': event({ schema: 1, data: z.strictObject({}), say: () => 'Closed' }),
};
export type IncidentEvent = EventOf<typeof incidentEvents>;
