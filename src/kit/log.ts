import { type Logger, pino } from 'pino';
import type { Clock } from './clock.ts';
import { readableText } from './escape.ts';
import { redact } from './redaction.ts';
import { shorten } from './shorten.ts';
import { isoTime } from './wall-time.ts';

/** Messages are fixed words; what differs goes beside them: `log.warn({ effect, reason }, 'a promise will be retried')`. */
export type Log = Logger;

export interface LogOptions {
  /** `silent` writes nothing. */
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** `json`: one object a line, for machines. `text`: one readable line, for a person at a terminal. */
  readonly form: 'json' | 'text';
  /** Takes one whole line, with its line end. */
  readonly write: (line: string) => void;
  readonly clock: Clock;
}

/** Whatever stands under such a name is a secret, whatever it looks like. */
const SECRET_NAME =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key|.*(?:password|passwd|secret|token|api_?key|credential)s?)$/i;
const HIDDEN = '[redacted]';
/** Data beside a message is a handful of fields; deeper is somebody's whole world. */
const DEPTH_MAX = 5;
const ITEMS_MAX = 50;
const TEXT_CHARS_MAX = 4_096;

/**
 * The log. No secret reaches it: in the finished line, whatever stands under a secret name and whatever looks like a secret is replaced,
 * wherever it came from. Children (`log.child({ request })`) carry what joins their lines together.
 */
export function createLog({ level, form, write, clock }: LogOptions): Log {
  const finish = (line: string): void => {
    const fields = withoutSecrets(JSON.parse(line)) as Readonly<Record<string, unknown>>;
    write(form === 'json' ? `${JSON.stringify(fields)}\n` : textLine(fields));
  };
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${isoTime(clock.now())}"`,
      formatters: { level: (label) => ({ level: label }), log: (fields) => plainFields(fields, 0) },
      // Errors are made plain above, under whatever name they come.
      serializers: { err: (error: unknown) => error },
    },
    { write: finish },
  );
}

function plainFields(fields: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(fields).slice(0, ITEMS_MAX);
  return Object.fromEntries(entries.map(([name, value]) => [name, plain(value, depth + 1)]));
}

function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return shorten(value, TEXT_CHARS_MAX);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) return '…';
  if (value instanceof Error) return plainError(value, depth);
  if (Array.isArray(value)) return value.slice(0, ITEMS_MAX).map((item) => plain(item, depth + 1));
  return plainFields(value, depth);
}

/** What an error says, where it was made and what caused it; nothing else it may carry along, such as a request. */
function plainError(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: plain(error.cause, depth + 1) };
  const [message, stack] = [error.message, error.stack ?? ''].map((text) => shorten(text, TEXT_CHARS_MAX));
  return { type: error.name, message, ...code, stack, ...cause };
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  const fields = Object.entries(value);
  return Object.fromEntries(
    fields.map(([name, inner]) => [name, SECRET_NAME.test(name) && inner !== null ? HIDDEN : withoutSecrets(inner)]),
  );
}

const LEVEL_CHARS = 5;

/** For a person: time of day, level, message, then the data. */
function textLine({ time, level, msg, ...fields }: Readonly<Record<string, unknown>>): string {
  const data = Object.entries(fields).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const clock = String(time).slice('2026-01-01T'.length, -1);
  return `${readableText([clock, String(level).padEnd(LEVEL_CHARS), String(msg ?? ''), ...data].join(' '))}\n`;
}
