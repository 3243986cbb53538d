import { z } from 'zod';
import type { Catalog } from '../catalog.ts';
import { type ActOf, act } from '../kernel.ts';
import { IncidentNumber, Name, Words } from '../shapes.ts';

const stream = (asked: { page: string }): string => `page/${asked.page}`;

/** Who is on call depends on the overrides of every schedule, and whether to go on depends on the incident. */
function surroundings(asked: { page: string }, catalog: Catalog): readonly string[] {
  return [`incident/${incidentOfPage(asked.page)}`, ...Object.keys(catalog.schedules).map((id) => `schedule/${id}`)];
}

/** `42-1` is the first page of incident 42. */
export function incidentOfPage(page: string): number {
  return Number(page.slice(0, page.indexOf('-')));
}

export const PageName = z.string().regex(/^[1-9]\d{0,8}-[1-9]\d{0,4}$/, 'a page is named like 42-1');

export const pageActs = {
  'page.start': act({
    permission: 'internal',
    data: z.strictObject({
      page: PageName,
      incident: IncidentNumber,
      policy: Name.nullable(),
      person: Name.nullable(),
      urgency: z.enum(['high', 'low']),
      reason: Words,
    }),
    stream,
    reads: surroundings,
  }),
  /** Timer: nobody acknowledged this level in its time? */
  'page.escalate': act({
    permission: 'internal',
    data: z.strictObject({ page: PageName, level: z.int().nonnegative(), round: z.int().nonnegative() }),
    stream,
    reads: surroundings,
  }),
  /** A person does not want to wait for the timer. */
  'page.escalate-now': act({ permission: 'responder', data: z.strictObject({ page: PageName }), stream, reads: surroundings }),
  'page.acknowledge': act({ permission: 'responder', data: z.strictObject({ page: PageName, via: Name }), stream }),
  'page.delivered': act({ permission: 'internal', data: z.strictObject({ page: PageName, notification: Name }), stream }),
  'page.undelivered': act({
    permission: 'internal',
    data: z.strictObject({ page: PageName, notification: Name, reason: Name, detail: Words }),
    stream,
    reads: surroundings,
  }),
  /** The incident is worse than was thought: does this page still ring quietly? */
  'page.raise': act({ permission: 'internal', data: z.strictObject({ page: PageName }), stream, reads: surroundings }),
  /** Timer: acknowledged long ago and still not mitigated? */
  'page.rearm': act({
    permission: 'internal',
    data: z.strictObject({ page: PageName, acknowledgedAt: z.int().nonnegative() }),
    stream,
    reads: surroundings,
  }),
  'page.stop': act({ permission: 'internal', data: z.strictObject({ page: PageName, reason: Words }), stream }),
};
export type PageAct = ActOf<typeof pageActs>;
export type PageActOf<T extends PageAct['type']> = Extract<PageAct, { type: T }>;
