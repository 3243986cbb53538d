import { z } from 'zod';
import { type ActOf, act } from '../kernel.ts';
import { Instant, Name, Words } from '../shapes.ts';

const stream = (asked: { schedule: string }): string => `schedule/${asked.schedule}`;

export const oncallActs = {
  'oncall.override': act({
    permission: 'responder',
    data: z.strictObject({
      schedule: Name,
      person: Name,
      /** Null takes the whole span, whoever has it and also where nobody has. */
      replaces: Name.nullable(),
      from: Instant,
      until: Instant,
      reason: Words.nullable(),
    }),
    stream,
  }),
  /** Timer: has on-call changed hands, where somebody follows it? */
  'oncall.look': act({ permission: 'internal', data: z.strictObject({ schedule: Name }), stream }),
  'oncall.remove-override': act({ permission: 'responder', data: z.strictObject({ schedule: Name, override: Name }), stream }),
};
export type OncallAct = ActOf<typeof oncallActs>;
export type OncallActOf<T extends OncallAct['type']> = Extract<OncallAct, { type: T }>;
