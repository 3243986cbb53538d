import { z } from 'zod';
import { Name, Url } from '../shapes.ts';
import { LABELS_MAX, RAW_CHARS_MAX } from './limits.ts';

const Labels = z
  .record(z.string().max(RAW_CHARS_MAX), z.string().max(RAW_CHARS_MAX))
  .refine((labels) => Object.keys(labels).length <= LABELS_MAX, `at most ${LABELS_MAX} labels`);

/** One alert as its source told it. Times are milliseconds since 1970; a source that does not know them says 0 or null. */
export const Alert = z.strictObject({
  source: Name,
  /** Names the alert at its source: the same while it fires, and when it fires again. */
  fingerprint: Name,
  status: z.enum(['firing', 'resolved']),
  title: z.string().trim().min(1).max(RAW_CHARS_MAX),
  description: z.string().max(RAW_CHARS_MAX),
  labels: Labels,
  url: Url.nullable(),
  /** Together with the fingerprint it names one episode: firing again begins later. */
  startedAt: z.int().nonnegative(),
  endedAt: z.int().nonnegative().nullable(),
});
export type Alert = Readonly<z.infer<typeof Alert>>;
