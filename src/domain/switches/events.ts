import { z } from 'zod';
import { type EventOf, event, type Recorded } from '../kernel.ts';
import { IncidentNumber, Instant, Milliseconds, Name, Words } from '../shapes.ts';
import { APPROVERS_TOLD_MAX, LEVELS_MAX } from './limits.ts';

const Level = z.int().min(0).max(LEVELS_MAX);
/** Counts the flips of one switch: 1 for the first. */
const Flip = z.int().positive();
/** SHA-256, hexadecimal: what exactly was asked and agreed to. */
const Digest = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * How a level came to change: others agreed, the policy asks nobody else, one person broke the glass, the time was up,
 * nobody reviewed broken glass in time, or a reviewer said no to it.
 */
export const FlipWay = z.enum(['approved', 'alone', 'break-glass', 'expired', 'unreviewed', 'rejected']);
export type FlipWay = z.infer<typeof FlipWay>;

/** In every event: which switch, and the incident whose rooms hear of it. */
const about = {
  switch: Name,
  name: Name,
  kind: z.enum(['kill', 'read-only', 'brownout']),
  incident: IncidentNumber.nullable(),
  platforms: z.array(Name),
};
/** In every event about a request. `change` is for people: "off → on". */
const asked = { request: Name, from: Level, to: Level, change: Name, requestedBy: Name };
/** People who were told that they are needed; `more` others may do it too. */
const Told = z.array(Name).max(APPROVERS_TOLD_MAX);
const More = z.int().nonnegative();

const by = (people: readonly string[]): string => people.map((person) => `<@${person}>`).join(', ');

export const switchEvents = {
  'switch.requested': event({
    schema: 1,
    data: z.strictObject({
      ...about,
      ...asked,
      reason: Words,
      ttlMs: Milliseconds.nullable(),
      /** When the request dies. */
      expiresAt: Instant,
      needed: z.int().positive(),
      /** The flips there had been when it was asked; another flip voids it. */
      version: z.int().nonnegative(),
      digest: Digest,
      /** A drill: agreed to as in earnest, flips nothing. */
      rehearsal: z.boolean(),
      approvers: Told,
      approversMore: More,
    }),
    say: (data) =>
      `<@${data.requestedBy}> asked for ${data.name} ${data.change}${data.rehearsal ? ' (drill)' : ''}, ` +
      `${data.needed} to approve: ${data.reason}`,
  }),
  'switch.approved': event({
    schema: 1,
    data: z.strictObject({
      ...about,
      ...asked,
      person: Name,
      given: z.int().positive(),
      needed: z.int().positive(),
      digest: Digest,
    }),
    say: (data) => `<@${data.person}> approved ${data.name} ${data.change} (${data.given} of ${data.needed})`,
  }),
  'switch.declined': event({
    schema: 1,
    data: z.strictObject({ ...about, ...asked, person: Name, reason: Words }),
    say: (data) => `<@${data.person}> declined ${data.name} ${data.change}: ${data.reason}`,
  }),
  'switch.lapsed': event({
    schema: 1,
    data: z.strictObject({ ...about, ...asked, needed: z.int().positive(), given: z.int().nonnegative() }),
    say: (data) => `The request for ${data.name} ${data.change} lapsed with ${data.given} of ${data.needed} approvals`,
  }),
  /** The switch was flipped while the request was open: what had been asked no longer means the same. */
  'switch.request-voided': event({
    schema: 1,
    data: z.strictObject({ ...about, ...asked }),
    say: (data) => `The request for ${data.name} ${data.change} is void: the switch was flipped meanwhile`,
  }),
  /** The only fact that changes a level. */
  'switch.flipped': event({
    schema: 1,
    data: z.strictObject({
      ...about,
      from: Level,
      to: Level,
      change: Name,
      version: Flip,
      way: FlipWay,
      request: Name.nullable(),
      digest: Digest.nullable(),
      /** Null when time did it. */
      requestedBy: Name.nullable(),
      approvedBy: z.array(Name),
      reason: Words,
      expiresAt: Instant.nullable(),
      warnAt: Instant.nullable(),
      /** Broken glass: somebody else must look at it until then. */
      reviewDueAt: Instant.nullable(),
      reviewers: Told,
      reviewersMore: More,
    }),
    say: (data) => {
      const asker = data.requestedBy === null ? '' : ` by <@${data.requestedBy}>`;
      const others = data.approvedBy.length === 0 ? '' : `, approved by ${by(data.approvedBy)}`;
      return `${data.way === 'break-glass' ? 'Break-glass: ' : ''}${data.name} ${data.change}${asker}${others}: ${data.reason}`;
    },
  }),
  /** In a drill everything but the flip took place. */
  'switch.rehearsed': event({
    schema: 1,
    data: z.strictObject({
      ...about,
      request: Name.nullable(),
      from: Level,
      to: Level,
      change: Name,
      requestedBy: Name,
      approvedBy: z.array(Name),
      reason: Words,
    }),
    say: (data) => `Drill: ${data.name} ${data.change} would have been flipped now`,
  }),
  'switch.warned': event({
    schema: 1,
    data: z.strictObject({ ...about, version: Flip, level: Level, expiresAt: Instant, people: z.array(Name) }),
    say: (data) => `${data.name} turns itself off soon`,
  }),
  'switch.extended': event({
    schema: 1,
    data: z.strictObject({
      ...about,
      version: Flip,
      person: Name,
      reason: Words,
      ttlMs: Milliseconds,
      expiresAt: Instant,
      warnAt: Instant,
    }),
    say: (data) => `<@${data.person}> extended ${data.name}: ${data.reason}`,
  }),
  'switch.reviewed': event({
    schema: 1,
    data: z.strictObject({
      ...about,
      flip: Flip,
      change: Name,
      brokenBy: Name,
      person: Name,
      verdict: z.enum(['confirm', 'revert']),
      note: Words.nullable(),
    }),
    say: (data) =>
      `<@${data.person}> ${data.verdict === 'confirm' ? 'confirmed' : 'rejected'} the break-glass flip of ${data.name} ` +
      `(${data.change}) by <@${data.brokenBy}>${data.note === null ? '' : `: ${data.note}`}`,
  }),
  'switch.review-missed': event({
    schema: 1,
    data: z.strictObject({ ...about, flip: Flip, change: Name, brokenBy: Name, reason: Words }),
    say: (data) => `Nobody reviewed the break-glass flip of ${data.name} (${data.change}) by <@${data.brokenBy}> in time`,
  }),
};
export type SwitchEvent = EventOf<typeof switchEvents>;
export type SwitchEventOf<T extends SwitchEvent['type']> = Extract<SwitchEvent, { type: T }>;
export type RecordedSwitch<T extends SwitchEvent['type']> = Recorded<SwitchEventOf<T>>;
