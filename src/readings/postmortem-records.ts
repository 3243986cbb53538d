import type { Recorded } from '../domain/kernel.ts';
import type { PageEvent } from '../domain/paging/events.ts';
import type { FlipWay, SwitchEvent } from '../domain/switches/events.ts';
import { isType, ofType } from './postmortem-events.ts';
import type { PageRow, RoleRow, SwitchRow } from './postmortem-model.ts';

type Named = (id: string) => string;

/** Who held which role, from when to when, in order. */
export function roleRows(events: readonly Recorded[], person: Named): readonly RoleRow[] {
  const rows: RoleRow[] = [];
  const current = new Map<string, number>();
  for (const event of events) {
    if (!isType(event, 'incident.role-assigned', 'incident.handover-accepted')) continue;
    const { role, roleName } = event.data;
    const before = current.get(role);
    const row = before === undefined ? undefined : rows[before];
    if (before !== undefined && row !== undefined) rows[before] = { ...row, untilAt: event.at };
    current.set(role, rows.length);
    const holder = event.type === 'incident.role-assigned' ? event.data.person : event.data.to;
    rows.push({ role: roleName, person: person(holder), fromAt: event.at, untilAt: null });
  }
  return rows;
}

const PAGE_TYPES = [
  'page.level-reached',
  'page.delivered',
  'page.undelivered',
  'page.acknowledged',
  'page.exhausted',
  'page.stopped',
] as const;
type PageProgress = Recorded<Extract<PageEvent, { type: (typeof PAGE_TYPES)[number] }>>;

/** Each page: whom it tried, who acknowledged after how long. The first acknowledgement counts. */
export function pageRows(events: readonly Recorded[], person: Named): readonly PageRow[] {
  return ofType(events, 'page.started').map((started) => {
    const { page, policy } = started.data;
    const first: PageRow = {
      page,
      policy,
      startedAt: started.at,
      tried: [],
      deliveredCount: 0,
      failedCount: 0,
      acknowledgedBy: null,
      acknowledgedMs: null,
      end: 'not acknowledged',
      position: started.position,
    };
    const progress = events.filter((event): event is PageProgress => isType(event, ...PAGE_TYPES) && event.data.page === page);
    return progress.reduce((row, event) => advance(row, event, person), first);
  });
}

function advance(row: PageRow, event: PageProgress, person: Named): PageRow {
  switch (event.type) {
    case 'page.level-reached':
      return { ...row, tried: [...new Set([...row.tried, ...event.data.people.map((tried) => person(tried.person))])] };
    case 'page.delivered':
      return { ...row, deliveredCount: row.deliveredCount + 1 };
    case 'page.undelivered':
      return { ...row, failedCount: row.failedCount + 1 };
    case 'page.acknowledged':
      if (row.acknowledgedBy !== null) return row;
      return { ...row, acknowledgedBy: person(event.data.person), acknowledgedMs: event.at - row.startedAt, end: 'acknowledged' };
    case 'page.exhausted':
      return { ...row, end: 'exhausted: nobody acknowledged' };
    case 'page.stopped':
      return row.acknowledgedBy === null ? { ...row, end: `stopped: ${event.data.reason}` } : row;
  }
}

const WAYS: Readonly<Record<FlipWay, string>> = {
  approved: 'approved',
  alone: 'no approval needed',
  'break-glass': 'break-glass',
  expired: 'time was up',
  unreviewed: 'break-glass nobody reviewed in time',
  rejected: 'break-glass rejected by the reviewer',
};
const SWITCH_TYPES = [
  'switch.flipped',
  'switch.rehearsed',
  'switch.declined',
  'switch.lapsed',
  'switch.request-voided',
  'switch.reviewed',
] as const;
type SwitchDeed = Recorded<Extract<SwitchEvent, { type: (typeof SWITCH_TYPES)[number] }>>;

/** Every flip with who asked and who agreed, and every request that came to nothing. */
export function switchRows(events: readonly Recorded[], person: Named): readonly SwitchRow[] {
  return events.filter((event): event is SwitchDeed => isType(event, ...SWITCH_TYPES)).map((event) => switchRow(event, person));
}

function switchRow(event: SwitchDeed, person: Named): SwitchRow {
  const { at, position } = event;
  const { name, change } = event.data;
  const row = { at, position, name, change, askedBy: null, approvedBy: [], reason: '' };
  switch (event.type) {
    case 'switch.flipped': {
      const { requestedBy, approvedBy, reason, way } = event.data;
      return {
        ...row,
        how: WAYS[way],
        askedBy: requestedBy === null ? null : person(requestedBy),
        approvedBy: approvedBy.map(person),
        reason,
      };
    }
    case 'switch.rehearsed': {
      const { requestedBy, approvedBy, reason } = event.data;
      return { ...row, how: 'rehearsed, not flipped', askedBy: person(requestedBy), approvedBy: approvedBy.map(person), reason };
    }
    case 'switch.declined':
      return {
        ...row,
        how: `declined by ${person(event.data.person)}`,
        askedBy: person(event.data.requestedBy),
        reason: event.data.reason,
      };
    case 'switch.lapsed':
      return { ...row, how: `lapsed with ${event.data.given} of ${event.data.needed} approvals`, askedBy: person(event.data.requestedBy) };
    case 'switch.request-voided':
      return { ...row, how: 'void: flipped meanwhile', askedBy: person(event.data.requestedBy) };
    case 'switch.reviewed': {
      const { verdict, brokenBy, note } = event.data;
      const how = `break-glass ${verdict === 'confirm' ? 'confirmed' : 'rejected'} by ${person(event.data.person)}`;
      return { ...row, how, askedBy: person(brokenBy), reason: note ?? '' };
    }
  }
}

/** Names of the switches whose last flip in this story left them on. */
export function switchesLeftOn(events: readonly Recorded[]): readonly string[] {
  const levels = new Map<string, { readonly name: string; readonly to: number }>();
  for (const { data } of ofType(events, 'switch.flipped')) levels.set(data.switch, data);
  return [...levels.values()].filter(({ to }) => to > 0).map(({ name }) => name);
}
