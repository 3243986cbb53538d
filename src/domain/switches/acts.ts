import { z } from 'zod';
import type { Catalog } from '../catalog.ts';
import { type ActOf, act } from '../kernel.ts';
import { TEXT_CHARS_MAX } from '../limits.ts';
import { IncidentNumber, Instant, Milliseconds, Name, Words } from '../shapes.ts';
import { conflictStreams } from './conflicts.ts';
import { LEVELS_MAX } from './limits.ts';

const Level = z.int().min(0).max(LEVELS_MAX);
const Flip = z.int().positive();
/** The least length is the domain's to refuse, with a sentence; here only what cannot be stored is. */
const Reason = z.string().trim().max(TEXT_CHARS_MAX);

const stream = (asked: { switch: string }): string => `switch/${asked.switch}`;
const conflicts = (asked: { switch: string }, catalog: Catalog): readonly string[] => conflictStreams(asked.switch, catalog);
const conflictsAndIncident = (asked: { switch: string; incident: number | null }, catalog: Catalog): readonly string[] => [
  ...conflictStreams(asked.switch, catalog),
  ...(asked.incident === null ? [] : [`incident/${asked.incident}`]),
];

export const switchActs = {
  /** `ttlMs` null: as long as the definition allows. Level 0 is off and has no end. */
  'switch.request': act({
    permission: 'responder',
    data: z.strictObject({ switch: Name, to: Level, reason: Reason, incident: IncidentNumber.nullable(), ttlMs: Milliseconds.nullable() }),
    stream,
    reads: conflictsAndIncident,
  }),
  'switch.approve': act({ permission: 'responder', data: z.strictObject({ switch: Name, request: Name }), stream, reads: conflicts }),
  'switch.decline': act({ permission: 'responder', data: z.strictObject({ switch: Name, request: Name, reason: Reason }), stream }),
  /** `confirm` is the switch's id, typed again. */
  'switch.break-glass': act({
    permission: 'responder',
    data: z.strictObject({
      switch: Name,
      to: Level,
      reason: Reason,
      confirm: z.string().trim().max(TEXT_CHARS_MAX),
      incident: IncidentNumber.nullable(),
      ttlMs: Milliseconds.nullable(),
    }),
    stream,
    reads: conflictsAndIncident,
  }),
  'switch.review': act({
    permission: 'responder',
    data: z.strictObject({ switch: Name, flip: Flip, verdict: z.enum(['confirm', 'revert']), note: Words.nullable() }),
    stream,
    reads: conflicts,
  }),
  'switch.revert': act({ permission: 'responder', data: z.strictObject({ switch: Name, reason: Reason }), stream }),
  /** On for `ttlMs` from now. */
  'switch.extend': act({ permission: 'responder', data: z.strictObject({ switch: Name, ttlMs: Milliseconds, reason: Reason }), stream }),
  /** Timer: is this request still open? */
  'switch.lapse': act({ permission: 'internal', data: z.strictObject({ switch: Name, request: Name }), stream }),
  /** Timer: is it still this flip, and does it still end `expiresAt`? */
  'switch.warn': act({ permission: 'internal', data: z.strictObject({ switch: Name, version: Flip, expiresAt: Instant }), stream }),
  'switch.expire': act({ permission: 'internal', data: z.strictObject({ switch: Name, version: Flip, expiresAt: Instant }), stream }),
  /** Timer: has somebody else looked at this broken glass? */
  'switch.review-due': act({ permission: 'internal', data: z.strictObject({ switch: Name, flip: Flip }), stream, reads: conflicts }),
};
export type SwitchAct = ActOf<typeof switchActs>;
export type SwitchActOf<T extends SwitchAct['type']> = Extract<SwitchAct, { type: T }>;
