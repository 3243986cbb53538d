import type { Outcome, Reason } from '../../engine/ports.ts';
import { SECOND_MS } from '../../kit/duration.ts';

/** A verdict that is not `done`. */
export type Failure = Exclude<Outcome, { readonly outcome: 'done' }>;

interface Row {
  readonly outcome: 'retry' | 'dead';
  readonly reason: Reason;
  /** What a person can do about it. */
  readonly advice: string;
}
const TOKEN = 'Install the app again and set SLACK_BOT_TOKEN to its new token.';
const dead = (reason: Reason, advice: string): Row => ({ outcome: 'dead', reason, advice });
const retry = (reason: Reason): Row => ({ outcome: 'retry', reason, advice: '' });

/** Errors of the Web API by name (docs.slack.dev/reference/methods, "Errors"); what is not here is our mistake and never repeated. */
const ERRORS: Readonly<Record<string, Row>> = {
  invalid_auth: dead('auth', TOKEN),
  not_authed: dead('auth', TOKEN),
  account_inactive: dead('auth', TOKEN),
  token_revoked: dead('auth', TOKEN),
  token_expired: dead('auth', TOKEN),
  missing_scope: dead('auth', 'Add the scope to the app, `allclear slack manifest` has all of them, and install it again.'),
  not_allowed_token_type: dead('auth', 'SLACK_BOT_TOKEN must be a bot token, it begins with `xoxb-`.'),
  access_denied: dead('auth', 'Ask an owner of the workspace to let the app do this.'),
  no_permission: dead('auth', 'Ask an owner of the workspace to let the app do this.'),
  restricted_action: dead('auth', 'Ask an owner of the workspace to let apps do this.'),
  ekm_access_denied: dead('auth', 'The workspace keeps apps out of its messages; ask an owner.'),
  channel_not_found: dead('client', 'The channel is gone or the app is not in it; invite the app, or go on in the console.'),
  not_in_channel: dead('client', 'Invite the app into the channel.'),
  is_archived: dead('client', 'The channel is archived; unarchive it, or go on in the console.'),
  user_not_found: dead('client', 'Check `identities.slack` of the person in allclear.yaml.'),
  users_not_found: dead('client', 'Check `identities.slack` of the person in allclear.yaml.'),
  user_disabled: dead('client', 'This Slack user is deactivated.'),
  cannot_dm_bot: dead('client', 'Check `identities.slack` of the person in allclear.yaml: it is a bot.'),
  ratelimited: retry('rate_limited'),
  rate_limited: retry('rate_limited'),
  message_limit_exceeded: retry('rate_limited'),
  internal_error: retry('server'),
  fatal_error: retry('server'),
  service_unavailable: retry('server'),
  request_timeout: retry('server'),
  team_added_to_org: retry('server'),
};

/** What an error the Web API answered comes to. */
export function outcomeOfError(method: string, error: string, needed: string | null): Failure {
  const row = ERRORS[error] ?? dead('client', '');
  const scope = needed === null ? '' : ` (${needed})`;
  const detail = `${method}: ${error}${scope}${row.advice === '' ? '' : `. ${row.advice}`}`;
  return { outcome: row.outcome, reason: row.reason, detail };
}

/** 429: `afterSeconds` is what Retry-After asked for. */
export function outcomeOfRateLimit(method: string, afterSeconds: number): Failure {
  return {
    outcome: 'retry',
    reason: 'rate_limited',
    detail: `${method}: too many requests`,
    afterMs: Math.max(1, afterSeconds) * SECOND_MS,
  };
}

/** An answer that is none of the Web API's: 5xx while Slack is ill, 4xx from something in between. */
export function outcomeOfStatus(method: string, status: number): Failure {
  const detail = `${method}: answered ${status}`;
  return status >= 500 ? { outcome: 'retry', reason: 'server', detail } : { outcome: 'dead', reason: 'client', detail };
}

/** Nothing was heard. Refused before it was sent is a plain retry; anything else may have arrived. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

export function outcomeOfSilence(method: string, fault: unknown): Failure {
  const { name, code, cause } = fault as { name?: string; code?: string; cause?: { code?: string } };
  const word = cause?.code ?? code ?? '';
  if (NEVER_SENT.has(word)) return { outcome: 'retry', reason: 'unreachable', detail: `${method}: ${word}` };
  const isTimeout = name === 'TimeoutError' || name === 'AbortError';
  return { outcome: 'unknown', reason: isTimeout ? 'timeout' : 'unreachable', detail: `${method}: no answer` };
}
