import { MINUTE_MS } from '../../kit/duration.ts';

/** Shorter than this says nothing to whoever reads it at night. */
export const REASON_CHARS_MIN = 5;
/** One person overrules two: the reason must carry that. */
export const BREAK_GLASS_REASON_CHARS_MIN = 20;
/** A flip that ends sooner is over before anybody has seen what it does. */
export const TTL_MS_MIN = MINUTE_MS;
/** More direct messages for one request make everybody think that somebody else answers; the room has the buttons too. */
export const APPROVERS_TOLD_MAX = 10;
/** Far above any brownout ladder. */
export const LEVELS_MAX = 100;
