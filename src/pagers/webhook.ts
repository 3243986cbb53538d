import type { Attempt, CurrentCatalog, Outcome, PageNotice, Pager } from '../engine/ports.ts';
import type { Clock } from '../kit/clock.ts';
import { SECOND_MS } from '../kit/duration.ts';
import type { HttpClient } from '../kit/http.ts';
import { outcomeOfAnswer } from '../kit/http-outcome.ts';
import { signBody } from '../kit/signing.ts';
import { isoTime } from '../kit/wall-time.ts';
import { plainText } from '../readings/plain-text.ts';
import { oneLine } from './one-line.ts';
import { readerFor } from './reader.ts';

export interface WebhookTools {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly catalog: CurrentCatalog;
  /** Shared with the receivers; null sends unsigned. */
  readonly secret: string | null;
}

/**
 * Pages by a POST of JSON to the person's own address (ntfy, a phone gateway, anything). `Idempotency-Key` is the same on every repeat
 * (draft-ietf-httpapi-idempotency-key-header); `Allclear-Signature` is `v1=` and the hexadecimal HMAC-SHA-256 over `Allclear-Timestamp`, a
 * full stop and the body.
 */
export function webhookPager(tools: WebhookTools): Pager {
  return {
    name: 'webhook',
    unreachable: (person) => (person.webhook === null ? `${person.name} has no webhook: add one in allclear.yaml` : null),
    page: (notice, attempt) => post(tools, notice, attempt),
  };
}

async function post(tools: WebhookTools, notice: PageNotice, attempt: Attempt): Promise<Outcome> {
  const { webhook, name } = notice.person;
  if (webhook === null) return { outcome: 'dead', reason: 'client', detail: `${name} has no webhook` };
  const now = tools.clock.now();
  const body = JSON.stringify(payloadOf(tools, notice, attempt, now));
  const answer = await tools.http.request({
    method: 'POST',
    url: webhook,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Allclear',
      'idempotency-key': attempt.key,
      ...signature(tools.secret, now, body),
    },
    body,
    signal: attempt.signal,
  });
  return outcomeOfAnswer(answer);
}

/** A published contract: fields are added, never changed. */
function payloadOf({ catalog }: WebhookTools, notice: PageNotice, attempt: Attempt, now: number): object {
  return {
    event: 'page',
    key: attempt.key,
    page: notice.page,
    incident: notice.incident,
    level: notice.level,
    person: { id: notice.person.id, name: notice.person.name },
    subject: oneLine(notice.subject),
    title: oneLine(notice.title),
    text: plainText(notice.document, readerFor(catalog, notice.person.id, now)),
    acknowledgeUrl: notice.acknowledgeUrl,
    consoleUrl: notice.consoleUrl,
    startedAt: isoTime(notice.startedAt),
    sentAt: isoTime(now),
  };
}

function signature(secret: string | null, now: number, body: string): Record<string, string> {
  if (secret === null) return {};
  const timestamp = Math.floor(now / SECOND_MS);
  return { 'allclear-timestamp': String(timestamp), 'allclear-signature': signBody(secret, timestamp, body) };
}
