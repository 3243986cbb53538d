import type { Outcome, Reason } from '../../engine/ports.ts';

/** A verdict that is not `done`. */
export type Failure = Exclude<Outcome, { readonly outcome: 'done' }>;

interface Row {
  readonly outcome: 'retry' | 'dead';
  readonly reason: Reason;
  /** What a person can do about it. */
  readonly advice: string;
}
const dead = (reason: Reason, advice: string): Row => ({ outcome: 'dead', reason, advice });
const retry = (reason: Reason): Row => ({ outcome: 'retry', reason, advice: '' });

/** Codes of errors this platform answers in a way of its own. */
export const CODES = {
  unknownChannel: 10_003,
  unknownMessage: 10_008,
  unknownOverwrite: 10_009,
  alreadyAnswered: 40_060,
  invalidForm: 50_035,
} as const;

const PERMISSION = 'Give the role of the bot this permission, `allclear discord invite` asks for all of them.';

/**
 * Errors of the API by code (topics/opcodes-and-status-codes#json); what is not here is judged by its HTTP status, and a mistake of ours
 * is never repeated.
 */
const ERRORS: Readonly<Record<number, Row>> = {
  10003: dead('client', 'The channel is gone; go on in the console.'),
  10004: dead('client', 'The server is gone, or the bot was removed from it; invite it again: `allclear discord invite`.'),
  10007: dead('client', 'This person is not on the server; check `identities.discord` in allclear.yaml.'),
  10008: dead('client', 'The message is gone.'),
  10013: dead('client', 'Check `identities.discord` of the person in allclear.yaml.'),
  30013: dead('client', 'The server has 500 channels; delete old incident rooms.'),
  50001: dead('auth', `The bot does not see this channel. ${PERMISSION}`),
  50007: dead('client', 'This person takes no direct messages from the server; they must allow them, or be paged otherwise.'),
  50013: dead('auth', PERMISSION),
  50014: dead('auth', 'Make a new token and set DISCORD_TOKEN to it.'),
  50083: dead('client', 'The thread is archived; open it again, or go on in the console.'),
  130000: retry('server'),
};

/** What an error the API answered comes to. */
export function outcomeOfError(what: string, status: number, code: number, message: string): Failure {
  const row = ERRORS[code] ?? byStatus(status);
  // Discord ends some of its sentences with a full stop.
  const said = message.replace(/\.$/, '');
  const detail = `${what}: ${said} (${code})${row.advice === '' ? '' : `. ${row.advice}`}`;
  return { outcome: row.outcome, reason: row.reason, detail };
}

function byStatus(status: number): Row {
  if (status === 401) return dead('auth', 'Make a new token and set DISCORD_TOKEN to it.');
  if (status === 403) return dead('auth', PERMISSION);
  return status >= 500 ? retry('server') : dead('client', '');
}

/** 429, or a bucket the library knows to be empty: nothing was done and nothing failed, it is only too early. */
export function outcomeOfRateLimit(what: string, afterMs: number): Failure {
  return { outcome: 'later', reason: 'rate_limited', detail: `${what}: too many requests`, afterMs: Math.max(1, Math.ceil(afterMs)) };
}

export function outcomeOfStatus(what: string, status: number): Failure {
  const { outcome, reason } = byStatus(status);
  return { outcome, reason, detail: `${what}: answered ${status}` };
}

/** Refused before it was sent is a plain retry; anything else may have arrived. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

/** Nothing was heard. */
export function outcomeOfSilence(what: string, fault: unknown): Failure {
  const { name, code, cause } = fault as { name?: string; code?: string; cause?: { code?: string } };
  const word = cause?.code ?? code ?? '';
  if (NEVER_SENT.has(String(word))) return { outcome: 'retry', reason: 'unreachable', detail: `${what}: ${word}` };
  const isTimeout = name === 'AbortError' || name === 'TimeoutError';
  return { outcome: 'unknown', reason: isTimeout ? 'timeout' : 'unreachable', detail: `${what}: no answer` };
}
