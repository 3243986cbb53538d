import { z } from 'zod';
import { type EventOf, event } from '../kernel.ts';
import { TEXT_CHARS_MAX } from '../limits.ts';
import { IncidentNumber, Instant, Name, Title, Url } from '../shapes.ts';

/** The incident the alert belongs to, and how many of its group fire now, this one included. */
const about = { incident: IncidentNumber.nullable(), firing: z.int().nonnegative() };

export const alertEvents = {
  'alert.fired': event({
    schema: 1,
    data: z.strictObject({
      ...about,
      /** It is the first of its group: an incident is asked for. */
      opens: z.boolean(),
      route: Name,
      service: Name.nullable(),
      severity: Name.nullable(),
      onResolve: z.enum(['resolve', 'note']),
      source: Name,
      fingerprint: Name,
      title: Title,
      description: z.string().max(TEXT_CHARS_MAX),
      labels: z.record(z.string(), z.string()),
      url: Url.nullable(),
      startedAt: Instant,
    }),
    say: ({ title, source, firing }) => `${source} alert: ${oneLine(title)}${firing > 1 ? ` (${firing} firing)` : ''}`,
  }),
  'alert.resolved': event({
    schema: 1,
    data: z.strictObject({
      ...about,
      fingerprint: Name,
      title: Title,
      startedAt: Instant,
      endedAt: Instant,
      onResolve: z.enum(['resolve', 'note']),
      /** It was the last of its group that fired. */
      last: z.boolean(),
    }),
    say: ({ title, last, firing }) => `Alert resolved: ${oneLine(title)}${last ? '' : ` (${firing} still firing)`}`,
  }),
  'alert.bound': event({
    schema: 1,
    data: z.strictObject({ ...about, incident: IncidentNumber, platforms: z.array(Name), title: Title.nullable() }),
    say: ({ title, firing }) => `Alerts belong to this incident: ${title === null ? 'none yet' : `${oneLine(title)} (${firing} firing)`}`,
  }),
  'alert.released': event({
    schema: 1,
    data: z.strictObject({
      ...about,
      /** Something fired that was not meant when the incident ended: another one is asked for. */
      opens: z.boolean(),
    }),
    say: ({ incident, opens, firing }) => {
      if (incident === null) return 'No incident came of the alerts; the next one asks again';
      return `Later alerts are a new incident${opens ? `, and ${firing} fired again already` : ''}`;
    },
  }),
};
export type AlertEvent = EventOf<typeof alertEvents>;
export type AlertEventOf<T extends AlertEvent['type']> = Extract<AlertEvent, { type: T }>;

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
