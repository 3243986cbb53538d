import { HOUR_MS, SECOND_MS } from './duration.ts';
import type { FaultReason, HttpAnswer } from './http.ts';

/** A far end that asks for more than this is asked again anyway: it may be back long before it said. */
export const RETRY_AFTER_MS_MAX = HOUR_MS;

/** What an HTTP exchange came to; fits the engine's `Outcome`. */
export type HttpOutcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'retry'; readonly reason: FaultReason; readonly detail: string; readonly afterMs?: number }
  | { readonly outcome: 'unknown'; readonly reason: FaultReason; readonly detail: string }
  | { readonly outcome: 'dead'; readonly reason: FaultReason; readonly detail: string };

/** The verdict on a whole exchange. A request that may have arrived without an answer is `unknown`; a refused address is dead. */
export function outcomeOfAnswer(answer: HttpAnswer): HttpOutcome {
  if (answer.ok) return outcomeOfStatus(answer.status, retryAfterMs(answer.headers));
  const { reason, detail } = answer;
  if (answer.sent) return { outcome: 'unknown', reason, detail };
  return reason === 'client' ? { outcome: 'dead', reason, detail } : { outcome: 'retry', reason, detail };
}

/**
 * The verdict on a status (RFC 9110 §15, RFC 6585). 429 is "later", never "failed"; 408 and 425 ask for a repeat; a redirect is not
 * followed and so is the sender's mistake. `afterMs` is what `Retry-After` asked for, honoured with a retry and capped.
 */
export function outcomeOfStatus(status: number, afterMs: number | null = null): HttpOutcome {
  const detail = `answered ${status}`;
  if (status >= 200 && status < 300) return { outcome: 'done' };
  if (status === 401 || status === 403 || status === 407) return { outcome: 'dead', reason: 'auth', detail };
  const reason = retryReason(status);
  if (reason === null) return { outcome: 'dead', reason: 'client', detail };
  return { outcome: 'retry', reason, detail, ...(afterMs === null ? {} : { afterMs: Math.min(afterMs, RETRY_AFTER_MS_MAX) }) };
}

function retryReason(status: number): FaultReason | null {
  if (status === 429) return 'rate_limited';
  if (status === 408) return 'timeout';
  // 1xx is never a last word: a far end that leaves it at that is broken, as one that answers 5xx. 425: too early, repeat.
  return status === 425 || status >= 500 || status < 200 ? 'server' : null;
}

/**
 * What `Retry-After` asks for in milliseconds, or null: seconds or a date (RFC 9110 §10.2.3). The date is read against the answer's own
 * `Date`, so that the two clocks need not agree; without one it says nothing.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | null {
  const { 'retry-after': said = '', date = '' } = headers;
  if (/^\d{1,9}$/.test(said.trim())) return Number(said) * SECOND_MS;
  const waitMs = Date.parse(said) - Date.parse(date);
  return Number.isNaN(waitMs) ? null : Math.max(0, waitMs);
}
