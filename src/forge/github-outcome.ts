import type { Outcome } from '../engine/ports.ts';
import { SECOND_MS } from '../kit/duration.ts';
import { outcomeOfStatus, RETRY_AFTER_MS_MAX, retryAfterMs } from '../kit/http-outcome.ts';
import { detailOf } from './published.ts';

type Failure = Extract<Outcome, { detail: string }>;

/** An answer of GitHub that is not what was hoped for. Header names are lower case. */
export interface GithubRefusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly message: string;
  /** Did the request want to change something? */
  readonly isWrite: boolean;
}

/**
 * The verdict on an unwanted answer. Besides the general rules: 403 and 429 with a spent limit mean "later"
 * (docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api); 409 to a write means that somebody else wrote meanwhile, so the
 * next attempt reads again; 404 is also what a token without access to a private repository gets.
 */
export function outcomeOfRefusal({ status, headers, message, isWrite }: GithubRefusal): Failure {
  const detail = detailOf(`GitHub answered ${status}${message === '' ? '' : `: ${message}`}`);
  if (status === 403 && isLimited(headers, message)) return limited(headers, detail);
  if (status === 429) return limited(headers, detail);
  if (status === 409 && isWrite) return { outcome: 'retry', reason: 'client', detail };
  const verdict = outcomeOfStatus(status, retryAfterMs(headers));
  // Success that carries something else than what was asked for: a proxy's page, or half an answer.
  if (verdict.outcome === 'done') return { outcome: 'retry', reason: 'unknown', detail };
  return { ...verdict, detail };
}

function isLimited(headers: Readonly<Record<string, string>>, message: string): boolean {
  return headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined || /rate limit/i.test(message);
}

function limited(headers: Readonly<Record<string, string>>, detail: string): Failure {
  const afterMs = retryAfterMs(headers) ?? untilResetMs(headers);
  const wait = afterMs === null ? {} : { afterMs: Math.min(afterMs, RETRY_AFTER_MS_MAX) };
  return { outcome: 'retry', reason: 'rate_limited', detail, ...wait };
}

/** `x-ratelimit-reset` is in seconds since 1970 by GitHub's clock, so it is compared with GitHub's `date`. */
function untilResetMs(headers: Readonly<Record<string, string>>): number | null {
  const { 'x-ratelimit-reset': reset = '', date = '' } = headers;
  const waitMs = Number(reset === '' ? Number.NaN : reset) * SECOND_MS - Date.parse(date);
  return Number.isNaN(waitMs) ? null : Math.max(0, waitMs);
}
