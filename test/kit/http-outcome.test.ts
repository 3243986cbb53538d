import { describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../../src/kit/http.ts';
import { type HttpOutcome, outcomeOfAnswer, outcomeOfStatus, RETRY_AFTER_MS_MAX, retryAfterMs } from '../../src/kit/http-outcome.ts';

/** What each status from 100 to 599 must come to. Written out by hand, so that the code cannot vouch for itself. */
function expected(status: number): string {
  const special: Readonly<Record<number, string>> = {
    401: 'dead auth',
    403: 'dead auth',
    407: 'dead auth',
    408: 'retry timeout',
    425: 'retry server',
    429: 'retry rate_limited',
  };
  const families = ['retry server', 'done', 'dead client', 'dead client', 'retry server'];
  return special[status] ?? families[Math.floor(status / 100) - 1] ?? '';
}

const words = (verdict: HttpOutcome): string => (verdict.outcome === 'done' ? 'done' : `${verdict.outcome} ${verdict.reason}`);

describe('the verdict on a status', () => {
  it('is settled for every status from 100 to 599', () => {
    const statuses = Array.from({ length: 500 }, (_, index) => 100 + index);
    const wrong = statuses.filter((status) => words(outcomeOfStatus(status)) !== expected(status));
    expect(wrong).toEqual([]);
  });

  it('retries a nonsensical status as the far end being broken', () => {
    expect([0, 99, 600, 999].map((status) => words(outcomeOfStatus(status)))).toEqual(new Array(4).fill('retry server'));
  });

  it('honours the far end that says when, up to a limit', () => {
    expect(outcomeOfStatus(429, 30_000)).toEqual({ outcome: 'retry', reason: 'rate_limited', detail: 'answered 429', afterMs: 30_000 });
    expect(outcomeOfStatus(503, 0)).toMatchObject({ outcome: 'retry', afterMs: 0 });
    expect(outcomeOfStatus(429, 365 * 24 * 3_600_000)).toMatchObject({ afterMs: RETRY_AFTER_MS_MAX });
    expect(outcomeOfStatus(429)).not.toHaveProperty('afterMs');
    expect(outcomeOfStatus(404, 30_000)).toEqual({ outcome: 'dead', reason: 'client', detail: 'answered 404' });
  });
});

describe('Retry-After', () => {
  const date = 'Mon, 02 Mar 2026 03:00:00 GMT';
  it.each([
    [{ 'retry-after': '30' }, 30_000],
    [{ 'retry-after': ' 0 ' }, 0],
    [{ 'retry-after': 'Mon, 02 Mar 2026 03:02:00 GMT', date }, 120_000],
    [{ 'retry-after': 'Mon, 02 Mar 2026 02:00:00 GMT', date }, 0],
    [{ 'retry-after': 'Mon, 02 Mar 2026 03:02:00 GMT' }, null],
    [{ 'retry-after': 'soon', date }, null],
    [{ 'retry-after': '-5', date: 'nonsense' }, null],
    [{ 'retry-after': '99999999999999999999' }, null],
    [{ 'retry-after': '' }, null],
    [{}, null],
  ])('of %j is %s ms', (headers: Record<string, string>, ms) => expect(retryAfterMs(headers)).toBe(ms));
});

describe('the verdict on an exchange', () => {
  const response = (status: number, headers: Record<string, string> = {}): HttpAnswer => ({
    ok: true,
    status,
    headers,
    text: '',
    truncated: false,
  });
  const fault = (reason: 'client' | 'timeout' | 'unreachable', sent: boolean): HttpAnswer => ({ ok: false, reason, detail: 'why', sent });

  it('is unknown when the request may have arrived and nobody answered', () => {
    expect(outcomeOfAnswer(fault('timeout', true))).toEqual({ outcome: 'unknown', reason: 'timeout', detail: 'why' });
    expect(outcomeOfAnswer(fault('unreachable', true))).toMatchObject({ outcome: 'unknown' });
  });

  it('is a retry when the request cannot have arrived', () => {
    expect(outcomeOfAnswer(fault('timeout', false))).toEqual({ outcome: 'retry', reason: 'timeout', detail: 'why' });
    expect(outcomeOfAnswer(fault('unreachable', false))).toMatchObject({ outcome: 'retry', reason: 'unreachable' });
  });

  it('is dead when the address was refused', () => {
    expect(outcomeOfAnswer(fault('client', false))).toEqual({ outcome: 'dead', reason: 'client', detail: 'why' });
  });

  it('is that of the status when there is one', () => {
    expect(outcomeOfAnswer(response(204))).toEqual({ outcome: 'done' });
    expect(outcomeOfAnswer(response(429, { 'retry-after': '7' }))).toMatchObject({ outcome: 'retry', afterMs: 7_000 });
    expect(outcomeOfAnswer(response(302))).toMatchObject({ outcome: 'dead', reason: 'client' });
  });
});
