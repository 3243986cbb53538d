import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { NAME_CHARS_MAX, TEXT_CHARS_MAX, URL_CHARS_MAX } from '../domain/limits.ts';
import { HOUR_MS, parseDuration, sayDuration } from '../kit/duration.ts';
import { didYouMean } from '../kit/nearest-name.ts';
import { expected } from './sentence.ts';

// The forms in which people write `allclear.yaml`: durations, zones, times, addresses, and what is said of anything else.

const YEAR_MS = 366 * 24 * HOUR_MS;
/** Ids become parts of stream names and URLs; 40 characters still fit a button. */
const ID_CHARS_MAX = 40;
/** RFC 5321, 4.5.3.1.3: a path of 256 octets, less the angle brackets. */
const EMAIL_CHARS_MAX = 254;

/** Says the wanted form when text of another form is written; missing and empty values keep their own sentence. */
export function form(what: string): (issue: z.core.$ZodRawIssue) => string | undefined {
  return (issue) => (issue.input === undefined || issue.input === null ? undefined : expected(what, issue.input));
}

/** A group of known keys. What is written besides is named one by one, with the nearest known key; one line for each. */
export function section<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .map((key) => `There is no key \`${key}\` here.${didYouMean(key, known) || ` Known are: ${known.join(', ')}.`}`)
            .join('\n')
        : undefined,
  });
}

const ID_FORM = 'a name of lower-case letters, digits and hyphens (at most 40), beginning with a letter';
export const Id = z
  .string({ error: form(ID_FORM) })
  .regex(/^[a-z][a-z0-9-]*$/, { error: form(ID_FORM) })
  .max(ID_CHARS_MAX, { error: form(ID_FORM) });

export const Label = z.string().trim().min(1).max(NAME_CHARS_MAX);
export const Prose = z.string().trim().min(1).max(TEXT_CHARS_MAX);

/** Names with what they stand for; the names are ids. */
export function named<T extends z.ZodType>(entry: T): z.ZodRecord<typeof Id, T> {
  return z.record(Id, entry);
}

const DURATION_FORM = 'a duration such as `90s`, `15m`, `1h30m` or `2d`';
/** A duration in words of people, as milliseconds; between `leastMs` and `mostMs`. */
export function duration(leastMs: number, mostMs: number = YEAR_MS) {
  return z
    .string({ error: form(DURATION_FORM) })
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== null && ms >= leastMs && ms <= mostMs) return ms;
      const message =
        ms === null
          ? expected(DURATION_FORM, text)
          : `Too ${ms < leastMs ? 'short' : 'long'}: write ${sayDuration(leastMs)} to ${sayDuration(mostMs)}.`;
      context.issues.push({ code: 'custom', message, input: text });
      return z.NEVER;
    })
    .meta({ pattern: '^(\\d{1,6}[smhd])+$' });
}

/** A duration, or the word `none`, which becomes null. */
export function durationOrNone(leastMs: number, mostMs: number = YEAR_MS) {
  return z
    .string({ error: form(`${DURATION_FORM}, or \`none\``) })
    .transform((text, context) => {
      if (text === 'none') return null;
      const read = duration(leastMs, mostMs).safeParse(text);
      if (read.success) return read.data;
      context.issues.push({ code: 'custom', message: read.error.issues[0]?.message ?? '', input: text });
      return z.NEVER;
    })
    .meta({ pattern: '^(none|(\\d{1,6}[smhd])+)$' });
}

const ZONE_FORM = 'a time zone name such as `Europe/Berlin` or `UTC`';
/** A name of the IANA time zone database; offsets are refused, because they know no summer time. */
export const TimeZone = z.string({ error: form(ZONE_FORM) }).transform((text, context) => {
  const zone = knownZone(text);
  if (zone !== null) return zone;
  const hint = didYouMean(text, Intl.supportedValuesOf('timeZone'));
  context.issues.push({ code: 'custom', message: `${expected(ZONE_FORM, text)}${hint}`, input: text });
  return z.NEVER;
});

/** The zone's name in its usual spelling, or null. */
function knownZone(text: string): string | null {
  if (!/^[A-Za-z]/.test(text)) return null;
  try {
    return new Temporal.ZonedDateTime(0n, text).timeZoneId;
  } catch {
    // Temporal has no question "is this a zone?"; trying is the only way to ask.
    return null;
  }
}

const WALL_TIME_FORM = 'a time of day in quotes such as "09:00" (00:00 to 23:59)';
export const WallTime = z.string({ error: form(WALL_TIME_FORM) }).regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: form(WALL_TIME_FORM) });

const WALL_MOMENT_FORM = 'a date and time of day such as `2026-01-05T09:00`, in the time zone of the schedule';
export const WallMoment = z
  .string({ error: form(WALL_MOMENT_FORM) })
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, { error: form(WALL_MOMENT_FORM) })
  .refine(isOnCalendar, { error: (issue) => `There is no such day or time: \`${String(issue.input)}\`.` });

function isOnCalendar(text: string): boolean {
  try {
    // The constructor is the calendar; it refuses a 30 February only by throwing.
    Temporal.PlainDateTime.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

const PHONE_FORM = 'a phone number in quotes with a plus sign, country code and no spaces such as "+15550100001"';
/** E.164: at most 15 digits, the first not zero. In quotes, because YAML reads a bare one as a number. */
export const Phone = z.string({ error: form(PHONE_FORM) }).regex(/^\+[1-9]\d{6,14}$/, { error: form(PHONE_FORM) });

export const Email = z.email({ error: form('an e-mail address') }).max(EMAIL_CHARS_MAX);

const URL_FORM = 'a URL beginning with https:// or http://, without user name and password';
/** A URL for HTTP; anything that could carry a secret in its user part, or mean a file, is refused. */
export const HttpUrl = z
  .string({ error: form(URL_FORM) })
  .max(URL_CHARS_MAX)
  .refine(isPlainHttpUrl, { error: form(URL_FORM) });

/** True for an absolute http or https URL without user name and password. */
export function isPlainHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '';
}
