import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/kit/clock.ts';
import { createHttpClient } from '../../src/kit/http.ts';
import { verifyBody } from '../../src/kit/signing.ts';
import { webhookPager } from '../../src/pagers/webhook.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { NOW } from '../support/given.ts';
import { type HttpFarEnd, httpFarEnd } from '../support/http-far-end.ts';
import { attemptOf, type FarEnd, noticeTo, type PagerBench, pagerContract, person } from './pager-contract.ts';

const SECRET = 'hunter2-shared-with-the-gateway';
const http = createHttpClient({ allow: ['127.0.0.1', 'localhost'], timeoutMs: 300 });
const clock = { ...systemClock, now: () => NOW + 5 * 60_000 + 400 };

const STATUS: Readonly<Partial<Record<FarEnd, number>>> = { takes: 202, 'is busy': 503, refuses: 404, 'knows no such sender': 403 };

function behaviour(farEnd: FarEnd): Parameters<HttpFarEnd['answer']>[0] {
  if (farEnd === 'takes and says nothing') return () => undefined;
  if (farEnd === 'hangs up instead of an answer') return (response) => response.destroy();
  return (response) => response.writeHead(STATUS[farEnd] ?? 200).end('hunter2');
}

/** The far end's address is only known once it listens, so the notice's own is replaced on the way. */
async function bench(): Promise<PagerBench> {
  const farEnd = await httpFarEnd();
  const pager = webhookPager({ http, clock, catalog: () => exampleCatalog, secret: SECRET });
  return {
    pager: {
      ...pager,
      page: (notice, attempt) => {
        const webhook = notice.person.webhook === null ? null : `${farEnd.url}/page?token=hunter2`;
        return pager.page({ ...notice, person: { ...notice.person, webhook } }, attempt);
      },
    },
    get received() {
      return farEnd.deliveries.map(({ headers, body }) => ({
        key: String(headers['idempotency-key']),
        text: Object.values(JSON.parse(body)).join('\n'),
      }));
    },
    behave: (next) => farEnd.answer(behaviour(next)),
    leave: () => farEnd.close(),
    close: () => farEnd.close(),
  };
}

pagerContract('webhook', bench, { ...person, webhook: 'http://127.0.0.1/' }, { ...person, webhook: null });

describe('a webhook page', () => {
  it('is signed over its time and its body, and says everything a gateway needs', async () => {
    const farEnd = await httpFarEnd();
    onTestFinished(() => farEnd.close());
    const pager = webhookPager({ http, clock, catalog: () => exampleCatalog, secret: SECRET });
    await pager.page(noticeTo({ ...person, webhook: `${farEnd.url}/p` }), attemptOf());
    const [delivery] = farEnd.deliveries;
    const timestamp = String(delivery?.headers['allclear-timestamp']);
    const signature = String(delivery?.headers['allclear-signature']);
    const body = delivery?.body ?? '';
    expect(verifyBody(SECRET, { timestamp, body, signature }, clock.now())).toBe(true);
    expect(verifyBody(SECRET, { timestamp, body: body.replace('42', '43'), signature }, clock.now())).toBe(false);
    expect(JSON.parse(body)).toEqual({
      event: 'page',
      key: '17-0',
      page: '42-1',
      incident: 42,
      level: 1,
      person: { id: 'ana', name: 'Ana Lima' },
      subject: '[SEV1] inc-42 Checkout is down',
      title: 'Checkout is down',
      text: expect.stringContaining('Declared by Bo Berg <b>& now</b>'),
      acknowledgeUrl: 'https://allclear.example.org/ack/v1.abc-def_0.xyz',
      consoleUrl: 'https://allclear.example.org/incidents/42',
      startedAt: '2026-03-02T03:00:00.000Z',
      sentAt: '2026-03-02T03:05:00.400Z',
    });
  });

  it('is not signed without a secret', async () => {
    const farEnd = await httpFarEnd();
    onTestFinished(() => farEnd.close());
    const pager = webhookPager({ http, clock, catalog: () => exampleCatalog, secret: null });
    await pager.page(noticeTo({ ...person, webhook: farEnd.url }), attemptOf());
    expect(Object.keys(farEnd.deliveries[0]?.headers ?? {}).filter((name) => name.startsWith('allclear'))).toEqual([]);
  });

  it('waits as long as the far end asks for', async () => {
    const farEnd = await httpFarEnd();
    onTestFinished(() => farEnd.close());
    farEnd.answer((response) => response.writeHead(429, { 'retry-after': '7' }).end());
    const pager = webhookPager({ http, clock, catalog: () => exampleCatalog, secret: null });
    const outcome = await pager.page(noticeTo({ ...person, webhook: farEnd.url }), attemptOf());
    expect(outcome).toMatchObject({ outcome: 'retry', reason: 'rate_limited', afterMs: 7_000 });
  });

  it('never goes to an inner address that nobody allowed', async () => {
    const farEnd = await httpFarEnd();
    onTestFinished(() => farEnd.close());
    const pager = webhookPager({ http: createHttpClient({ allow: [] }), clock, catalog: () => exampleCatalog, secret: SECRET });
    const outcome = await pager.page(noticeTo({ ...person, webhook: farEnd.url }), attemptOf());
    expect(outcome).toMatchObject({ outcome: 'dead', reason: 'client' });
    expect(farEnd.deliveries).toEqual([]);
  });
});
