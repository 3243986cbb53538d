import { z } from 'zod';
import { NAME_CHARS_MAX, REDACTION_CHARS_MAX, TEXT_CHARS_MAX, TITLE_CHARS_MAX, URL_CHARS_MAX } from './limits.ts';

/** Shapes that many acts and events share. Text is trimmed before it is measured. */
export const Name = z.string().min(1).max(NAME_CHARS_MAX);
export const Title = z
  .string()
  .trim()
  .min(1)
  .max(TITLE_CHARS_MAX + REDACTION_CHARS_MAX);
export const Words = z
  .string()
  .trim()
  .min(1)
  .max(TEXT_CHARS_MAX + REDACTION_CHARS_MAX);
export const Url = z.string().max(URL_CHARS_MAX);
/** Milliseconds since 1970. */
export const Instant = z.int().nonnegative();
export const Milliseconds = z.int().nonnegative();
export const IncidentNumber = z.int().positive();
