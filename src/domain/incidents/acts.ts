import { z } from 'zod';
import type { Catalog } from '../catalog.ts';
import { type ActOf, act } from '../kernel.ts';
import { BRIEFING_CHARS_MAX } from '../limits.ts';
import { IncidentNumber, Instant, Milliseconds, Name, Title, Url, Words } from '../shapes.ts';
import { IncidentKind, Status } from './status.ts';

const stream = (asked: { incident: number }): string => `incident/${asked.incident}`;
const everySwitch = (_asked: unknown, catalog: Catalog): readonly string[] => Object.keys(catalog.switches).map((id) => `switch/${id}`);

export const incidentActs = {
  'incident.declare': act({
    permission: 'anyone',
    data: z.strictObject({
      title: Title,
      severity: Name.nullable(),
      service: Name.nullable(),
      kind: IncidentKind,
      triage: z.boolean(),
      alertGroup: Name.nullable(),
      description: Words.nullable(),
      startedAt: Instant.nullable(),
    }),
    stream: () => 'incident/new',
  }),
  'incident.page': act({
    permission: 'responder',
    data: z.strictObject({ incident: IncidentNumber, policy: Name.nullable(), person: Name.nullable(), reason: Words.nullable() }),
    stream,
  }),
  'incident.regrade': act({ permission: 'responder', data: z.strictObject({ incident: IncidentNumber, severity: Name }), stream }),
  'incident.status': act({
    permission: 'responder',
    data: z.strictObject({ incident: IncidentNumber, status: Status, reason: Words.nullable() }),
    stream,
  }),
  /** Somebody acknowledged: what was only being triaged is now being worked on. */
  'incident.begin': act({ permission: 'internal', data: z.strictObject({ incident: IncidentNumber }), stream }),
  'incident.set-service': act({ permission: 'responder', data: z.strictObject({ incident: IncidentNumber, service: Name }), stream }),
  'incident.update': act({
    permission: 'responder',
    data: z.strictObject({ incident: IncidentNumber, text: Words, nextMs: Milliseconds.nullable() }),
    stream,
  }),
  /** Timer: is update number `number` + 1 overdue? */
  'incident.remind': act({
    permission: 'internal',
    data: z.strictObject({ incident: IncidentNumber, number: z.int().nonnegative(), dueAt: Instant }),
    stream,
  }),
  'incident.assign': act({
    permission: 'responder',
    data: z.strictObject({ incident: IncidentNumber, role: Name, person: Name }),
    stream,
  }),
  'incident.handover': act({
    permission: 'responder',
    data: z.strictObject({
      incident: IncidentNumber,
      role: Name,
      person: Name,
      briefing: z.string().trim().min(1).max(BRIEFING_CHARS_MAX).nullable(),
    }),
    stream,
  }),
  'incident.accept-handover': act({ permission: 'responder', data: z.strictObject({ incident: IncidentNumber, role: Name }), stream }),
  'incident.note': act({ permission: 'responder', data: z.strictObject({ incident: IncidentNumber, text: Words }), stream }),
  'incident.pin': act({
    permission: 'responder',
    data: z.strictObject({
      incident: IncidentNumber,
      platform: Name,
      message: Name,
      text: Words,
      author: Name,
      saidAt: Instant,
      url: Url.nullable(),
    }),
    stream,
  }),
  'incident.unpin': act({
    permission: 'responder',
    data: z.strictObject({ incident: IncidentNumber, platform: Name, message: Name }),
    stream,
  }),
  /** What was pinned reads otherwise now; null when it is gone. A message nobody pinned changes nothing. */
  'incident.recapture': act({
    permission: 'internal',
    data: z.strictObject({ incident: IncidentNumber, platform: Name, message: Name, text: Words.nullable() }),
    stream,
  }),
  'incident.merge': act({
    permission: 'responder',
    data: z.strictObject({ incident: IncidentNumber, into: IncidentNumber }),
    stream,
    reads: (asked) => [`incident/${asked.into}`],
  }),
  'incident.absorb': act({
    permission: 'internal',
    data: z.strictObject({ incident: IncidentNumber, number: IncidentNumber, title: Title }),
    stream,
  }),
  'incident.resolve': act({
    permission: 'responder',
    data: z.strictObject({ incident: IncidentNumber, summary: Words.nullable() }),
    stream,
    reads: everySwitch,
  }),
  'incident.reopen': act({ permission: 'responder', data: z.strictObject({ incident: IncidentNumber, reason: Words }), stream }),
  'incident.cancel': act({ permission: 'responder', data: z.strictObject({ incident: IncidentNumber, reason: Words }), stream }),
  /** It was declared while the database was away. */
  'incident.spool': act({ permission: 'internal', data: z.strictObject({ incident: IncidentNumber, spool: Name }), stream }),
  /** A spool with `entries` entries up to the hash `head`, begun at `spooledAt`, was brought into the ledger. */
  'incident.replay': act({
    permission: 'internal',
    data: z.strictObject({ incident: IncidentNumber, spool: Name, entries: z.int().positive(), head: Name, spooledAt: Instant }),
    stream,
  }),
  'incident.room-opened': act({
    permission: 'internal',
    data: z.strictObject({ incident: IncidentNumber, platform: Name, room: Name, url: Url.nullable() }),
    stream,
  }),
  'incident.room-failed': act({
    permission: 'internal',
    data: z.strictObject({ incident: IncidentNumber, platform: Name, reason: Name, detail: Words }),
    stream,
  }),
  'incident.room-degraded': act({
    permission: 'internal',
    data: z.strictObject({ incident: IncidentNumber, platform: Name, what: Name, detail: Words }),
    stream,
  }),
  /** Timer: are the rooms still to be archived, and at that time? */
  'incident.archive-remind': act({
    permission: 'internal',
    data: z.strictObject({ incident: IncidentNumber, archiveAt: Instant }),
    stream,
  }),
  /** Timer: the same, and do it. */
  'incident.archive': act({ permission: 'internal', data: z.strictObject({ incident: IncidentNumber, archiveAt: Instant }), stream }),
  'incident.alerts-resolved': act({
    permission: 'internal',
    data: z.strictObject({ incident: IncidentNumber, group: Name, resolve: z.boolean() }),
    stream,
    reads: everySwitch,
  }),
};
export type IncidentAct = ActOf<typeof incidentActs>;
export type IncidentActOf<T extends IncidentAct['type']> = Extract<IncidentAct, { type: T }>;
