import { z } from 'zod';
import type { Entry } from './entry.ts';

/** Type of the event that says whose payload was erased and why. */
export const REDACTED = 'entry.redacted';

/** A sentence, not a story: the reason must not become the place where the secret lives on. */
const REASON_CHARS_MAX = 200;

const Redacted = z.strictObject({
  /** The entry whose salt and data are erased in the same transaction. */
  position: z.int().min(1),
  reason: z.string().min(1).max(REASON_CHARS_MAX),
});

/** All that verification needs of it, whatever else later schemas may hold: old ledgers stay verifiable. */
const Announcement = z.looseObject({ position: z.int().min(1) });

/**
 * The ledger's own events, in the shape of a domain's `events.ts`. A redaction belongs to the stream and the incident
 * of the entry it erases; no domain decides it and no state depends on it.
 */
export const redactionEvents = {
  [REDACTED]: {
    schema: 1,
    data: Redacted,
    // Takes unknown, so that this row fits among rows of every other shape without importing their type.
    say: (data: unknown): string => {
      const { position, reason } = Redacted.parse(data);
      return `Erased the text of entry ${position}: ${reason}`;
    },
  },
} as const;

/** Whether an entry's payload has been erased. */
export function isErased(entry: Pick<Entry, 'salt' | 'data'>): boolean {
  return entry.salt === null && entry.data === null;
}

/** The position an entry announces as erased, or null when it announces none. */
export function announcedErasure(entry: Pick<Entry, 'type' | 'data'>): number | null {
  if (entry.type !== REDACTED || entry.data === null) return null;
  const parsed = Announcement.safeParse(readJson(entry.data));
  return parsed.success ? parsed.data.position : null;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is verified may hold anything; that it is no JSON is found by its digest.
    return null;
  }
}
