import { z } from 'zod';
import { type ActOf, act } from '../kernel.ts';
import { IncidentNumber, Instant, Name } from '../shapes.ts';
import { Alert } from './alert.ts';

const Group = z.string().regex(/^[a-z0-9-]{1,64}$/);
const stream = (asked: { group: string }): string => `alerts/${asked.group}`;

export const alertActs = {
  /** A source said something of an alert; `route` in routing.ts gives the first five fields. */
  'alert.receive': act({
    permission: 'source',
    data: z.strictObject({
      group: Group,
      route: Name,
      service: Name.nullable(),
      severity: Name.nullable(),
      onResolve: z.enum(['resolve', 'note']),
      alert: Alert,
    }),
    stream,
  }),
  /** The incident this group asked for is there. */
  'alert.bind': act({
    permission: 'internal',
    data: z.strictObject({ group: Group, incident: IncidentNumber, platforms: z.array(Name) }),
    stream,
  }),
  /** The incident is over, since `endedAt`: what was heard firing after that was not meant. */
  'alert.release': act({ permission: 'internal', data: z.strictObject({ group: Group, endedAt: Instant.optional() }), stream }),
  /** Timer: did the incident that was asked for at `askedAt` come? */
  'alert.check': act({ permission: 'internal', data: z.strictObject({ group: Group, askedAt: Instant }), stream }),
};
export type AlertAct = ActOf<typeof alertActs>;
export type AlertActOf<T extends AlertAct['type']> = Extract<AlertAct, { type: T }>;
