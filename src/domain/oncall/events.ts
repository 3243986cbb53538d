import { z } from 'zod';
import { sayDuration } from '../../kit/duration.ts';
import { type EventOf, event } from '../kernel.ts';
import { Instant, Name, Words } from '../shapes.ts';

/** Before schema 2 nobody was told of an override. */
const untold = (data: unknown): object => ({ replaces: null, ...(data as object), platforms: [] });

export const oncallEvents = {
  'oncall.overridden': event({
    schema: 2,
    upcast: { 1: untold },
    data: z.strictObject({
      schedule: Name,
      override: Name,
      person: Name,
      /** Null takes the whole span. */
      replaces: Name.nullable(),
      from: Instant,
      until: Instant,
      reason: Words.nullable(),
      /** Where those it concerns are told. */
      platforms: z.array(Name),
    }),
    say: ({ schedule, person, replaces, from, until, reason }) =>
      `<@${person}> ${replaces === null ? 'takes' : `stands in for <@${replaces}> on`} ${schedule} for ${sayDuration(until - from)}${reason === null ? '' : `: ${reason}`}`,
  }),
  /** Others are on call now than before; told only where a group somewhere follows the schedule. */
  'oncall.handed-over': event({
    schema: 1,
    data: z.strictObject({
      schedule: Name,
      people: z.array(Name),
      /** When it changes again; null when nobody can say. */
      nextAt: Instant.nullable(),
      /** Where a group follows. */
      platforms: z.array(Name),
    }),
    say: ({ schedule, people }) => `On call for ${schedule}: ${people.map((person) => `<@${person}>`).join(', ') || 'nobody'}`,
  }),
  /** From now on; what it did until then stays true. */
  'oncall.override-removed': event({
    schema: 2,
    upcast: { 1: untold },
    data: z.strictObject({ schedule: Name, override: Name, person: Name, replaces: Name.nullable(), platforms: z.array(Name) }),
    say: ({ schedule, override, person }) => `Override ${override} of ${schedule} by <@${person}> was removed`,
  }),
};
export type OncallEvent = EventOf<typeof oncallEvents>;
