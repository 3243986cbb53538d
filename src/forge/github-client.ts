import { Octokit } from '@octokit/rest';
import type { z } from 'zod';
import type { Reason } from '../engine/ports.ts';
import { outcomeOfRefusal } from './github-outcome.ts';
import { detailOf, ForgeFault } from './published.ts';

/** GitHub answers in well under a second or is in trouble. */
export const GITHUB_TIMEOUT_MS = 15_000;

export interface GithubSettings {
  readonly token: string;
  readonly owner: string;
  readonly repository: string;
  /** `https://api.github.com`, or a GitHub Enterprise server's `https://host/api/v3`. */
  readonly apiUrl: string;
  readonly baseBranch: string;
  /** For one request. */
  readonly timeoutMs?: number;
}

/** What one request came to when it did not fail. */
export interface GithubReply<T> {
  readonly status: number;
  /** Null unless the status is 2xx. */
  readonly data: T | null;
  readonly message: string;
}
export interface GithubCall<T> {
  /** A route of the REST API, such as `GET /repos/{owner}/{repo}/pulls`; owner and repo are filled in. */
  readonly route: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** What the answer must hold; the rest of it is ignored. */
  readonly answer: z.ZodType<T>;
  /** Statuses besides 2xx that are answers here, not failures. */
  readonly expected?: readonly number[];
}
/** Asks GitHub once. Throws a fault, with its verdict, for everything that is neither success nor expected. */
export type GithubAsk = <T>(call: GithubCall<T>) => Promise<GithubReply<T>>;

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A client that never retries by itself (the outbox does), follows no redirect, and tells its troubles only by what it throws. */
export function githubClient(settings: GithubSettings, signal: AbortSignal): GithubAsk {
  const octokit = new Octokit({ auth: settings.token, baseUrl: settings.apiUrl.replace(/\/+$/, ''), userAgent: 'allclear', log: silent });
  return async ({ route, parameters = {}, answer, expected = [] }) => {
    const timeout = AbortSignal.timeout(settings.timeoutMs ?? GITHUB_TIMEOUT_MS);
    const asked = { isWrite: !route.startsWith('GET '), answer, expected };
    try {
      const response = await octokit.request(route, {
        ...parameters,
        owner: settings.owner,
        repo: settings.repository,
        request: { signal: AbortSignal.any([signal, timeout]), redirect: 'manual' },
      });
      return readAnswer(response, asked);
    } catch (error) {
      if (error instanceof ForgeFault) throw error;
      return readFailure(error, asked);
    }
  };
}

interface Asked<T> {
  readonly isWrite: boolean;
  readonly answer: z.ZodType<T>;
  readonly expected: readonly number[];
}
interface RawResponse {
  readonly status: number;
  readonly headers: object;
  readonly data: unknown;
}

function readAnswer<T>({ status, headers, data }: RawResponse, { isWrite, answer }: Asked<T>): GithubReply<T> {
  const parsed = status < 300 ? answer.safeParse(data) : null;
  if (parsed?.success === true) return { status, data: parsed.data, message: '' };
  const message = parsed === null ? 'the repository has moved' : 'the answer is not what the API promises';
  throw new ForgeFault(outcomeOfRefusal({ status, headers: plainHeaders(headers), message, isWrite }));
}

function readFailure<T>(error: unknown, { isWrite, expected }: Asked<T>): GithubReply<T> {
  const response = responseOf(error);
  if (response === null) throw new ForgeFault({ outcome: 'retry', ...silence(error) }, error);
  const { status, headers, data } = response;
  const message = messageOf(data);
  if (expected.includes(status)) return { status, data: null, message };
  throw new ForgeFault(outcomeOfRefusal({ status, headers: plainHeaders(headers), message, isWrite }), error);
}

/** Octokit throws an error with `response` when there was one, and one with status 500 and nothing else when there was none. */
function responseOf(error: unknown): RawResponse | null {
  if (!(error instanceof Error) || !('response' in error)) return null;
  const { response } = error;
  return typeof response === 'object' && response !== null && 'status' in response ? (response as RawResponse) : null;
}

/** Every step is read before it is written, so a request that may or may not have arrived is simply tried again. */
function silence(error: unknown): { readonly reason: Reason; readonly detail: string } {
  const names = [error, error instanceof Error ? error.cause : null].map((cause) => (cause instanceof Error ? cause.name : ''));
  if (names.includes('TimeoutError') || names.includes('AbortError')) return { reason: 'timeout', detail: 'GitHub did not answer in time' };
  const said = error instanceof Error ? error.message : String(error);
  return { reason: 'unreachable', detail: detailOf(`GitHub cannot be reached: ${said}`) };
}

/** GitHub's error body: `message`, and for 422 what was wrong in `errors`. */
function messageOf(data: unknown): string {
  if (typeof data !== 'object' || data === null || !('message' in data)) return '';
  const errors = 'errors' in data && Array.isArray(data.errors) ? data.errors : [];
  const details = errors.map((error: unknown) => (typeof error === 'string' ? error : messageOf(error)));
  return [String(data.message), ...details].filter((part) => part !== '').join(': ');
}

function plainHeaders(headers: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
