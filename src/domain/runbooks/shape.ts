import { z } from 'zod';
import { parseDuration, SECOND_MS, sayDuration } from '../../kit/duration.ts';
import { TEXT_CHARS_MAX, TITLE_CHARS_MAX, URL_CHARS_MAX } from '../limits.ts';
import {
  APPROVALS_MAX,
  BUDGET_MS_MIN,
  CHECKPOINTS_MAX,
  CLOCK_MS_MAX,
  EVERY_MS,
  EVERY_MS_MIN,
  HEADER_CHARS_MAX,
  HEADERS_MAX,
  LABEL_CHARS_MAX,
  OPTIONS_MAX,
  REQUEST_MS,
  REQUEST_MS_MAX,
  RETRIES_MAX,
  SLUG_CHARS_MAX,
  SWITCH_MS_MAX,
  WAIT_MS,
  WAIT_MS_MAX,
} from './limits.ts';
import { slugOf } from './markdown.ts';
import { expected, oneOf } from './sentence.ts';

// The YAML of a runbook: its front matter and its step blocks. Durations come out as milliseconds.

type Say = (issue: z.core.$ZodRawIssue) => string | undefined;
/** Says the wanted form when something else is written; missing and empty values keep their own sentence. */
const form =
  (what: string): Say =>
  (issue) =>
    issue.input === undefined || issue.input === null ? undefined : expected(what, issue.input);

/** A group of known keys. What is written besides is named one by one, one line for each. */
function section<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `There is no key \`${key}\` here. Known are: ${known}.`).join('\n')
        : undefined,
  });
}

const SLUG_FORM = `a name of lower-case letters, digits and hyphens (at most ${SLUG_CHARS_MAX})`;
const Slug = z
  .string({ error: form(SLUG_FORM) })
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { error: form(SLUG_FORM) })
  .max(SLUG_CHARS_MAX, { error: form(SLUG_FORM) });
const Label = z
  .string()
  .trim()
  .min(1)
  .max(LABEL_CHARS_MAX)
  .regex(/^[^\r\n]*$/, { error: form('one line') });
const Line = z
  .string()
  .trim()
  .min(1)
  .max(TITLE_CHARS_MAX)
  .regex(/^[^\r\n]*$/, { error: form('one line') });
const Words = z.string().trim().min(1).max(TEXT_CHARS_MAX);

const DURATION_FORM = 'a duration such as `90s`, `5m` or `1h30m`';
function duration(leastMs: number, mostMs: number) {
  return z.string({ error: form(DURATION_FORM) }).transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== null && ms >= leastMs && ms <= mostMs) return ms;
    const range = `${sayDuration(leastMs)} to ${sayDuration(mostMs)}`;
    const message = ms === null ? expected(DURATION_FORM, text) : `Too ${ms < leastMs ? 'short' : 'long'}: write ${range}.`;
    context.issues.push({ code: 'custom', message, input: text });
    return z.NEVER;
  });
}

const URL_FORM = 'a URL beginning with https:// or http://, without user name and password';
const HttpUrl = z
  .string({ error: form(URL_FORM) })
  .max(URL_CHARS_MAX)
  .refine(isPlainHttpUrl, { error: form(URL_FORM) });

function isPlainHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '';
}

/** `- Roll back` is short for `- label: Roll back`; the id is made of the label unless it is written. */
const Option = z.preprocess(
  (written) => (typeof written === 'string' ? { label: written } : written),
  section({ id: Slug.optional(), label: Label, go: Slug.optional() }).transform((option, context) => {
    const id = option.id ?? slugOf(option.label, SLUG_CHARS_MAX);
    if (id === '') {
      context.issues.push({ code: 'custom', message: 'Write an `id` too: this label has no letter a–z and no digit.', input: option });
      return z.NEVER;
    }
    return { id, label: option.label, go: option.go ?? null };
  }),
);
const Options = z
  .array(Option)
  .min(1)
  .max(OPTIONS_MAX)
  .refine((options) => new Set(options.map(({ id }) => id)).size === options.length, {
    error: 'Two options have the same id; write different labels or ids.',
  });

const Condition = section({
  step: Slug,
  chose: z.preprocess((written) => (typeof written === 'string' ? [written] : written), z.array(Slug).min(1).max(OPTIONS_MAX)),
});
const Approval = section({ role: Slug.optional(), count: z.int().min(1).max(APPROVALS_MAX).optional() }).transform(({ role, count }) => ({
  role: role ?? null,
  count: count ?? 1,
}));

export const FrontMatter = section({
  id: Slug,
  title: Line,
  clock: duration(BUDGET_MS_MIN, CLOCK_MS_MAX),
  match: section({
    severity: z.array(Slug).optional(),
    service: z.array(Slug).optional(),
    alert: z.array(Line).optional(),
  }).optional(),
  checkpoints: z
    .array(section({ at: duration(BUDGET_MS_MIN, CLOCK_MS_MAX), ask: Line, options: Options }))
    .max(CHECKPOINTS_MAX)
    .optional(),
});
export type FrontMatter = z.infer<typeof FrontMatter>;

const HEADER_NAME = /^[A-Za-z0-9-]{1,60}$/;
const SECRET_REFERENCE = /^secret:[A-Z][A-Z0-9_]{0,63}$/;
/** Header names whose values open doors; those belong into the environment, because a run keeps a copy of its steps. */
const SECRET_HEADER = /auth|token|secret|cookie|password|api-?key/i;
/** Written by the connection itself; a second one confuses proxies (RFC 9112, 6.3). */
const OWN_HEADER = /^(?:host|content-length|transfer-encoding|connection|idempotency-key)$/i;

const Headers = z.record(z.string(), z.string().max(HEADER_CHARS_MAX)).superRefine((headers, context) => {
  if (Object.keys(headers).length > HEADERS_MAX) context.addIssue({ code: 'custom', message: `More than ${HEADERS_MAX} headers.` });
  for (const [name, value] of Object.entries(headers)) {
    const message = complaintAboutHeader(name, value);
    if (message !== null) context.addIssue({ code: 'custom', path: [name], message });
  }
});

function complaintAboutHeader(name: string, value: string): string | null {
  if (!HEADER_NAME.test(name)) return 'Header names are letters, digits and hyphens.';
  if (OWN_HEADER.test(name)) return 'Allclear sets this header itself; remove it.';
  // RFC 9110, 5.5: a value is visible ASCII, spaces and tabs; line breaks would begin another header.
  if (!/^[\t\x20-\x7e]*$/.test(value)) return 'Header values are plain ASCII in one line.';
  if (value.startsWith('secret:') && !SECRET_REFERENCE.test(value)) return 'Name a secret in capitals: `secret:DEPLOY_TOKEN`.';
  if (SECRET_HEADER.test(name) && !SECRET_REFERENCE.test(value))
    return 'Secrets do not belong into a runbook: write `secret:NAME` and set it in the environment.';
  return null;
}

const common = {
  id: Slug.optional(),
  budget: duration(BUDGET_MS_MIN, CLOCK_MS_MAX).optional(),
  when: Condition.optional(),
  approve: Approval.optional(),
};
const Level = z.preprocess(
  (written) => (written === 'on' ? 1 : written === 'off' ? 0 : written),
  z
    .int({ error: form('`on`, `off` or a level') })
    .min(0)
    .max(100),
);
const Status = z.int().min(100).max(599);

const kinds = [
  section({ do: z.literal('manual'), ...common }),
  section({ do: z.literal('choose'), ...common, options: Options.min(2) }),
  section({ do: z.literal('approve'), ...common }),
  section({
    do: z.literal('wait-for'),
    ...common,
    url: HttpUrl,
    status: Status.default(200),
    every: duration(EVERY_MS_MIN, WAIT_MS_MAX).default(EVERY_MS),
    timeout: duration(EVERY_MS_MIN, WAIT_MS_MAX).default(WAIT_MS),
  }),
  section({
    do: z.literal('http'),
    ...common,
    method: z.enum(['GET', 'POST', 'PUT', 'DELETE']).default('GET'),
    url: HttpUrl,
    headers: Headers.optional(),
    body: z.string().max(TEXT_CHARS_MAX).optional(),
    expect: z.array(Status).max(10).optional(),
    timeout: duration(SECOND_MS, REQUEST_MS_MAX).default(REQUEST_MS),
    retries: z.int().min(0).max(RETRIES_MAX).optional(),
  }).superRefine((http, context) => {
    if (http.method === 'GET' && http.body !== undefined) {
      context.addIssue({ code: 'custom', path: ['body'], message: 'A GET has no body; write `method: POST`, or remove it.' });
    }
    if (http.method !== 'GET' && http.retries !== undefined) {
      const message = `A ${http.method} is never repeated by itself, because nobody knows what the first one did; remove \`retries\`.`;
      context.addIssue({ code: 'custom', path: ['retries'], message });
    }
  }),
  section({
    do: z.literal('switch'),
    ...common,
    switch: Slug,
    to: Level,
    reason: Words,
    for: duration(BUDGET_MS_MIN, SWITCH_MS_MAX).optional(),
  }),
  section({ do: z.literal('role'), ...common, role: Slug }),
  section({ do: z.literal('update'), ...common, text: Words }),
] as const;
const KIND_NAMES = ['manual', 'choose', 'approve', 'wait-for', 'http', 'switch', 'role', 'update'];

export const StepBlock = z.discriminatedUnion('do', kinds, {
  error: (issue) => (issue.code === 'invalid_union' ? unknownKind(issue.input) : undefined),
});
export type StepBlock = z.infer<typeof StepBlock>;

function unknownKind(input: unknown): string {
  const kind = typeof input === 'object' && input !== null && 'do' in input ? input.do : undefined;
  if (kind === undefined) return `Say what the step does: \`do:\` with ${oneOf(KIND_NAMES)}.`;
  return expected(`${oneOf(KIND_NAMES)} after \`do:\``, kind);
}
