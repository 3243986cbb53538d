import { z } from 'zod';
import { type EventOf, event } from '../kernel.ts';
import { IncidentNumber, Milliseconds, Name, Words } from '../shapes.ts';

export const PageTargetShape = z.strictObject({ kind: z.enum(['schedule', 'person', 'team']), id: Name });
const Place = { page: Name, level: z.int().nonnegative(), round: z.int().nonnegative() };

export const pageEvents = {
  'page.started': event({
    schema: 1,
    data: z.strictObject({
      page: Name,
      incident: IncidentNumber,
      reason: Words,
      urgency: z.enum(['high', 'low']),
      /** The ladder as it was then, so that editing a policy never changes a page under way. */
      policy: Name.nullable(),
      levels: z.array(z.strictObject({ targets: z.array(PageTargetShape), timeoutMs: Milliseconds })),
      repeats: z.int().nonnegative(),
      rePageMs: Milliseconds.nullable(),
      platforms: z.array(Name),
    }),
    say: (data) => `Page ${data.page} started${data.policy === null ? '' : ` on policy ${data.policy}`}`,
  }),
  'page.level-reached': event({
    schema: 1,
    data: z.strictObject({
      ...Place,
      timeoutMs: Milliseconds,
      people: z.array(
        z.strictObject({
          person: Name,
          notifications: z.array(z.strictObject({ id: Name, pager: Name, afterMs: Milliseconds })),
        }),
      ),
    }),
    say: (data) => `Paging level ${data.level + 1}: ${data.people.map(({ person }) => `<@${person}>`).join(', ')}`,
  }),
  'page.level-empty': event({
    schema: 1,
    data: z.strictObject({ ...Place, targets: z.array(PageTargetShape), why: z.enum(['nobody-on-call', 'unreachable']) }),
    say: (data) =>
      `Level ${data.level + 1} is ${data.why === 'nobody-on-call' ? 'empty: nobody is on call' : 'not reachable: nobody there has a pager'}`,
  }),
  'page.delivered': event({
    schema: 1,
    data: z.strictObject({ page: Name, notification: Name, person: Name, pager: Name }),
    say: (data) => `<@${data.person}> was notified by ${data.pager}`,
  }),
  'page.undelivered': event({
    schema: 1,
    data: z.strictObject({ page: Name, notification: Name, person: Name, pager: Name, reason: Name, detail: Words }),
    say: (data) => `<@${data.person}> could not be notified by ${data.pager}: ${data.detail}`,
  }),
  'page.acknowledged': event({
    schema: 1,
    data: z.strictObject({ page: Name, person: Name, via: Name, afterMs: Milliseconds }),
    say: (data) => `<@${data.person}> acknowledged by ${data.via}`,
  }),
  'page.exhausted': event({
    schema: 1,
    data: z.strictObject({ page: Name, people: z.array(Name) }),
    say: () => 'Nobody acknowledged: the escalation policy is exhausted',
  }),
  'page.raised': event({
    schema: 1,
    data: z.strictObject({ page: Name, urgency: z.enum(['high', 'low']) }),
    say: (data) => `Paging with ${data.urgency} urgency from now on`,
  }),
  'page.rearmed': event({
    schema: 1,
    data: z.strictObject({ page: Name, person: Name }),
    say: (data) => `Paging again: <@${data.person}> acknowledged, and it is still not mitigated`,
  }),
  'page.stopped': event({
    schema: 1,
    data: z.strictObject({ page: Name, reason: Words }),
    say: (data) => `Paging stopped: ${data.reason}`,
  }),
};
export type PageEvent = EventOf<typeof pageEvents>;
