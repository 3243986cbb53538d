import { webApi } from '@slack/bolt';
import { TIMEOUT_MS } from './limits.ts';
import { type Failure, outcomeOfError, outcomeOfRateLimit, outcomeOfSilence, outcomeOfStatus } from './outcome.ts';
import { silent } from './silent.ts';

export type Called =
  | { readonly ok: true; readonly result: Readonly<Record<string, unknown>> }
  /** `error` is Slack's word, empty when it was not Slack that answered. */
  | { readonly ok: false; readonly error: string; readonly failure: Failure };
export interface SlackApi {
  /** One call, never repeated here: the outbox is the only one that repeats. Throws on bugs alone. */
  call(method: string, args?: Readonly<Record<string, unknown>>): Promise<Called>;
}
export interface SlackApiOptions {
  readonly token: string;
  /** `https://slack.com/api/`, or where another one answers. */
  readonly apiUrl: string;
  readonly timeoutMs?: number;
}

export function clientOptions({ apiUrl, timeoutMs }: Omit<SlackApiOptions, 'token'>): webApi.WebClientOptions {
  return {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs ?? TIMEOUT_MS,
    allowAbsoluteUrls: false,
    logger: silent,
  };
}

/** Slack's Web API through its own client, with every failure as a verdict. */
export function createSlackApi(options: SlackApiOptions): SlackApi {
  const client = new webApi.WebClient(options.token, clientOptions(options));
  return {
    async call(method, args = {}) {
      try {
        return { ok: true, result: { ...(await client.apiCall(method, { ...args })) } };
      } catch (fault) {
        return failed(method, fault);
      }
    },
  };
}

function failed(method: string, fault: unknown): Called {
  if (fault instanceof webApi.WebAPIPlatformError) {
    const { error, needed } = fault.data as { error: string; needed?: string };
    return { ok: false, error, failure: outcomeOfError(method, error, needed ?? null) };
  }
  if (fault instanceof webApi.WebAPIRateLimitedError)
    return { ok: false, error: '', failure: outcomeOfRateLimit(method, fault.retryAfter) };
  if (fault instanceof webApi.WebAPIHTTPError) return { ok: false, error: '', failure: outcomeOfStatus(method, fault.statusCode) };
  if (fault instanceof webApi.WebAPIRequestError) return { ok: false, error: '', failure: outcomeOfSilence(method, fault.original) };
  throw fault;
}
